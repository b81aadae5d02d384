import { describe, expect, test } from 'vitest'
import { drawShare } from './mixup.ts'
import { createRandom } from './random.ts'

const DRAWS = 20_000

describe.each([0.2, 0.5, 1])('the larger share of Beta(%f, %f)', (alpha) => {
  const random = createRandom(1)
  const shares = Array.from({ length: DRAWS }, () => drawShare(alpha, random))

  test('lies between a half and all', () => {
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.5)
    expect(Math.max(...shares)).toBeLessThanOrEqual(1)
  })

  test('has the variance of its distribution, 1 / (8 alpha + 4), about a half', () => {
    const variance = shares.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / DRAWS
    expect(variance).toBeCloseTo(1 / (8 * alpha + 4), 2)
  })
})

test('numbers so small that their power is none are drawn again', () => {
  const draws = [0, 0, 0.25, 0.25]
  expect(drawShare(0.5, { next: () => draws.shift()! })).toBe(0.5)
  expect(draws).toEqual([])
})
