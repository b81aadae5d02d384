// The events of a job: rows numbered from 1 without gaps, so that a reader can resume at any of them.
import { GraftError } from '@graft/core/errors'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Database, Executor } from './database.ts'
import { jobEvents, jobs } from './schema.ts'

export type JobEventRow = typeof jobEvents.$inferSelect

export interface NewEvent {
  level: 'info' | 'warn' | 'error'
  type: 'message' | 'metrics'
  message: string
  data?: Record<string, unknown>
}

/**
 * The job's row counts its events: its lock makes the numbers gapless, and its fence keeps a lost trainer out.
 *
 * @param attempt the fence of the trainer that writes; without it the platform itself does
 * @throws GraftError `lease_lost`, `not_found`
 */
export async function appendEvent(
  executor: Executor,
  jobId: string,
  { level, type, message, data = {} }: NewEvent,
  attempt?: number,
): Promise<void> {
  await executor.transaction(async (tx) => {
    const [job] = await tx
      .update(jobs)
      .set({ lastEvent: sql`${jobs.lastEvent} + 1` })
      .where(and(eq(jobs.id, jobId), attempt === undefined ? undefined : eq(jobs.attempt, attempt)))
      .returning({ number: jobs.lastEvent })
    if (job === undefined) {
      if (attempt === undefined) throw new GraftError('not_found', `There is no job ${jobId}.`)
      throw new GraftError('lease_lost', `Attempt ${attempt} no longer holds the job ${jobId}.`)
    }
    await tx.insert(jobEvents).values({ jobId, number: job.number, level, type, message, data })
  })
}

/** Whether an event of the job tells of all this already. */
export async function hasEvent(
  executor: Executor,
  jobId: string,
  type: NewEvent['type'],
  data: Record<string, unknown>,
): Promise<boolean> {
  const rows = await executor
    .select({ number: jobEvents.number })
    .from(jobEvents)
    .where(
      and(
        eq(jobEvents.jobId, jobId),
        eq(jobEvents.type, type),
        sql`${jobEvents.data} @> ${JSON.stringify(data)}::jsonb`,
      ),
    )
    .limit(1)
  return rows.length > 0
}

/** In their order, after a number. */
export async function listEvents(
  db: Database,
  jobId: string,
  after: number,
  count: number,
): Promise<JobEventRow[]> {
  return await db
    .select()
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, jobId), gt(jobEvents.number, after)))
    .orderBy(asc(jobEvents.number))
    .limit(count)
}
