// Calibrates confidences by one number: logits are divided by a temperature that fits held-out labels.
import { score } from './score.ts'

/** Standard deviation of the prior on log T around 0: it keeps a handful of images from claiming certainty. */
const PRIOR_DEVIATION = 0.5
/** Bounds of log T, and the width at which the search ends. */
const WIDEST = Math.log(8)
const PRECISION = 1e-4

/**
 * The temperature with the highest posterior, given the labels. Source of the method: Guo et al., On Calibration of
 * Modern Neural Networks, arXiv 1706.04599; the prior is ours.
 *
 * @param logits [N, C] flat
 * @param labels [N]
 */
export function fitTemperature(logits: Float32Array, labels: ArrayLike<number>): number {
  const objective = (logT: number) =>
    score(divide(logits, Math.exp(logT)), labels).loss * labels.length + (logT / PRIOR_DEVIATION) ** 2 / 2
  // The likelihood has one minimum in 1 / T, so golden sections find it.
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [-WIDEST, WIDEST]
  while (high - low > PRECISION) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
    if (objective(left) < objective(right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

export function divide(values: Float32Array, by: number): Float32Array {
  return values.map((value) => value / by)
}
