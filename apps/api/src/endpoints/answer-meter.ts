// Counts what endpoints answer and how surely, in memory, and adds it to the hour's rows now and then.
import { limit } from '@graft/core/limits'
import type { Database } from '@graft/db/database'
import { answerCounts } from '@graft/db/schema'
import { inDays } from '@graft/db/time'
import { and, eq, gte, sql } from 'drizzle-orm'
import type { Logger } from 'pino'

/** Milliseconds between two writes: what a killed process loses of its counts at most. */
const FLUSH_EVERY = 5000
const HOUR = 3600_000
/** Rows of one statement: Postgres takes 65,535 parameters. */
const ROWS = 5000

export type AnswerCount = typeof answerCounts.$inferSelect
/** Over all hours that were asked for. */
export type AnswerTotal = Pick<AnswerCount, 'model' | 'label' | 'bin' | 'count'>

export interface AnswerMeter {
  add(answer: { endpointId: string; model: string; label: string; confidence: number }): void
  /** What all processes have written since the hour of a time, and what this one has counted. */
  read(endpointId: string, since: Date): Promise<AnswerTotal[]>
  /** Writes the last counts. */
  close(): Promise<void>
}

export function openAnswerMeter(db: Database, log: Logger): AnswerMeter {
  let counted = new Map<string, AnswerCount>()

  function add(row: AnswerCount): void {
    const { endpointId, hour, model, label, bin, count } = row
    const place = [endpointId, hour.getTime(), model, bin, label].join(' ')
    const known = counted.get(place)
    if (known) known.count += count
    else counted.set(place, { ...row })
  }

  async function flush(): Promise<void> {
    // In one order in every process: two that add to the same rows cannot wait for each other.
    const rows = [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
    counted = new Map()
    while (rows.length > 0) {
      const batch = rows.slice(0, ROWS)
      try {
        await db
          .insert(answerCounts)
          .values(batch)
          .onConflictDoUpdate({
            target: [
              answerCounts.endpointId,
              answerCounts.hour,
              answerCounts.model,
              answerCounts.label,
              answerCounts.bin,
            ],
            set: { count: sql`answer_counts.count + excluded.count` },
          })
      } catch (error) {
        rows.forEach(add)
        throw error
      }
      rows.splice(0, batch.length)
    }
  }

  const flushing = setInterval(() => {
    flush().catch((err: Error) => log.warn({ err }, 'counts of answers are not written yet'))
  }, FLUSH_EVERY).unref()

  return {
    add({ confidence, ...answer }) {
      const bin = Math.min(9, Math.floor(confidence * 10))
      add({ ...answer, hour: hourOf(new Date()), bin, count: 1 })
    },
    async read(endpointId, since) {
      await flush()
      const { model, label, bin } = answerCounts
      return await db
        .select({ model, label, bin, count: sql`sum(${answerCounts.count})`.mapWith(Number) })
        .from(answerCounts)
        .where(and(eq(answerCounts.endpointId, endpointId), gte(answerCounts.hour, hourOf(since))))
        .groupBy(model, label, bin)
        .orderBy(model)
    },
    async close() {
      clearInterval(flushing)
      await flush()
    },
  }
}

/** The begin of the hour. */
export function hourOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / HOUR) * HOUR)
}

export async function forgetOldCounts(db: Database): Promise<void> {
  await db.delete(answerCounts).where(sql`${answerCounts.hour} < ${inDays(-limit('driftDays'))}`)
}
