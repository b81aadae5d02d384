// How much of an image is its own where images are mixed in pairs. Zhang et al., mixup, arXiv 1710.09412.
import type { Random } from './random.ts'

/**
 * The larger of the two shares of a pair, in [0.5, 1], drawn from Beta(alpha, alpha). Of a batch each image is mixed with
 * the one before it, so that the smaller share would make the same pairs.
 *
 * Source of the draw, for an alpha in (0, 1]: Johnk, Erzeugung von betaverteilten und gammaverteilten Zufallszahlen,
 * Metrika 8, 1964.
 */
export function drawShare(alpha: number, random: Pick<Random, 'next'>): number {
  for (;;) {
    const [own, other] = [random.next() ** (1 / alpha), random.next() ** (1 / alpha)]
    if (own + other > 0 && own + other <= 1) return Math.max(own, other) / (own + other)
  }
}
