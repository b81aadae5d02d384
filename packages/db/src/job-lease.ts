// Who works on a job: the lease, its fence, and the writes that only its holder may do.
//
// Each claim raises the job's attempt. Every write of a trainer names its attempt and reaches no row once another
// has claimed the job. Times are the database's: the clock of a trainer does not matter.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { ResolvedRecipe } from '@graft/core/recipes'
import { JOB_STATES, type JobRequest, type JobState, sourcesOf } from '@graft/core/states'
import type { JobMetrics, JobProgress } from '@graft/core/wire/jobs'
import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { Database, Executor, Transaction } from './database.ts'
import { appendEvent } from './job-events.ts'
import type { Queue } from './queue.ts'
import { datasets, jobs } from './schema.ts'
import { inSeconds } from './time.ts'

export type JobRow = typeof jobs.$inferSelect
type JobChange = Partial<typeof jobs.$inferInsert>

export interface Lease {
  jobId: string
  attempt: number
}

export interface ClaimedJob extends JobRow {
  datasetName: string
}

/** The states in which a trainer has the job. */
const HELD: JobState[] = ['running', 'publishing']

const leaseEnd = () => inSeconds(limit('leaseSeconds'))

/**
 * Takes a job that waits, or whose trainer is lost. Undefined when there is nothing left to do for it.
 *
 * @throws GraftError `lease_lost` while another trainer holds it, `not_found`
 */
export async function claimJob(
  db: Database,
  jobId: string,
): Promise<{ lease: Lease; job: ClaimedJob } | undefined> {
  const [job] = await db
    .update(jobs)
    .set({
      state: 'running',
      attempt: sql`${jobs.attempt} + 1`,
      leaseExpiresAt: leaseEnd(),
      startedAt: sql`coalesce(${jobs.startedAt}, clock_timestamp())`,
      progress: null,
    })
    .where(
      and(
        eq(jobs.id, jobId),
        or(
          eq(jobs.state, 'queued'),
          and(inArray(jobs.state, HELD), sql`${jobs.leaseExpiresAt} < clock_timestamp()`),
        ),
      ),
    )
    .returning()
  if (job !== undefined) {
    const [dataset] = await db.select().from(datasets).where(eq(datasets.id, job.datasetId))
    if (dataset === undefined) throw new GraftError('internal', `The job ${jobId} names no data set.`)
    return { lease: { jobId, attempt: job.attempt }, job: { ...job, datasetName: dataset.name } }
  }
  const [found] = await db.select({ state: jobs.state }).from(jobs).where(eq(jobs.id, jobId))
  if (found === undefined) throw new GraftError('not_found', `There is no job ${jobId}.`)
  if (HELD.includes(found.state)) {
    throw new GraftError('lease_lost', `Another trainer holds the job ${jobId}.`)
  }
  return undefined
}

/**
 * The heartbeat. Answers what the trainer is asked for.
 *
 * @throws GraftError `lease_lost`, `state_conflict` once the job has ended
 */
export async function renewLease(db: Database, lease: Lease): Promise<JobRequest | null> {
  return (await write(db, lease, { leaseExpiresAt: leaseEnd() })).requested
}

/** @throws GraftError `lease_lost`, `state_conflict` when the machine of states does not allow it */
export async function changeJobState(
  executor: Executor,
  lease: Lease,
  to: JobState,
  change: JobChange = {},
): Promise<void> {
  await write(executor, lease, { ...change, state: to }, sourcesOf(JOB_STATES, to))
}

/** Also ends the lease: nothing follows. @throws as `changeJobState` */
export async function finishJob(
  executor: Executor,
  lease: Lease,
  to: 'succeeded' | 'failed' | 'cancelled',
  change: JobChange = {},
): Promise<void> {
  const end = { finishedAt: sql`clock_timestamp()`, leaseExpiresAt: null, progress: null }
  await write(executor, lease, { ...change, ...end, state: to }, sourcesOf(JOB_STATES, to))
}

/** Ends the lease, and the pause that was asked for with it. @throws as `changeJobState` */
export async function pauseHeldJob(executor: Executor, lease: Lease): Promise<void> {
  await write(executor, lease, { state: 'paused', leaseExpiresAt: null, requested: null, progress: null })
}

/**
 * The job's row, locked: the lease holds until the transaction ends.
 *
 * @throws GraftError `lease_lost`, `state_conflict` once the job has ended
 */
export async function holdJob(tx: Transaction, lease: Lease): Promise<JobRow> {
  const [job] = await tx.select().from(jobs).where(heldBy(lease, HELD)).for('update')
  return job ?? (await refuse(tx, lease))
}

export async function recordEngine(executor: Executor, lease: Lease, engine: string): Promise<void> {
  await write(executor, lease, { engine })
}

export async function recordProgress(executor: Executor, lease: Lease, progress: JobProgress): Promise<void> {
  await write(executor, lease, { progress })
}

/** Adds what a training process has used since it told before, in seconds. */
export async function recordUsage(
  executor: Executor,
  lease: Lease,
  used: { seconds: number; cpuSeconds: number; gpuSeconds: number },
): Promise<void> {
  await write(executor, lease, {
    trainingSeconds: sql`${jobs.trainingSeconds} + ${used.seconds}`,
    cpuSeconds: sql`${jobs.cpuSeconds} + ${used.cpuSeconds}`,
    gpuSeconds: sql`${jobs.gpuSeconds} + ${used.gpuSeconds}`,
  })
}

/** What was still open when the job was made, and is known now that it runs. */
export async function recordResolved(
  executor: Executor,
  lease: Lease,
  resolved: ResolvedRecipe,
): Promise<void> {
  await write(executor, lease, { resolved })
}

/** Adds to the metrics that are there. */
export async function recordMetrics(executor: Executor, lease: Lease, metrics: JobMetrics): Promise<void> {
  await write(executor, lease, { metrics: sql`${jobs.metrics} || ${JSON.stringify(metrics)}::jsonb` })
}

/** Gives the job back to the queue, so that it is started again. */
export async function releaseJob(
  db: Database,
  queue: Queue,
  lease: Lease,
  why = 'The trainer stopped',
): Promise<void> {
  await db.transaction(async (tx) => {
    const change = { state: 'queued', leaseExpiresAt: null, queuedAt: sql`clock_timestamp()` } as const
    const { priority } = await write(tx, lease, change, sourcesOf(JOB_STATES, 'queued'))
    await queue.send(tx, 'fine-tune', { job_id: lease.jobId }, { priority })
    const message = `${why}: the job waits for a trainer.`
    await appendEvent(tx, lease.jobId, { level: 'warn', type: 'message', message }, lease.attempt)
  })
}

/**
 * Ends a job whose trainers were lost as often as the queue allows.
 *
 * @throws GraftError `lease_lost` while one still holds it
 */
export async function failLostJob(db: Database, jobId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const message = `The trainer was lost ${limit('jobAttempts')} times.`
    const lost = await tx
      .update(jobs)
      .set({
        state: 'failed',
        attempt: sql`${jobs.attempt} + 1`,
        errorCode: 'trainer_lost',
        errorMessage: message,
        finishedAt: sql`clock_timestamp()`,
        leaseExpiresAt: null,
      })
      .where(
        and(
          eq(jobs.id, jobId),
          inArray(jobs.state, ['queued', 'running', 'publishing']),
          or(sql`${jobs.leaseExpiresAt} is null`, sql`${jobs.leaseExpiresAt} < clock_timestamp()`),
        ),
      )
      .returning({ id: jobs.id })
    if (lost.length === 0) {
      const [held] = await tx.select({ state: jobs.state }).from(jobs).where(eq(jobs.id, jobId))
      if (held === undefined || !HELD.includes(held.state)) return
      throw new GraftError('lease_lost', `A trainer holds the job ${jobId}.`)
    }
    await appendEvent(tx, jobId, { level: 'error', type: 'message', message, data: { code: 'trainer_lost' } })
  })
}

type Written = { [K in keyof JobChange]: JobChange[K] | SQL }

async function write(
  executor: Executor,
  lease: Lease,
  change: Written,
  from: JobState[] = HELD,
): Promise<JobRow> {
  const [job] = await executor.update(jobs).set(change).where(heldBy(lease, from)).returning()
  return job ?? (await refuse(executor, lease))
}

function heldBy({ jobId, attempt }: Lease, states: JobState[]): SQL | undefined {
  return and(eq(jobs.id, jobId), eq(jobs.attempt, attempt), inArray(jobs.state, states))
}

/** Says why a write reached no row. */
async function refuse(executor: Executor, { jobId, attempt }: Lease): Promise<never> {
  const [job] = await executor.select().from(jobs).where(eq(jobs.id, jobId))
  if (job?.attempt === attempt) {
    throw new GraftError('state_conflict', `The job ${jobId} is ${job.state}, which does not allow this.`)
  }
  throw new GraftError('lease_lost', `Attempt ${attempt} no longer holds the job ${jobId}.`)
}
