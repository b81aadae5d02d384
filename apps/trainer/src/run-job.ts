// One job from its claim to its last state: a child process trains, this one holds the lease and writes the rows.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Database } from '@graft/db/database'
import { type ClaimedJob, claimJob, type Lease, releaseJob, renewLease } from '@graft/db/job-lease'
import type { Queue } from '@graft/db/queue'
import type { Logger } from 'pino'
import type { Assignment, Report } from './messages.ts'
import { cancel, fail, record } from './records.ts'

export interface TrainerContext {
  db: Database
  queue: Queue
  /** The store's location, for the child. */
  store: string
  log: Logger
}

/** Between two heartbeats (ms): each renews the lease and looks for a cancellation. */
const HEARTBEAT = 2000
/** How much of the child's standard error a crash report quotes, in characters from its end. */
const QUOTED = 2000

/**
 * Returns once the job has left this trainer: finished, given back, or lost to another.
 *
 * @param signal aborted when the trainer shuts down; the job then goes back to the queue
 * @throws what the database throws: the queue tries again, after the lease has run out
 */
export async function runJob(context: TrainerContext, jobId: string, signal: AbortSignal): Promise<void> {
  const { db } = context
  const log = context.log.child({ job: jobId })
  const claimed = await claimWhenFree(db, jobId, signal)
  if (claimed === undefined) return
  const { lease, job } = claimed
  log.info({ attempt: lease.attempt }, 'job claimed')

  const child = fork(new URL('./child.ts', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  // The child holds nothing that another could miss: its objects appear whole or not at all. So it is killed hard.
  let stopped: 'cancelled' | 'shutdown' | undefined
  let failure: unknown
  const stop = (why: 'cancelled' | 'shutdown') => {
    stopped ??= why
    child.kill('SIGKILL')
  }
  const giveUp = (error: unknown) => {
    failure ??= error
    child.kill('SIGKILL')
  }
  const onAbort = () => stop('shutdown')
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  const heartbeat = setInterval(() => {
    renewLease(db, lease)
      .then(({ cancelRequested }) => cancelRequested && stop('cancelled'))
      // A database that is away for a moment costs nothing until the lease runs out.
      .catch((error) =>
        isGraftError(error, 'lease_lost') ? giveUp(error) : log.warn(error, 'heartbeat failed'),
      )
  }, HEARTBEAT)

  let last: Report['type'] | undefined
  let writes = Promise.resolve()
  child.on('message', (report: Report) => {
    last = report.type
    writes = writes.then(() => (failure ? undefined : record(db, lease, job, report))).catch(giveUp)
  })
  const errors = lastOf(child, QUOTED)
  child.send(assignmentOf(context, lease, job))
  const [[status, killedBy]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
  await writes
  clearInterval(heartbeat)
  signal.removeEventListener('abort', onAbort)

  if (isGraftError(failure, 'lease_lost')) return log.warn('the lease was lost')
  if (failure) throw failure
  if (last === 'done' || last === 'failed') return log.info(`job ${last}`)
  if (stopped === 'cancelled') return await cancel(db, lease)
  if (stopped === 'shutdown') return await releaseJob(db, context.queue, lease)
  log.error({ status, killedBy }, 'the training process crashed')
  const how = killedBy === null ? `exit status ${status}` : `signal ${killedBy}`
  await fail(db, lease, 'trainer_crashed', `The training process ended with ${how}. ${errors()}`.trim())
}

/**
 * The message of a lost trainer may come back a little before its lease has run out.
 *
 * @throws GraftError `lease_lost` when the other trainer turns out to live
 */
async function claimWhenFree(db: Database, jobId: string, signal: AbortSignal) {
  const end = Date.now() + limit('leaseSeconds') * 1000
  for (;;) {
    try {
      return await claimJob(db, jobId)
    } catch (error) {
      if (!isGraftError(error, 'lease_lost') || Date.now() > end || signal.aborted) throw error
      await sleep(HEARTBEAT)
    }
  }
}

function assignmentOf({ store }: TrainerContext, { jobId, attempt }: Lease, job: ClaimedJob): Assignment {
  return {
    jobId,
    attempt,
    store,
    manifestKey: `datasets/${job.datasetId}/${job.datasetVersion}/manifest.json`,
    dataset: `${job.datasetName}@${job.datasetVersion}`,
    architecture: 'resnet18',
    modelName: job.modelName,
    recipe: job.resolved,
    seed: job.seed,
  }
}

/** Collects the end of the child's standard error. */
function lastOf(child: ChildProcess, characters: number): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-characters)
  })
  return () => text
}
