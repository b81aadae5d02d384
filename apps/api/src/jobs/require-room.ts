// How many jobs of one API key may wait or run.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { isTerminal, JOB_STATES, type JobState } from '@graft/core/states'
import type { Executor } from '@graft/db/database'
import { jobs } from '@graft/db/schema'
import { and, count, eq, notInArray } from 'drizzle-orm'

const ENDED = (Object.keys(JOB_STATES) as JobState[]).filter((state) => isTerminal(JOB_STATES, state))

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
