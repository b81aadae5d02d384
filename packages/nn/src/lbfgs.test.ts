import { expect, test } from 'vitest'
import { type Correction, minimise, type Objective } from './lbfgs.ts'

test('finds the minimum of an ill-conditioned quadratic', () => {
  const scales = [1, 10, 100, 1000]
  const point = minimise(
    (x, gradient) => {
      let value = 0
      scales.forEach((scale, index) => {
        const distance = x[index]! - index
        value += (scale / 2) * distance ** 2
        gradient[index] = scale * distance
      })
      return value
    },
    new Float64Array([9, 9, 9, 9]),
    { tolerance: 1e-15 },
  )
  for (const [index, value] of point.entries()) expect(value).toBeCloseTo(index, 5)
})

test('follows the curved valley of Rosenbrock to its end', () => {
  const point = minimise(
    ([x = 0, y = 0], gradient) => {
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x)
      gradient[1] = 200 * (y - x * x)
      return (1 - x) ** 2 + 100 * (y - x * x) ** 2
    },
    new Float64Array([-1.2, 1]),
    { tolerance: 1e-15 },
  )
  expect(point[0]).toBeCloseTo(1, 5)
  expect(point[1]).toBeCloseTo(1, 5)
})

test('stays at a minimum and leaves its start alone', () => {
  const start = new Float64Array([0])
  const point = minimise(([x = 0], gradient) => {
    gradient[0] = 2 * x
    return x * x
  }, start)
  expect([...point, ...start]).toEqual([0, 0])
})

test('starts with the curvature of a like objective, and needs fewer steps for it', () => {
  const corrections: Correction[] = []
  const evaluations = (bend: number): number => {
    let count = 0
    const bowl: Objective = (x, gradient) => {
      count += 1
      return x.reduce((sum, value, index) => {
        gradient[index] = (10 ** index + bend) * value
        return sum + ((10 ** index + bend) / 2) * value ** 2
      }, 1)
    }
    minimise(bowl, new Float64Array([9, 9, 9, 9]), { tolerance: 1e-9, corrections })
    return count
  }
  const cold = evaluations(1)
  expect(evaluations(0.5)).toBeLessThan(cold)
})
