// How many jobs of one API key may wait or run.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { endsOf, JOB_STATES } from '@graft/core/states'
import type { Executor } from '@graft/db/database'
import { jobs } from '@graft/db/schema'
import { and, count, eq, notInArray } from 'drizzle-orm'

const ENDED = endsOf(JOB_STATES)

/**
 * Counts along an index, and takes no lock: requests at the same time may pass the limit together, by their number.
 *
 * @param more jobs that are about to be made
 * @throws GraftError `too_many_jobs`
 */
export async function requireRoom(executor: Executor, keyId: string, more: number): Promise<void> {
  const [open] = await executor
    .select({ jobs: count() })
    .from(jobs)
    .where(and(eq(jobs.keyId, keyId), notInArray(jobs.state, ENDED)))
  const most = limit('jobsPerKey')
  const there = open?.jobs ?? 0
  if (there + more <= most) return
  throw new GraftError('too_many_jobs', `${there} jobs of this API key wait or run, and ${most} may.`)
}
