import { expect, test } from 'vitest'
import { score } from './score.ts'

test('equal logits cost the logarithm of the number of classes', () => {
  expect(score([0, 0, 0, 0], [1]).loss).toBeCloseTo(Math.log(4), 12)
})

test('is the mean over the rows, and counts the rows whose label wins', () => {
  const { loss, accuracy } = score([Math.log(3), 0, 0, Math.log(3)], [0, 0])
  expect(loss).toBeCloseTo(-(Math.log(3 / 4) + Math.log(1 / 4)) / 2, 12)
  expect(accuracy).toBe(0.5)
})

test('does not overflow on large logits', () => {
  expect(score([1000, 0], [1])).toEqual({ loss: 1000, accuracy: 0 })
})
