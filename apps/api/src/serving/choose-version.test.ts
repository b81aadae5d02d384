import { expect, test } from 'vitest'
import { chooseVersion } from './choose-version.ts'

const KEYS = Array.from({ length: 4000 }, (_, index) => `user-${index}`)
const split = (a: number, b: number) => [
  { model: 'pets@1', weight: a },
  { model: 'pets@2', weight: b },
]
const shareOf = (model: string, chosen: readonly (string | undefined)[]) =>
  chosen.filter((each) => each === model).length / chosen.length

test('versions answer by their weights, whatever these sum to', () => {
  for (const traffic of [split(90, 10), split(9, 1)]) {
    const chosen = KEYS.map((key) => chooseVersion(traffic, key))
    expect(Math.abs(shareOf('pets@2', chosen) - 0.1)).toBeLessThan(0.02)
  }
  const byChance = KEYS.map(() => chooseVersion(split(50, 50)))
  expect(Math.abs(shareOf('pets@2', byChance) - 0.5)).toBeLessThan(0.06)
})

test('a key stays with its version when the order changes, and a growing weight takes none away', () => {
  for (const key of KEYS) {
    const chosen = chooseVersion(split(90, 10), key)
    expect(chooseVersion(split(90, 10).toReversed(), key)).toBe(chosen)
    if (chosen === 'pets@2') expect(chooseVersion(split(50, 50), key)).toBe('pets@2')
  }
})

test('without traffic there is no version', () => {
  expect(chooseVersion([])).toBeUndefined()
})
