// One job from its claim to its last state: a child process trains, this one holds the lease and writes the rows.
import type { ChildProcess } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { parseReference } from '@graft/core/names'
import type { JobRequest } from '@graft/core/states'
import type { Database } from '@graft/db/database'
import { type ClaimedJob, claimJob, type Lease, releaseJob, renewLease } from '@graft/db/job-lease'
import { asParent, type ParentModel, resolveVersion } from '@graft/db/models'
import type { Queue } from '@graft/db/queue'
import { architectureOf } from '@graft/nn/resnet'
import { manifestKey } from '@graft/store/object-store'
import type { Logger } from 'pino'
import { forkChild } from './fork-child.ts'
import { type Assignment, RECORDED, type Report, STOP } from './messages.ts'
import { cancel, fail, pause, record } from './records.ts'

export interface TrainerContext {
  db: Database
  queue: Queue
  /** The store's location, for the child. */
  store: string
  log: Logger
}

/** Between two heartbeats (ms): each renews the lease and hears what people ask of the job. */
const HEARTBEAT = 2000
/** After a child's end, until its channel and its standard error are read to theirs (ms). */
const CHANNEL_CLOSES = 1000
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
  const parent = await parentOf(db, job)
  if (parent === null)
    return await fail(db, lease, 'not_found', `There is no model ${job.parent} to start from.`)
  log.info({ attempt: lease.attempt }, 'job claimed')

  const child = forkChild(new URL('./child.ts', import.meta.url), { stderr: 'pipe' })
  // The child holds nothing that another could miss: its objects appear whole or not at all. So it is killed hard.
  let stopped: 'cancelled' | 'paused' | 'shutdown' | undefined
  let failure: unknown
  const stop = (why: NonNullable<typeof stopped>) => {
    stopped ??= why
    child.kill('SIGKILL')
  }
  const giveUp = (error: unknown) => {
    failure ??= error
    child.kill('SIGKILL')
  }
  // Cancelled or paused, the child is killed; to stop, it is told, for it still has to measure and publish.
  let told = false
  const heed = (requested: JobRequest | null) => {
    if (requested === 'cancel') stop('cancelled')
    if (requested === 'pause') stop('paused')
    if (requested !== 'stop' || told || !child.connected) return
    told = true
    child.send(STOP, (error) => error && log.debug(error, 'the training is over already'))
  }
  const onAbort = () => stop('shutdown')
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  const heartbeat = setInterval(() => {
    renewLease(db, lease)
      .then(heed)
      .catch((error) => {
        if (isGraftError(error, 'lease_lost')) giveUp(error)
        else if (last !== 'done' && last !== 'failed') log.warn(error, 'heartbeat failed')
      })
  }, HEARTBEAT)

  // A database that is away costs nothing while nobody else takes the job: what must be written waits for it.
  const write = async (report: Report): Promise<void> => {
    while (failure === undefined) {
      try {
        return await record(db, lease, job, report)
      } catch (error) {
        if (isGraftError(error) || stopped !== undefined) throw error
        log.warn(error, 'a report waits for the database')
        if (report.type === 'progress') return // the next one says more
        await sleep(HEARTBEAT)
      }
    }
  }
  let last: Report['type'] | undefined
  let writes = Promise.resolve()
  child.on('message', (report: Report) => {
    last = report.type
    writes = writes.then(() => write(report)).catch(giveUp)
    // Its last word is recorded: now it may go.
    if (last === 'done' || last === 'failed') writes.then(() => child.connected && child.send(RECORDED))
  })
  child.on('error', giveUp)
  const errors = lastOf(child, QUOTED)
  const ended = endOf(child)
  child.send(assignmentOf(context, lease, job, parent), (error) => error && giveUp(error))
  heed(job.requested) // of the trainer before
  let end: Ended
  try {
    end = await ended
    await writes
  } finally {
    clearInterval(heartbeat)
    signal.removeEventListener('abort', onAbort)
  }

  if (isGraftError(failure, 'lease_lost')) return log.warn('the lease was lost')
  if (failure) {
    log.error(failure, 'the job is given up, and tried again later')
    throw failure
  }
  if (last === 'done' || last === 'failed') return log.info(`job ${last}`)
  if (stopped === 'cancelled') return await cancel(db, lease)
  if (stopped === 'paused') return await pause(db, lease)
  if (stopped === 'shutdown') return await releaseJob(db, context.queue, lease, 'The trainer stopped')
  log.error(end, 'the training process crashed')
  // What a signal ends is the machine's fault more often than the job's: it is tried again, from its last epoch.
  const how = end.killedBy === null ? `exit status ${end.status}` : `signal ${end.killedBy}`
  const died = `The training process ended with ${how}`
  if (end.killedBy !== null && lease.attempt < limit('jobAttempts')) {
    return await releaseJob(db, context.queue, lease, died)
  }
  await fail(db, lease, 'trainer_crashed', `${died}. ${errors()}`.trim())
}

interface Ended {
  status: number | null
  killedBy: NodeJS.Signals | null
}

/**
 * The child's end, once what it had sent is heard. Not by its `close` event: that never comes when this side has
 * closed the channel.
 */
async function endOf(child: ChildProcess): Promise<Ended> {
  const closed = (emitter: EventEmitter | null, event: string) =>
    new Promise((resolve) => emitter?.once(event, resolve))
  const heard = Promise.all([closed(child, 'disconnect'), closed(child.stderr, 'close')])
  const end = await new Promise<Ended>((resolve) => {
    child.once('exit', (status, killedBy) => resolve({ status, killedBy }))
    child.once('error', () => child.pid === undefined && resolve({ status: null, killedBy: null }))
  })
  await Promise.race([heard, sleep(CHANNEL_CLOSES, undefined, { ref: false })])
  return end
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

/** Null where it is gone: a version is not deleted while a job that starts from it has not ended. */
async function parentOf(
  db: Database,
  { project, parent }: ClaimedJob,
): Promise<ParentModel | undefined | null> {
  if (parent === null) return undefined
  const version = await resolveVersion(db, project, parseReference(parent, 'model'))
  return (version && asParent(parent, version)) ?? null
}

function assignmentOf(
  { store }: TrainerContext,
  { jobId, attempt }: Lease,
  job: ClaimedJob,
  parent: ParentModel | undefined,
): Assignment {
  return {
    jobId,
    attempt,
    store,
    manifestKey: manifestKey(job.datasetId, job.datasetVersion),
    dataset: `${job.datasetName}@${job.datasetVersion}`,
    architecture: architectureOf(job.baseModel),
    ...(parent && { parent }),
    modelName: job.modelName,
    recipe: job.resolved,
    seed: job.seed,
    secondsSpent: job.trainingSeconds,
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
