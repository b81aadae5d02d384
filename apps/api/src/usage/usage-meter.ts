// Counts what each API key asks for, in memory, and adds it to the day's row now and then.
import type { Database } from '@graft/db/database'
import { usageDays } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import type { Logger } from 'pino'

/** Milliseconds between two writes: what a killed process loses of its counts at most. */
const FLUSH_EVERY = 10_000

export interface Use {
  key: string
  failed: boolean
  prediction: boolean
  milliseconds: number
}

export interface UsageMeter {
  note(use: Use): void
  /** So many images were answered in bulk, by no request of their own. */
  predicted(key: string, images: number): void
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
    const rows = [...counted.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1))
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
        keyId: key,
        requests: 1,
        failed: Number(failed),
        predictions: Number(prediction),
        milliseconds,
      })
    },
    predicted(keyId, images) {
      add({ day: today(), keyId, requests: 0, failed: 0, predictions: images, milliseconds: 0 })
    },
    flush,
    async close() {
      clearInterval(flushing)
      await flush()
    },
  }
}
