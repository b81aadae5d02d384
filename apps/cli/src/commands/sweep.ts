// `graft sweep`: one job for each combination of hyper-parameters, and the table that compares them.
import { GraftError } from '@graft/core/errors'
import { isTerminal, JOB_STATES } from '@graft/core/states'
import type { CreateJob } from '@graft/core/wire/jobs'
import type { Sweep, SweepValues } from '@graft/core/wire/sweeps'
import { awaitEnd } from '../await-end.ts'
import type { Client } from '../client.ts'
import { type Output, percent, table } from '../terminal.ts'

export interface SweepOptions {
  values: SweepValues
  /** Of all jobs. */
  set?: Record<string, string | number>
  recipe?: CreateJob['recipe']
  model?: string
  name?: string
  alias?: string
  deploy?: string
  wait: boolean
}

const SWEEPS = '/v1/fine_tuning/sweeps'

/** @throws GraftError `state_conflict` when it fails or is cancelled, and what the platform refuses */
export async function sweep(
  client: Client,
  dataset: string,
  { wait, set, values, recipe, model, name, alias, deploy }: SweepOptions,
  output: Output,
): Promise<void> {
  const request = { values, recipe, model, name, alias, deploy, hyperparameters: set }
  const body = { training_dataset: dataset, ...request }
  const begun = await client.send<Sweep>('POST', SWEEPS, body)
  output.note(`${begun.id}: ${begun.jobs.length} jobs on ${begun.training_dataset}`)
  const show = ({ jobs }: Sweep) => {
    const ended = jobs.filter(({ status }) => isTerminal(JOB_STATES, status)).length
    output.progress(`${ended} of ${jobs.length} jobs have ended`)
  }
  const made = wait ? await awaitEnd(client, begun, `${SWEEPS}/${begun.id}`, show) : begun
  if (output.json) output.print(JSON.stringify(made))
  else printSweep(made, output)
  if (made.error !== null) throw new GraftError('state_conflict', made.error.message)
}

function printSweep({ values, jobs, best, alias, deploy }: Sweep, output: Output): void {
  const names = Object.keys(values)
  const rows = jobs.map(({ id, status, hyperparameters, metrics, model }) => [
    ...names.map((name) => String(hyperparameters[name as keyof typeof hyperparameters])),
    metrics.validation_loss?.toFixed(3) ?? '-',
    percent(metrics.validation_accuracy),
    percent(metrics.test_accuracy),
    ...[model ?? '-', status, id],
  ])
  const head = [...names, 'validation loss', 'accuracy', 'test', 'model', 'status', 'job']
  for (const line of table([head, ...rows])) output.print(line)
  if (best === null) return
  const named = alias === null ? '' : `, now ${best.split('@', 1)[0]}@${alias}`
  output.print(`Best: ${best}${named}${deploy === null ? '' : `, served at ${deploy}`}.`)
}
