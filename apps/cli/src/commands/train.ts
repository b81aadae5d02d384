// `graft train`, `graft logs`, and what a fine-tuning job may be asked for while it waits or runs.

import { RequestError } from '@graft/client/request-error'
import { parseReference } from '@graft/core/names'
import type { CreateJob, DryRun, Job, JobEvent } from '@graft/core/wire/jobs'
import type { Client } from '../client.ts'
import { followJob } from '../follow-job.ts'
import { clock, type Output, percent } from '../terminal.ts'

export interface TrainOptions {
  /** A base model, or a version to start from. */
  model?: string
  recipe?: CreateJob['recipe']
  /** Of the model; the data set's when left out. */
  name?: string
  /** Endpoint; the model's name when left out; false: none. */
  deploy?: string | false
  seed?: number
  /** Of jobs that wait the highest runs first. */
  priority?: number
  hyperparameters?: Record<string, string | number>
}

/** Creates the job. What is wrong with it, the platform says. */
export async function createJob(client: Client, dataset: string, options: TrainOptions): Promise<Job> {
  return await client.send<Job>('POST', JOBS, requestOf(dataset, options))
}

const JOBS = '/v1/fine_tuning/jobs'

function requestOf(dataset: string, options: TrainOptions): CreateJob {
  const name = options.name ?? parseReference(dataset, 'data set').name
  const { recipe = 'auto', seed = 1, priority = 0, hyperparameters = {}, deploy = name } = options
  return {
    training_dataset: dataset,
    ...(options.model !== undefined && { model: options.model }),
    recipe,
    name,
    seed,
    priority,
    hyperparameters: hyperparameters as CreateJob['hyperparameters'],
    ...(deploy !== false && { deploy }),
  }
}

/** What the job would take: measured by a trainer, and nothing started. */
export async function dryRun(
  client: Client,
  dataset: string,
  options: TrainOptions,
  output: Output,
): Promise<void> {
  const measured = await client.send<DryRun>('POST', `${JOBS}?dry_run=true`, requestOf(dataset, options))
  if (output.json) return output.print(JSON.stringify(measured))
  const { engine, images, images_per_second, eta_seconds, peak_memory_bytes, hyperparameters } = measured
  const megabytes = (peak_memory_bytes / 2 ** 20).toFixed(0)
  output.print(`${images.train} training, ${images.validation} validation and ${images.test} test images`)
  output.print(
    `about ${clock(eta_seconds)}, ${images_per_second.toFixed(1)} images/s, ${megabytes} MiB, ${engine}`,
  )
  const { preprocessing: _, ...own } = hyperparameters
  for (const [name, value] of Object.entries(own)) output.print(`  ${name} ${value ?? 'none'}`)
}

export async function train(
  client: Client,
  dataset: string,
  { wait, ...options }: TrainOptions & { wait: boolean },
  output: Output,
): Promise<void> {
  const job = await createJob(client, dataset, options)
  output.note(announce(job))
  if (wait) await finish(client, job.id, output)
  else output.print(output.json ? JSON.stringify(job) : job.id)
}

export function announce({ id, name, training_dataset, recipe, queue }: Job): string {
  const place =
    queue === null || queue.position === 1
      ? ''
      : ` It is number ${queue.position} in the queue${waitOf(queue)}.`
  return `Job ${id} trains ${name} on ${training_dataset}, recipe ${recipe}.${place}`
}

const waitOf = ({ expected_wait_seconds: seconds }: NonNullable<Job['queue']>) =>
  seconds === null ? '' : `, for about ${clock(seconds)}`

/** What the job has said so far, and with `follow` what it says until its end. */
export async function logs(
  client: Client,
  id: string,
  { follow }: { follow: boolean },
  output: Output,
): Promise<void> {
  if (follow) return await finish(client, id, output)
  const path = `/v1/fine_tuning/jobs/${encodeURIComponent(id)}/events`
  for await (const event of client.list<JobEvent>(path)) {
    if (output.json) output.print(JSON.stringify(event))
    else
      output.print(`${event.created_at}  ${event.level === 'info' ? '' : `${event.level}: `}${event.message}`)
  }
}

/** Follows the job to its end; Ctrl-C leaves it running, for it runs on the platform and not here. */
export async function finish(client: Client, id: string, output: Output): Promise<void> {
  const leave = () => {
    output.note(`The job goes on.  Follow it: graft logs -f ${id}  Cancel it: graft cancel ${id}`)
    process.exit(130)
  }
  process.on('SIGINT', leave)
  const job = await followJob(client, id, output).finally(() => process.off('SIGINT', leave))
  if (output.json) output.print(JSON.stringify(job))
  requireSuccess(job)
  if (!output.json) output.print(summary(job))
}

/** @throws RequestError with the job's own reason */
export function requireSuccess({ id, status, error }: Job): void {
  if (status === 'succeeded') return
  throw new RequestError(
    422,
    error?.code ?? status,
    `The job ${id} has ${verb(status)}${error ? `: ${error.message}` : '.'}`,
  )
}

const verb = (status: Job['status']) => (status === 'cancelled' ? 'been cancelled' : status)

function summary({ fine_tuned_model, metrics, deploy }: Job): string {
  const [split, share] =
    metrics.test_accuracy === undefined
      ? ['validation', metrics.validation_accuracy]
      : ['test', metrics.test_accuracy]
  const next =
    deploy === null ? `graft deploy ${fine_tuned_model}` : `graft predict --endpoint ${deploy} IMAGE`
  return `${fine_tuned_model}  ${split} accuracy ${percent(share)}  next: ${next}`
}

/** What a job may be asked for, and how it is told: done, or to be done by its trainer at the next heartbeat. */
export const JOB_COMMANDS = {
  pause: {
    description: 'pause a job; what its last epoch has saved is kept',
    tell: ({ status }: Job) => (status === 'paused' ? 'is paused' : 'will be paused in a moment'),
  },
  resume: {
    description: 'let a paused job go on after its last epoch',
    tell: ({ status }: Job) =>
      status === 'queued' ? 'waits for a trainer' : 'waits until its data set is ingested',
  },
  stop: {
    description: 'end the training of a job, and keep the best so far',
    tell: () => 'will end in a moment, and keep the best so far',
  },
  cancel: {
    description: 'cancel a job',
    tell: ({ status }: Job) => (status === 'cancelled' ? 'is cancelled' : 'will be cancelled in a moment'),
  },
} as const

export async function askJob(
  client: Client,
  what: keyof typeof JOB_COMMANDS,
  id: string,
  output: Output,
): Promise<void> {
  const job = await client.send<Job>('POST', `${JOBS}/${encodeURIComponent(id)}/${what}`)
  output.print(output.json ? JSON.stringify(job) : `${job.id} ${JOB_COMMANDS[what].tell(job)}`)
}
