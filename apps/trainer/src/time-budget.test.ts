import { expect, test } from 'vitest'
import { createTimeBudget } from './time-budget.ts'

test('without a bound nothing is ever spent', () => {
  const budget = createTimeBudget(null, 0)
  expect([budget.spent(), budget.left()]).toEqual([0, Number.POSITIVE_INFINITY])
})

test('what is kept for the end is not there for the training', () => {
  const budget = createTimeBudget(100, performance.now() - 40_000)
  expect(budget.spent()).toBeCloseTo(0.4, 2)
  budget.reserve(50)
  expect(budget.spent()).toBeCloseTo(0.8, 2)
  expect(budget.left()).toBeCloseTo(10, 0)
  budget.reserve(70)
  expect(budget.spent()).toBeGreaterThan(1)
  expect(budget.left()).toBe(0)
})

test.each([null, 100])('asked to stop, all of it is spent (of %s seconds)', (seconds) => {
  const stop = new AbortController()
  const budget = createTimeBudget(seconds, performance.now(), stop.signal)
  expect(budget.spent()).toBeLessThan(1)
  stop.abort()
  expect([budget.isStopped(), budget.spent(), budget.left()]).toEqual([true, 1, 0])
})
