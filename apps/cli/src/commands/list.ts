// `graft datasets | jobs | models | endpoints`: what there is, as a table.
import type { Dataset } from '@graft/core/wire/datasets'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Job } from '@graft/core/wire/jobs'
import type { Model } from '@graft/core/wire/models'
import type { Client } from '../client.ts'
import { type Output, percent, table } from '../terminal.ts'

interface Listing<T> {
  what: string
  path: string
  head: string[]
  row(item: T): (string | number)[]
}

/** Side by side: an accuracy on images that chose the model is no accuracy on others. */
const ACCURACIES = ['validation', 'test']
const accuraciesOf = (metrics: Job['metrics']) => [
  percent(metrics.validation_accuracy),
  percent(metrics.test_accuracy),
]

export const LISTINGS = {
  datasets: {
    what: 'data sets',
    path: '/v1/datasets',
    head: ['data set', 'newest', 'status', 'labels', 'accepted', 'rejected', 'duplicate'],
    row: ({ name, latest }: Dataset) =>
      latest === null
        ? [name]
        : [
            name,
            `@${latest.version}`,
            latest.status,
            latest.labels.length,
            latest.files.accepted,
            latest.files.rejected,
            latest.files.duplicate,
          ],
  },
  jobs: {
    what: 'jobs, the newest first',
    path: '/v1/fine_tuning/jobs',
    head: ['job', 'status', 'data set', 'recipe', 'model', ...ACCURACIES, 'created'],
    row: (job: Job) => [
      job.id,
      job.queue ? `${job.status}, number ${job.queue.position}` : job.status,
      job.training_dataset,
      job.recipe,
      job.fine_tuned_model ?? '-',
      ...accuraciesOf(job.metrics),
      job.created_at,
    ],
  },
  models: {
    what: 'models',
    path: '/v1/models',
    head: ['model', 'newest', 'stage', ...ACCURACIES, 'data set', 'labels'],
    row: ({ name, latest }: Model) => [
      name,
      `@${latest.version}`,
      latest.stage,
      ...accuraciesOf(latest.metrics),
      latest.lineage?.dataset ?? 'imported',
      latest.labels.length,
    ],
  },
  endpoints: {
    what: 'endpoints',
    path: '/v1/endpoints',
    head: ['endpoint', 'status', 'traffic', 'threshold', 'since'],
    row: ({ name, status, traffic, threshold, updated_at }: Endpoint) => [
      name,
      status,
      traffic.map(({ model, weight }) => `${model} ${weight} %`).join(', '),
      typeof threshold === 'number' ? threshold : `precision ${threshold.precision}`,
      updated_at,
    ],
  },
} satisfies { [name: string]: Listing<never> }

export type ListingName = keyof typeof LISTINGS

export async function list(client: Client, name: ListingName, output: Output): Promise<void> {
  const { path, head, row } = LISTINGS[name] as Listing<unknown>
  const items: unknown[] = []
  for await (const item of client.list(path)) items.push(item)
  if (output.json) output.print(JSON.stringify(items))
  else for (const line of table([head, ...items.map(row)])) output.print(line)
}
