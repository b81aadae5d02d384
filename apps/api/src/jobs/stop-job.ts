// Stops a running job after its step: it measures, publishes the best so far, and succeeds.
import type { Project } from '@graft/core/names'
import type { Job } from '@graft/core/wire/jobs'
import type { Database } from '@graft/db/database'
import { askTrainer } from './ask-trainer.ts'
import { findJob } from './find-jobs.ts'
import { lockJob } from './lock-job.ts'

/** @throws GraftError `not_found`, `state_conflict` while no training runs */
export async function stopJob(db: Database, project: Project, id: string): Promise<Job> {
  return await db.transaction(async (tx) => {
    await askTrainer(tx, await lockJob(tx, project, id), 'stop')
    return await findJob(tx, project, id)
  })
}
