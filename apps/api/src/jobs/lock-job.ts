// A job's row, locked, so that what is asked of it and what its trainer does come one after the other.
import { GraftError } from '@graft/core/errors'
import type { Transaction } from '@graft/db/database'
import type { JobRow } from '@graft/db/job-lease'
import { jobs } from '@graft/db/schema'
import { eq } from 'drizzle-orm'

/** @throws GraftError `not_found` */
export async function lockJob(tx: Transaction, id: string): Promise<JobRow> {
  const [job] = await tx.select().from(jobs).where(eq(jobs.id, id)).for('update')
  if (job === undefined) throw new GraftError('not_found', `There is no job ${JSON.stringify(id)}.`)
  return job
}
