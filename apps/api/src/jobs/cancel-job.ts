// Cancels a job: at once while no trainer has it, else by asking its trainer, who looks at each heartbeat.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import { isTerminal, JOB_STATES } from '@graft/core/states'
import type { Job } from '@graft/core/wire/jobs'
import type { Database, Transaction } from '@graft/db/database'
import { appendEvent } from '@graft/db/job-events'
import type { JobRow } from '@graft/db/job-lease'
import { jobs } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import { findJob } from './find-jobs.ts'
import { lockJob } from './lock-job.ts'

/** @throws GraftError `not_found`, and `state_conflict` when the job has ended */
export async function cancelJob(db: Database, project: Project, id: string): Promise<Job> {
  return await db.transaction(async (tx) => {
    const job = await lockJob(tx, project, id)
    if (isTerminal(JOB_STATES, job.state)) {
      throw new GraftError('state_conflict', `The job ${id} has ${job.state} already.`)
    }
    await cancelLocked(tx, job)
    return await findJob(tx, project, id)
  })
}

/** A job that has not ended, its row locked. */
export async function cancelLocked(tx: Transaction, { id, state }: JobRow): Promise<void> {
  if (state === 'running' || state === 'publishing') {
    await tx.update(jobs).set({ requested: 'cancel' }).where(eq(jobs.id, id))
    return
  }
  const change = { state: 'cancelled', requested: 'cancel', finishedAt: sql`clock_timestamp()` } as const
  await tx.update(jobs).set(change).where(eq(jobs.id, id))
  await appendEvent(tx, id, { level: 'info', type: 'message', message: 'The job was cancelled.' })
}
