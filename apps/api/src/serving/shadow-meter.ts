// Counts how often shadows say the same as what answered, in memory, and adds it to the endpoint's rows now and then.
import type { ShadowComparison } from '@graft/core/wire/endpoints'
import type { Database } from '@graft/db/database'
import { shadowCounts } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import type { Logger } from 'pino'

/** Milliseconds between two writes: what a killed process loses of its counts at most. */
const FLUSH_EVERY = 5000

const COUNTS = ['compared', 'agreed', 'failed', 'skipped', 'difference'] as const
type Counts = Partial<Record<(typeof COUNTS)[number], number>>

export interface Pair {
  endpointId: string
  model: string
  shadow: string
}

export interface ShadowMeter {
  add(pair: Pair, counts: Counts): void
  /** What all processes have written, and what this one has counted. */
  read(endpointId: string): Promise<ShadowComparison[]>
  /** Writes the last counts. */
  close(): Promise<void>
}

type Row = Pair & Required<Counts>

export function openShadowMeter(db: Database, log: Logger): ShadowMeter {
  let counted = new Map<string, Row>()

  function add(pair: Pair, counts: Counts): void {
    const place = `${pair.endpointId} ${pair.model} ${pair.shadow}`
    const { endpointId, model, shadow } = pair
    const none = { compared: 0, agreed: 0, failed: 0, skipped: 0, difference: 0 }
    const row = counted.get(place) ?? { endpointId, model, shadow, ...none }
    for (const name of COUNTS) row[name] += counts[name] ?? 0
    counted.set(place, row)
  }

  async function flush(): Promise<void> {
    // In one order in every process: two that add to the same rows cannot wait for each other.
    const rows = [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
    counted = new Map()
    if (rows.length === 0) return
    const total = (column: string) => sql.raw(`shadow_counts.${column} + excluded.${column}`)
    try {
      await db
        .insert(shadowCounts)
        .values(rows)
        .onConflictDoUpdate({
          target: [shadowCounts.endpointId, shadowCounts.model, shadowCounts.shadow],
          set: Object.fromEntries(COUNTS.map((name) => [name, total(name)])),
        })
    } catch (error) {
      for (const row of rows) add(row, row)
      throw error
    }
  }

  const flushing = setInterval(() => {
    flush().catch((err: Error) => log.warn({ err }, 'shadow counts are not written yet'))
  }, FLUSH_EVERY).unref()

  return {
    add,
    async read(endpointId) {
      await flush()
      const rows = await db
        .select()
        .from(shadowCounts)
        .where(eq(shadowCounts.endpointId, endpointId))
        .orderBy(shadowCounts.model, shadowCounts.shadow)
      return rows.map(({ endpointId: _, difference, ...row }) => ({
        object: 'shadow.comparison',
        ...row,
        difference: row.compared === 0 ? 0 : difference / row.compared,
      }))
    },
    async close() {
      clearInterval(flushing)
      await flush()
    },
  }
}
