import { setImmediate as tick } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { mapConcurrently } from './map-concurrently.ts'

/** `count` numbers, then an error or the end. */
async function* numbers(count: number, error?: Error): AsyncGenerator<number> {
  for (let number = 0; number < count; number += 1) yield number
  await tick()
  if (error) throw error
}

test('results stand in order, and no more is in work than allowed', async () => {
  let inWork = 0
  let most = 0
  const results = await mapConcurrently(numbers(20), 3, async (number) => {
    inWork += 1
    most = Math.max(most, inWork)
    for (let ticks = number % 4; ticks >= 0; ticks -= 1) await tick()
    inWork -= 1
    return number * 2
  })
  expect(results).toEqual(Array.from({ length: 20 }, (_, number) => number * 2))
  expect(most).toBe(3)
})

test('what is in work weighs at most one item more than allowed', async () => {
  let weight = 0
  let most = 0
  const work = async (number: number) => {
    weight += number
    most = Math.max(most, weight)
    await tick()
    weight -= number
  }
  const results = await mapConcurrently(numbers(20), 100, work, { most: 10, of: (number) => number })
  expect(results).toHaveLength(20)
  expect(most).toBeGreaterThan(10)
  expect(most).toBeLessThan(10 + 19)
})

test.each([0, 1, 2, 3, 4, 9])(
  'an error of the items after %i of them is thrown, with nothing left in work',
  async (count) => {
    let inWork = 0
    const work = async () => {
      inWork += 1
      for (let ticks = 0; ticks < 5; ticks += 1) await tick()
      inWork -= 1
    }
    await expect(mapConcurrently(numbers(count, new Error('cut')), 4, work)).rejects.toThrow('cut')
    expect(inWork).toBe(0)
  },
)

test.each([0, 3, 19])('an error of the work on item %i is thrown, and the items are closed', async (bad) => {
  let closed = false
  async function* items() {
    try {
      yield* numbers(20)
    } finally {
      closed = true
    }
  }
  const work = async (number: number) => {
    await tick()
    if (number === bad) throw new Error('bad item')
  }
  await expect(mapConcurrently(items(), 4, work)).rejects.toThrow('bad item')
  expect(closed).toBe(true)
})
