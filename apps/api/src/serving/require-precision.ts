// Refuses a stated precision that a model of the traffic has reached at no threshold: it would abstain from everything.
import { GraftError } from '@graft/core/errors'
import type { Database } from '@graft/db/database'
import type { EndpointState } from '@graft/db/endpoints'
import type { ObjectStore } from '@graft/store/object-store'
import { findVersion } from '../models/find-models.ts'
import { readReport } from '../models/read-report.ts'
import { thresholdFor } from './decide.ts'

/** @throws GraftError `invalid_request`, `not_found` for a model without a report */
export async function requirePrecision(
  { db, store }: { db: Database; store: ObjectStore },
  { project, precision, traffic }: EndpointState,
): Promise<void> {
  if (precision === null) return
  for (const { model } of traffic) {
    const { splits } = await readReport(store, await findVersion(db, project, model))
    const table = splits.validation?.thresholds ?? []
    if (thresholdFor(precision, table) !== undefined) continue
    const best = Math.max(0, ...table.map(({ accuracy }) => accuracy ?? 0))
    throw new GraftError(
      'invalid_request',
      splits.validation === undefined
        ? `${model} was trained without validation images: state a threshold instead of a precision.`
        : `${model} reaches a precision of ${best.toFixed(3)} on its validation images, not ${precision}.`,
    )
  }
}
