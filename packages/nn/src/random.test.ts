import { describe, expect, test } from 'vitest'
import { createRandom, type Random, resumeRandom } from './random.ts'

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.next())

describe('createRandom', () => {
  test('gives the same numbers for the same seed on every machine', () => {
    expect(take(createRandom(1), 3)).toEqual([0.9652367448434234, 0.5800582126248628, 0.24567303550429642])
  })

  test('gives unlike streams for unlike seeds, also in a later number or above 32 bits', () => {
    const seeds = [[], [0], [1], [2], [1, 0], [1, 1], [0, 1], [2 ** 32], [2 ** 32 + 1], [-1]]
    const first = seeds.map((seed) => createRandom(...seed).next())
    expect(new Set(first).size).toBe(seeds.length)
  })

  test('is uniform: each tenth of [0, 1) gets its share', () => {
    const random = createRandom(7)
    const counts = new Array<number>(10).fill(0)
    for (const value of take(random, 10_000)) counts[Math.floor(value * 10)]! += 1
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(900))
  })
})

test('a state that went through JSON goes on where it was', () => {
  const random = createRandom(3, 4)
  take(random, 5)
  const state = JSON.parse(JSON.stringify(random.state()))
  expect(take(resumeRandom(state), 20)).toEqual(take(random, 20))
})

test('integers reach every value below the bound and none at it', () => {
  const random = createRandom(1)
  const seen = new Set(Array.from({ length: 500 }, () => random.integer(5)))
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4])
})

test('normal numbers have mean 0, variance 1 and a normal share beyond two deviations', () => {
  const random = createRandom(2)
  const values = Array.from({ length: 20_000 }, () => random.normal())
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  const beyond = values.filter((value) => Math.abs(value) > 2).length / values.length
  expect(Math.abs(mean)).toBeLessThan(0.03)
  expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.007)
  expect(values.every(Number.isFinite)).toBe(true)
})

describe('shuffle', () => {
  test('keeps every item', () => {
    const items = createRandom(1).shuffle(Int32Array.from({ length: 100 }, (_, index) => index))
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index))
  })

  test('makes each of the six orders of three about equally often', () => {
    const random = createRandom(5)
    const counts = new Map<string, number>()
    for (let round = 0; round < 6000; round += 1) {
      const order = random.shuffle([0, 1, 2]).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})
