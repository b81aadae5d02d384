import { expect, test } from 'vitest'
import { balancedWeights } from './class-weights.ts'

test('classes count alike together, and an image counts one on average', () => {
  const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 2, 2)
  const weights = balancedWeights(labels, 3)
  expect(weights).toEqual([8 / 12, 1, 2])
  expect(labels.reduce((sum, label) => sum + weights[label]!, 0)).toBeCloseTo(labels.length, 12)
})
