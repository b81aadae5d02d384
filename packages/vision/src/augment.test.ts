import { describe, expect, test } from 'vitest'
import { augment, randomBox } from './augment.ts'
import { resample } from './resample.ts'
import { equalised } from './tone.ts'

/** A linear congruential generator (Numerical Recipes): enough for a test, and the same on every machine. */
function seeded(seed: number) {
  let state = seed
  return {
    next() {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    },
  }
}
/** Answers these numbers, one after the other. */
const drawing = (...numbers: number[]) => ({
  next() {
    const number = numbers.shift()
    if (number === undefined) throw new Error('one draw too many')
    return number
  },
})

describe('randomBox', () => {
  test('draws area, ratio, top and left, in the order of torchvision', () => {
    // Half of [0.5, 1] is three quarters of 400 x 300; half between log 3/4 and log 4/3 is a square.
    const box = randomBox({ width: 400, height: 300 }, 0.5, drawing(0.5, 0.5, 0.25, 0.75))
    expect(box).toEqual({ width: 300, height: 300, top: 0, left: 75 })
  })

  test('tries ten times, then takes the largest centred crop of an allowed ratio', () => {
    const draws = Array.from({ length: 20 }, () => 0.999)
    expect(randomBox({ width: 1000, height: 90 }, 0.9, drawing(...draws))).toEqual({
      width: 120,
      height: 90,
      left: 440,
      top: 0,
    })
    expect(randomBox({ width: 90, height: 1001 }, 0.9, drawing(...draws))).toEqual({
      width: 90,
      height: 120,
      left: 0,
      top: 440,
    })
    expect(randomBox({ width: 1, height: 1000 }, 0.9, drawing(...draws))).toMatchObject({
      width: 1,
      height: 1,
    })
  })

  // On a large square nothing is refused but crops that stick out, so that area and ratio keep their definition
  // wherever the area is at most 3/4: the largest of ratio 4/3 that fits.
  test('area is uniform and the logarithm of the ratio too', () => {
    const random = seeded(1)
    const areas: number[] = []
    const ratios: number[] = []
    for (let draw = 0; draw < 20_000; draw += 1) {
      const { left, top, width, height } = randomBox({ width: 2000, height: 2000 }, 0.08, random)
      expect(Math.min(left, top, 2000 - left - width, 2000 - top - height)).toBeGreaterThanOrEqual(0)
      const area = (width * height) / 2000 ** 2
      if (area > 0.74) continue
      areas.push((area - 0.08) / (0.74 - 0.08))
      ratios.push((Math.log(width / height) - Math.log(3 / 4)) / (Math.log(4 / 3) - Math.log(3 / 4)))
    }
    // Kolmogorov and Smirnov: greater than 1.95 / sqrt(n) once in a thousand draws of a true uniform.
    for (const sample of [areas, ratios])
      expect(distanceFromUniform(sample)).toBeLessThan(1.95 / Math.sqrt(sample.length))
  })

  test('the place of the crop is uniform over all places, both ends among them', () => {
    const random = seeded(2)
    const tops = new Map<number, number>()
    for (let draw = 0; draw < 8000; draw += 1) {
      const { top, height } = randomBox({ width: 40, height: 40 }, 0.08, random)
      if (height === 20) tops.set(top, (tops.get(top) ?? 0) + 1)
    }
    expect([...tops.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, top) => top))
  })
})

describe('augment', () => {
  const pixels = { data: Uint8Array.from({ length: 60 * 50 * 3 }, (_, at) => at * 31), width: 60, height: 50 }

  test('resizes the crop, and mirrors every other time', () => {
    const box = randomBox(pixels, 0.35, drawing(0.2, 0.4, 0.6, 0.8))
    for (const [flip, mirror] of [
      [0.49, true],
      [0.5, false],
    ] as const) {
      const result = augment(pixels, {
        size: 32,
        scaleMin: 0.35,
        randAugment: 0,
        random: drawing(0.2, 0.4, 0.6, 0.8, flip),
      })
      expect(result).toEqual(resample(pixels, box, { width: 32, height: 32 }, { mirror }).data)
    }
  })

  test('changes the crop by RandAugment where it is asked for', () => {
    const draws = [0.2, 0.4, 0.6, 0.8, 0.5]
    const plain = augment(pixels, { size: 32, scaleMin: 0.35, randAugment: 0, random: drawing(...draws) })
    const equalise = [13 / 14, 13 / 14]
    const random = drawing(...draws, ...equalise)
    const result = augment(pixels, { size: 32, scaleMin: 0.35, randAugment: 9, random })
    const size = { width: 32, height: 32 }
    expect(result).toEqual(equalised(equalised({ data: plain, ...size })).data)
  })

  test('the same random numbers give the same image', () => {
    const once = () => augment(pixels, { size: 32, scaleMin: 0.08, randAugment: 0, random: seeded(7) })
    expect(once()).toEqual(once())
  })
})

/** The greatest distance between the sample's distribution and the uniform one on [0, 1]. */
function distanceFromUniform(sample: number[]): number {
  const sorted = sample.toSorted((a, b) => a - b)
  return Math.max(
    ...sorted.map((value, rank) =>
      Math.max((rank + 1) / sorted.length - value, value - rank / sorted.length),
    ),
  )
}
