// Whether two histograms are of one distribution: the population stability index, and what chance makes of it.
import type { DRIFT_STATUSES } from '@graft/core/wire/drift'

/** From which the index is called a shift in credit scoring, where it comes from. */
const SHIFT = 0.2
/** Predictions from which on anything is said. */
const LEAST = 100
/** Of the normal distribution: 99 of 100 lie below. */
const Z = 2.3263

export interface Stability {
  psi: number
  threshold: number
  status: (typeof DRIFT_STATUSES)[number]
}

/**
 * The index is the sum of (p - q) ln(p / q) over the bins' shares p and q: Siddiqi, "Credit Risk Scorecards" (2006), and
 * Jeffreys' divergence. Half an image is added to each bin, for an empty one has no logarithm. Of two samples from one
 * distribution it is about (1/n + 1/m) times a chi-squared variable of one degree of freedom less than bins: Yurdakul,
 * "Statistical Properties of Population Stability Index" (2018). So the threshold is 0.2, or what chance exceeds once in
 * a hundred times, where that is more.
 *
 * @param served counts of what was answered
 * @param reference counts in the same bins
 */
export function stabilityOf(served: readonly number[], reference: readonly number[]): Stability {
  const [n, m] = [sum(served), sum(reference)]
  const bins = served.length
  let psi = 0
  for (const [at, count] of served.entries()) {
    const p = (count + 0.5) / (n + bins / 2)
    const q = ((reference[at] ?? 0) + 0.5) / (m + bins / 2)
    psi += (p - q) * Math.log(p / q)
  }
  const chance = n === 0 || m === 0 ? Number.MAX_VALUE : (1 / n + 1 / m) * chiSquared(bins - 1)
  const threshold = Math.max(SHIFT, chance)
  return { psi, threshold, status: n < LEAST ? 'too_few' : psi >= threshold ? 'shifted' : 'stable' }
}

/** The value that 99 of 100 stay below: Wilson and Hilferty, "The distribution of chi-square" (1931). */
function chiSquared(freedom: number): number {
  if (freedom < 1) return 0
  const spread = 2 / (9 * freedom)
  return freedom * (1 - spread + Z * Math.sqrt(spread)) ** 3
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
