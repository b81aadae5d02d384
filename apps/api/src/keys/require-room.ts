// How much work of one API key may wait or run.
import { type ErrorCode, GraftError } from '@graft/core/errors'
import { type LimitName, limit } from '@graft/core/limits'
import type { Executor } from '@graft/db/database'
import { batches, evaluations, jobs } from '@graft/db/schema'
import { sql } from 'drizzle-orm'

const WORK = {
  jobs: { table: jobs, most: 'jobsPerKey', code: 'too_many_jobs', name: 'jobs' },
  batches: { table: batches, most: 'batchesPerKey', code: 'too_many_batches', name: 'bulk predictions' },
  evaluations: {
    table: evaluations,
    most: 'evaluationsPerKey',
    code: 'too_many_evaluations',
    name: 'evaluations',
  },
} as const satisfies Record<string, { table: object; most: LimitName; code: ErrorCode; name: string }>

/**
 * Counts along an index, and takes no lock: requests at the same time may pass the limit together, by their number.
 *
 * @param more that are about to be made
 * @throws GraftError `too_many_jobs`, `too_many_batches`, `too_many_evaluations`
 */
export async function requireRoom(
  executor: Executor,
  work: keyof typeof WORK,
  keyId: string,
  more: number,
): Promise<void> {
  const { table, most: name, code, name: things } = WORK[work]
  // In the words of the index: with other states, or parameters, Postgres could not use it.
  const [open] = await executor.execute<{ there: number }>(sql`select count(*)::int as there from ${table}
    where ${table.keyId} = ${keyId} and ${table.state} not in ('succeeded', 'failed', 'cancelled')`)
  const most = limit(name)
  const there = open?.there ?? 0
  if (there + more <= most) return
  throw new GraftError(code, `${there} ${things} of this API key wait or run, and ${most} may.`)
}
