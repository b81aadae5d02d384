// Whether an answer is sure enough: its confidence against the threshold that the endpoint states, or that its stated
// precision means for the model that answers.

import type { Prediction } from '@graft/core/wire/predictions'
import type { SplitReport } from '@graft/core/wire/report'
import type { EndpointSettings } from '@graft/db/endpoints'

/** From the least on: how right the answers are that reach it. */
export type ThresholdTable = SplitReport['thresholds']

/**
 * The least threshold of the table above which at least this share of the answers was right: it refuses no more than it
 * must. Undefined where none is: then nothing may be accepted.
 *
 * @example thresholdFor(0.95, report.splits.validation?.thresholds ?? [])
 */
export function thresholdFor(precision: number, table: ThresholdTable): number | undefined {
  return table.find(({ accuracy }) => accuracy !== null && accuracy >= precision)?.threshold
}

/** `threshold` is null where the model reaches the stated precision at none: then it abstains. */
export function decide(
  { threshold, precision, thresholds }: Pick<EndpointSettings, 'threshold' | 'precision' | 'thresholds'>,
  first: Prediction['predictions'][number] | undefined,
  table: ThresholdTable,
): Pick<Prediction, 'decision' | 'threshold'> {
  const byLabel = first && Object.hasOwn(thresholds, first.label) ? thresholds[first.label] : undefined
  const least = byLabel ?? (precision === null ? threshold : thresholdFor(precision, table))
  if (first === undefined || least === undefined) return { decision: 'abstain', threshold: least ?? null }
  return { decision: first.confidence >= least ? 'accept' : 'abstain', threshold: least }
}
