import { createRandom } from '@graft/nn/random'
import { expect, test } from 'vitest'
import { stabilityOf } from './stability-index.ts'

test('the index is that of the formula, by hand', () => {
  // Shares 0.7 and 0.3 against 0.5 and 0.5: 0.2 ln 1.4 + 0.2 ln (1 / 0.6); half an image moves the fifth digit.
  const expected = 0.2 * Math.log(0.7 / 0.5) - 0.2 * Math.log(0.3 / 0.5)
  expect(stabilityOf([70_000, 30_000], [50_000, 50_000]).psi).toBeCloseTo(expected, 4)
  expect(stabilityOf([300, 200], [30, 20]).psi).toBeCloseTo(0, 4)
})

test('a shift is told, sameness too, and nothing of too few', () => {
  expect(stabilityOf([10, 90], [900, 100]).status).toBe('shifted')
  expect(stabilityOf([90, 10], [900, 100]).status).toBe('stable')
  expect(stabilityOf([0, 99], [900, 100]).status).toBe('too_few')
  expect(stabilityOf([0, 0], [0, 0]).status).toBe('too_few')
})

test('of two samples from one distribution a shift is claimed about once in a hundred times, however small they are', () => {
  const random = createRandom(7)
  const sample = (count: number) => {
    const counts = Array.from({ length: 10 }, () => 0)
    for (let at = 0; at < count; at++) counts[random.integer(10)]! += 1
    return counts
  }
  const claims = Array.from({ length: 2000 }, () => stabilityOf(sample(100), sample(60)))
  const share = claims.filter(({ status }) => status === 'shifted').length / claims.length
  expect(share).toBeLessThan(0.02)
  // Without a threshold of its own for such few, most of these would be shifts.
  expect(claims.filter(({ psi }) => psi >= 0.2).length / claims.length).toBeGreaterThan(0.5)
})
