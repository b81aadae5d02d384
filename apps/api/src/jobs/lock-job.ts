// A job's row, locked, so that what is asked of it and what its trainer does come one after the other.
import type { Transaction } from '@graft/db/database'
import type { JobRow } from '@graft/db/job-lease'
import { jobs } from '@graft/db/schema'
import { eq } from 'drizzle-orm'
import { refuse } from './find-jobs.ts'

/** @throws GraftError `not_found` */
export async function lockJob(tx: Transaction, id: string): Promise<JobRow> {
  const [job] = await tx.select().from(jobs).where(eq(jobs.id, id)).for('update')
  return job ?? refuse(id)
}
