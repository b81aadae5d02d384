// Counts in memory how canaries do, and adds it to their steps' rows when the loop looks at them.
import { type GraftError, isGraftError } from '@graft/core/errors'
import type { CanaryStep } from '@graft/core/wire/endpoints'
import type { Database } from '@graft/db/database'
import { canaryCounts } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import type { StepCounts } from './judge-step.ts'

/** Of what is answered after a step has its comparisons: this share is compared still. */
const SAMPLE = 0.1
/** Steps that are remembered for their sampling. */
const REMEMBERED = 1000
/** Faults that are the model's own. All others are those of the image, the caller or the platform. */
const OWN_FAULTS = ['model_corrupt', 'not_found', 'internal'] as const

const COUNTS = ['answered', 'failed', 'compared', 'disagreed'] as const

export interface CanaryMeter {
  /** Images whose turn it was to be answered by that version, and what came of them. */
  note(canary: CanaryStep | null, version: string, outcomes: readonly unknown[]): void
  /** Whether an answer shall be compared. It counts as if it will be. */
  wants(canary: CanaryStep): boolean
  compared(canary: CanaryStep, agrees: boolean): void
  /** It was not compared after all. */
  missed(canary: CanaryStep): void
  /** Writes what has been counted. */
  flush(): Promise<void>
}

type Row = StepCounts & { canaryId: string; step: number }

export function createCanaryMeter(db: Database): CanaryMeter {
  let counted = new Map<string, Row>()
  const asked = new Map<string, number>()

  function add(canaryId: string, step: number, counts: Partial<StepCounts>): void {
    const place = `${canaryId} ${step}`
    const row = counted.get(place) ?? { canaryId, step, answered: 0, failed: 0, compared: 0, disagreed: 0 }
    for (const name of COUNTS) row[name] += counts[name] ?? 0
    counted.set(place, row)
  }

  return {
    note(canary, version, outcomes) {
      if (canary === null || canary.model !== version) return
      const failed = outcomes.filter((outcome) => outcome instanceof Error && isOwnFault(outcome)).length
      const answered = outcomes.filter((outcome) => !(outcome instanceof Error)).length
      if (failed + answered > 0) add(canary.id, canary.step, { answered, failed })
    },
    wants({ id, step, min_requests }) {
      const place = `${id} ${step}`
      const before = asked.get(place) ?? 0
      if (before >= min_requests && Math.random() >= SAMPLE) return false
      const [oldest] = asked.keys()
      if (asked.size >= REMEMBERED && oldest !== undefined) asked.delete(oldest)
      asked.set(place, before + 1)
      return true
    },
    compared({ id, step }, agrees) {
      add(id, step, { compared: 1, disagreed: Number(!agrees) })
    },
    missed({ id, step }) {
      const place = `${id} ${step}`
      asked.set(place, Math.max(0, (asked.get(place) ?? 0) - 1))
    },
    async flush() {
      // In one order in every process: two that add to the same rows cannot wait for each other.
      const rows = [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
      counted = new Map()
      if (rows.length === 0) return
      const total = (column: string) => sql.raw(`canary_counts.${column} + excluded.${column}`)
      try {
        await db
          .insert(canaryCounts)
          .values(rows)
          .onConflictDoUpdate({
            target: [canaryCounts.canaryId, canaryCounts.step],
            set: Object.fromEntries(COUNTS.map((name) => [name, total(name)])),
          })
      } catch (error) {
        for (const row of rows) add(row.canaryId, row.step, row)
        throw error
      }
    },
  }
}

/** What is no answer of ours at all, as a failing runtime, is the model's. */
function isOwnFault(error: Error | GraftError): boolean {
  return !isGraftError(error) || OWN_FAULTS.some((code) => error.code === code)
}
