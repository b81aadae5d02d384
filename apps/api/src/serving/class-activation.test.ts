import { expect, test } from 'vitest'
import { classActivation } from './class-activation.ts'

test('each place has its share of the logit, scaled to 0..1', () => {
  // Two features on a grid of 2 x 2: their shares are 1*a + 2*b = 2, 7, 4, 12.
  const featureMap = Float32Array.of(...[0, 1, 2, 2], ...[1, 3, 1, 5])
  expect(classActivation(featureMap, Float32Array.of(1, 2))).toEqual([
    [0, 0.5],
    [0.2, 1],
  ])
})

test('a map without differences is zero', () => {
  expect(classActivation(new Float32Array(4).fill(3), Float32Array.of(1))).toEqual([
    [0, 0],
    [0, 0],
  ])
})
