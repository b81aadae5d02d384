// Reduces a photo once, to what training needs of it: an epoch then touches a tenth of the memory.

import type { Pixels } from './pixels.ts'
import { resample } from './resample.ts'

/** The image with its shorter side at most `shortSide` pixels, its ratio kept. A smaller one is returned as it is. */
export function shrink(pixels: Pixels, shortSide: number): Pixels {
  const { width, height } = pixels
  const scale = shortSide / Math.min(width, height)
  if (scale >= 1) return pixels
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) }
  return resample(pixels, { left: 0, top: 0, width, height }, size)
}
