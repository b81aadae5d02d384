// Where waiting jobs stand in the queue, and how long each is expected to wait.
import type { Executor } from '@graft/db/database'
import { jobs } from '@graft/db/schema'
import { inArray, sql } from 'drizzle-orm'

export interface Place {
  /** 1 is the next. */
  position: number
  /** Seconds until it starts; undefined while nothing tells how long a job takes. */
  expectedWait: number | undefined
}

/** Jobs whose mean time is what a job is expected to take. */
const REMEMBERED = 20

export async function findPlaces(executor: Executor, ids: readonly string[]): Promise<Map<string, Place>> {
  const [id, ...others] = ids
  if (id === undefined) return new Map()
  // Together: one connection sends both without waiting between them.
  const [rows, expect] = await Promise.all([
    others.length === 0 ? count(executor, id) : rank(executor, ids),
    forecast(executor),
  ])
  return new Map(rows.map(({ id, position }) => [id, { position, expectedWait: expect(position) }]))
}

interface Ranked {
  [column: string]: unknown
  id: string
  position: number
}

/** Of one: counts those before it along an index. Of ten thousand that wait it takes a tenth of the time of `rank`. */
async function count(executor: Executor, id: string): Promise<Ranked[]> {
  return await executor.execute<Ranked>(sql`
    select asked.id, ((select count(*) from ${jobs} before
          where before.state = 'queued' and before.priority > asked.priority)
        + (select count(*) from ${jobs} before where before.state = 'queued' and before.priority = asked.priority
          and (before.queued_at, before.id) <= (asked.queued_at, asked.id)))::int as position
    from ${jobs} asked where asked.id = ${id} and asked.state = 'queued'`)
}

/** Of a page: ranks all that wait, along an index, once for all of them. */
async function rank(executor: Executor, ids: readonly string[]): Promise<Ranked[]> {
  const ranked = executor
    .select({
      id: jobs.id,
      position: sql`row_number() over (order by ${jobs.priority} desc, ${jobs.queuedAt}, ${jobs.id})`
        .mapWith(Number)
        .as('position'),
    })
    .from(jobs)
    .where(sql`${jobs.state} = 'queued'`)
    .as('ranked')
  return await executor
    .select()
    .from(ranked)
    .where(inArray(ranked.id, [...ids]))
}

/**
 * The work before a job, shared by the trainers that have one now: what is left of theirs by their own word, or by the
 * mean time of the last jobs, and that mean for each that waits before it.
 */
async function forecast(executor: Executor): Promise<(position: number) => number | undefined> {
  const last = sql`select extract(epoch from ${jobs.finishedAt} - ${jobs.startedAt}) as seconds from ${jobs}
    where ${jobs.state} = 'succeeded' order by ${jobs.finishedAt} desc limit ${REMEMBERED}`
  const running = sql`select extract(epoch from clock_timestamp() - ${jobs.startedAt}) as elapsed,
      (${jobs.progress} ->> 'eta_seconds')::float8 as eta from ${jobs}
    where ${jobs.state} in ('running', 'publishing') and ${jobs.leaseExpiresAt} > clock_timestamp()`
  const [row] = await executor.execute<{ mean: number | null; trainers: number; left: number | null }>(
    sql`with mean as (select avg(seconds)::float8 as seconds from (${last}) last), running as (${running})
      select (select seconds from mean) as mean, (select count(*)::int from running) as trainers,
        (select sum(coalesce(eta, greatest(0, mean.seconds - elapsed)))::float8 from running, mean) as left`,
  )
  if (row === undefined) throw new Error('a query without from answers one row')
  const { mean, trainers } = row
  return (position) => {
    const left = trainers === 0 ? 0 : row.left
    const before = position === 1 ? 0 : mean === null ? null : mean * (position - 1)
    return left === null || before === null ? undefined : (left + before) / Math.max(1, trainers)
  }
}
