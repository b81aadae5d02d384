// Counts what each API key asks for, in memory, and adds it to the day's row now and then.
import type { Database } from '@graft/db/database'
import { usageDays } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { homeOf } from '../auth.ts'
import type { Caller } from '../context.ts'

/** Milliseconds between two writes: what a killed process loses of its counts at most. */
const FLUSH_EVERY = 10_000

/** An API key, and the project that it has acted in. */
export type UsedKey = Pick<Caller, 'id' | 'project'>

export interface Use {
  key: UsedKey
  failed: boolean
  prediction: boolean
  milliseconds: number
}

export interface UsageMeter {
  note(use: Use): void
  /** So many images were answered in bulk, by no request of their own. */
  predicted(key: UsedKey, images: number): void
  /** Writes what has been counted, so that it can be read. */
  flush(): Promise<void>
  /** Writes the last counts. */
  close(): Promise<void>
}

type Row = typeof usageDays.$inferInsert & {
  requests: number
  failed: number
  predictions: number
  milliseconds: number
}

const today = () => new Date().toISOString().slice(0, 10)

export function openUsageMeter(db: Database, log: Logger): UsageMeter {
  let counted = new Map<string, Row>()

  function add(row: Row): void {
    const place = `${row.day} ${row.keyId}`
    const sum = counted.get(place)
    if (sum === undefined) {
      counted.set(place, { ...row })
      return
    }
    for (const name of ['requests', 'failed', 'predictions', 'milliseconds'] as const) sum[name] += row[name]
  }

  async function flush(): Promise<void> {
    // In one order in every process: two that add to the same rows cannot wait for each other.
    const rows = [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
    counted = new Map()
    if (rows.length === 0) return
    const total = (column: string) => sql.raw(`usage_days.${column} + excluded.${column}`)
    try {
      await db
        .insert(usageDays)
        .values(rows.map((row) => ({ ...row, milliseconds: Math.round(row.milliseconds) })))
        .onConflictDoUpdate({
          target: [usageDays.day, usageDays.keyId],
          set: {
            requests: total('requests'),
            failed: total('failed'),
            predictions: total('predictions'),
            milliseconds: total('milliseconds'),
          },
        })
    } catch (error) {
      rows.forEach(add)
      throw error
    }
  }

  const flushing = setInterval(() => {
    flush().catch((err: Error) => log.warn({ err }, 'usage is not written yet'))
  }, FLUSH_EVERY).unref()

  return {
    note({ key, failed, prediction, milliseconds }) {
      add({
        day: today(),
        keyId: key.id,
        project: homeOf(key),
        requests: 1,
        failed: Number(failed),
        predictions: Number(prediction),
        milliseconds,
      })
    },
    predicted(key, images) {
      add({
        day: today(),
        project: homeOf(key),
        keyId: key.id,
        requests: 0,
        failed: 0,
        predictions: images,
        milliseconds: 0,
      })
    },
    flush,
    async close() {
      clearInterval(flushing)
      await flush()
    },
  }
}
