import { expect, test } from 'vitest'
import { mcnemar } from './mcnemar.ts'

// By hand: twice the binomial tail at one half.
test.each([
  [1, 9, (2 * (1 + 10)) / 1024],
  [9, 1, (2 * (1 + 10)) / 1024],
  [0, 5, 2 / 32],
  [3, 3, 1],
  [0, 1, 1],
])('%i against %i is %f', (a, b, p) => {
  expect(mcnemar(a, b)).toBeCloseTo(p, 12)
})

test('nothing to compare has no probability; many images do not underflow', () => {
  expect(mcnemar(0, 0)).toBeNull()
  expect(mcnemar(5000, 5000)).toBe(1)
  // The normal approximation: z = 200 / sqrt(2000) = 4.47, p = 7.7e-6.
  expect(mcnemar(900, 1100)).toBeGreaterThan(7e-6)
  expect(mcnemar(900, 1100)).toBeLessThan(9e-6)
})
