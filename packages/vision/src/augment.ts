// What training does to an image each time it sees it: a random crop, resized, mirrored every other time, and more.

import type { Pixels } from './pixels.ts'
import { randAugment } from './rand-augment.ts'
import { type Box, resample, type Size } from './resample.ts'
import { roundHalfEven } from './rounding.ts'

/** A source of uniform numbers in [0, 1). */
export interface RandomSource {
  next(): number
}

export interface Augmentation {
  /** Pixels of both sides of the result. */
  size: number
  /** The least share of the image's area that a crop keeps; the greatest is 1. */
  scaleMin: number
  /** Magnitude of RandAugment, 0 to 30; 0: without it. */
  randAugment: number
  random: RandomSource
}

const RATIO_MIN = 3 / 4
const RATIO_MAX = 4 / 3
const TRIES = 10

/**
 * RandomResizedCrop, RandomHorizontalFlip and, where it is asked for, RandAugment of torchvision, in this order.
 *
 * @returns [size, size, 3], 8-bit RGB
 */
export function augment(
  pixels: Pixels,
  { size, scaleMin, randAugment: magnitude, random }: Augmentation,
): Uint8Array {
  const box = randomBox(pixels, scaleMin, random)
  const mirror = random.next() < 0.5
  const cropped = resample(pixels, box, { width: size, height: size }, { mirror })
  return magnitude === 0 ? cropped.data : randAugment(cropped, magnitude, random).data
}

/**
 * A crop whose area is uniform in [scaleMin, 1] of the image's, and the logarithm of whose width / height is uniform
 * between those of 3/4 and 4/3; when ten of them do not fit, the largest centred one.
 * Source: torchvision.transforms.RandomResizedCrop.get_params, its draws in its order.
 */
export function randomBox({ width, height }: Size, scaleMin: number, random: RandomSource): Box {
  const uniform = (low: number, high: number) => low + (high - low) * random.next()
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const area = width * height * uniform(scaleMin, 1)
    const ratio = Math.exp(uniform(Math.log(RATIO_MIN), Math.log(RATIO_MAX)))
    const w = roundHalfEven(Math.sqrt(area * ratio))
    const h = roundHalfEven(Math.sqrt(area / ratio))
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = Math.floor(random.next() * (height - h + 1))
      const left = Math.floor(random.next() * (width - w + 1))
      return { left, top, width: w, height: h }
    }
  }
  return centredBox(width, height)
}

/** The largest centred crop whose ratio is allowed. */
function centredBox(width: number, height: number): Box {
  const w = Math.min(width, roundHalfEven(height * RATIO_MAX))
  const h = Math.min(height, roundHalfEven(width / RATIO_MIN))
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h }
}
