// A job's row, locked, so that what is asked of it and what its trainer does come one after the other.
import type { Project } from '@graft/core/names'
import type { Transaction } from '@graft/db/database'
import type { JobRow } from '@graft/db/job-lease'
import { jobs } from '@graft/db/schema'
import { isJob, refuse } from './find-jobs.ts'

/** @throws GraftError `not_found` */
export async function lockJob(tx: Transaction, project: Project, id: string): Promise<JobRow> {
  const [job] = await tx.select().from(jobs).where(isJob(project, id)).for('update')
  return job ?? refuse(id)
}
