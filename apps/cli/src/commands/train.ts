// `graft train`: a fine-tuning job, followed until it ends.
import { GraftError } from '@graft/core/errors'
import { parseReference } from '@graft/core/names'
import type { CreateJob, Job, JobEvent } from '@graft/core/wire'
import type { Client } from '../client.ts'
import { followJob } from '../follow-job.ts'
import { type Output, percent } from '../terminal.ts'

export interface TrainOptions {
  recipe?: CreateJob['recipe']
  name?: string
  /** Endpoint; false: deploy to none. */
  deploy?: string | false
  seed?: number
  /** `key=value` */
  set?: string[]
  wait?: boolean
}

/** Creates the job and, unless told otherwise, follows it. A job that does not succeed is thrown. */
export async function train(
  client: Client,
  dataset: string,
  options: TrainOptions,
  output: Output,
  onEvent?: (event: JobEvent) => void,
): Promise<Job> {
  const name = options.name ?? parseReference(dataset, 'data set').name
  const deploy = options.deploy === false ? {} : { deploy: options.deploy ?? name }
  const created = await client.send<Job>('POST', '/v1/fine_tuning/jobs', {
    training_dataset: dataset,
    recipe: options.recipe ?? 'auto',
    name,
    seed: options.seed ?? 1,
    hyperparameters: readSettings(options.set ?? []),
    ...deploy,
  } satisfies CreateJob)
  output.note(`Job ${created.id} trains ${name} on ${created.training_dataset} by recipe ${created.recipe}.`)
  if (options.wait === false) {
    output.print(output.json ? JSON.stringify(created) : created.id)
    return created
  }
  return await finish(client, created.id, output, onEvent)
}

/** Follows the job; Ctrl-C leaves it running. */
export async function finish(
  client: Client,
  id: string,
  output: Output,
  onEvent?: (event: JobEvent) => void,
): Promise<Job> {
  const onInterrupt = () => {
    output.note(`The job goes on. Follow it: graft logs ${id}   Cancel it: graft cancel ${id}`)
    process.exit(130)
  }
  process.on('SIGINT', onInterrupt)
  const job = await followJob(client, id, output, onEvent).finally(() => process.off('SIGINT', onInterrupt))
  if (output.json) output.print(JSON.stringify(job))
  if (job.status !== 'succeeded') {
    const reason = job.error === null ? '' : `: ${job.error.message} (${job.error.code})`
    throw new GraftError('state_conflict', `The job ${id} has ${job.status}${reason}`)
  }
  if (!output.json) {
    const accuracy = percent(job.metrics.test_accuracy ?? job.metrics.validation_accuracy)
    const served = job.deploy === null ? '' : `, served at the endpoint ${job.deploy}`
    output.print(`${job.fine_tuned_model}  accuracy ${accuracy}${served}`)
  }
  return job
}

/** `epochs=3 learning_rate=0.001` as the request's hyperparameters. */
export function readSettings(settings: readonly string[]): NonNullable<CreateJob['hyperparameters']> {
  const entries = settings.map((setting) => {
    const [key = '', value = ''] = setting.split(/=(.*)/s)
    if (key === '' || value === '') {
      throw new GraftError(
        'invalid_request',
        `--set takes key=value, as epochs=3, and not ${JSON.stringify(setting)}.`,
      )
    }
    const number = Number(value)
    return [key, Number.isNaN(number) ? value : number] as const
  })
  return Object.fromEntries(entries)
}
