// Cancels a job: at once while no trainer has it, else by asking its trainer, who looks at each heartbeat.
import { GraftError } from '@graft/core/errors'
import { isTerminal, JOB_STATES } from '@graft/core/states'
import type { Job } from '@graft/core/wire'
import type { Database } from '@graft/db/database'
import { appendEvent } from '@graft/db/job-events'
import { jobs } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import { findJob } from './find-jobs.ts'

/** @throws GraftError `not_found`, and `state_conflict` when the job has ended */
export async function cancelJob(db: Database, id: string): Promise<Job> {
  return await db.transaction(async (tx) => {
    const [job] = await tx.select().from(jobs).where(eq(jobs.id, id)).for('update')
    if (job !== undefined && isTerminal(JOB_STATES, job.state)) {
      throw new GraftError('state_conflict', `The job ${id} has ${job.state} already.`)
    }
    if (job?.state === 'running' || job?.state === 'publishing') {
      await tx.update(jobs).set({ requested: 'cancel' }).where(eq(jobs.id, id))
    } else if (job !== undefined) {
      const change = {
        state: 'cancelled',
        requested: 'cancel',
        finishedAt: sql`clock_timestamp()`,
      } as const
      await tx.update(jobs).set(change).where(eq(jobs.id, id))
      await appendEvent(tx, id, { level: 'info', type: 'message', message: 'The job was cancelled.' })
    }
    return await findJob(tx, id)
  })
}
