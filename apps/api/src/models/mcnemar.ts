// McNemar's test, exact: are two classifiers that were asked about the same images equally good?

/**
 * Two-sided, from the images that only one of them had right: each is then a toss of a fair coin.
 * Source: McNemar, Psychometrika 12 (1947); exact by the binomial distribution.
 * @returns null where there is no such image
 */
export function mcnemar(onlyA: number, onlyB: number): number | null {
  const tosses = onlyA + onlyB
  if (tosses === 0) return null
  // In logarithms: 0.5 ** tosses is 0 from 1075 tosses on.
  let logChoose = 0
  let tail = 0
  for (let heads = 0; heads <= Math.min(onlyA, onlyB); heads += 1) {
    if (heads > 0) logChoose += Math.log((tosses - heads + 1) / heads)
    tail += Math.exp(logChoose - tosses * Math.LN2)
  }
  return Math.min(1, 2 * tail)
}
