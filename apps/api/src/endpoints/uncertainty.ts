// How unsure an answer is: what is most worth a person's look.

/**
 * The entropy of the confidences for that of a uniform answer: 0 is sure, 1 knows nothing. Source: Settles, "Active
 * Learning Literature Survey" (2009), 2.1; divided by the logarithm of the number of labels, so that models with more
 * labels are no less sure.
 *
 * @param confidences of all labels; they add up to 1
 */
export function uncertaintyOf(confidences: readonly number[]): number {
  if (confidences.length < 2) return 0
  const entropy = confidences.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0)
  return Math.min(1, entropy / Math.log(confidences.length))
}
