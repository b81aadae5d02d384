import { DEFAULT_PROJECT } from '@graft/core/names'
import { expect, test } from 'vitest'
import { createKnownKeys, type VerifiedKey } from './known-keys.ts'

/** A table with the key "a", a clock that stands still until it is moved, and a count of the queries. */
function world(validFor = Number.POSITIVE_INFINITY) {
  const state = { queries: 0, time: 0, isAway: false, hashes: new Set(['a']) }
  const keys = createKnownKeys(
    async (hash) => {
      state.queries += 1
      const there = state.hashes.has(hash)
      const left = validFor - state.time
      await Promise.resolve()
      if (state.isAway) throw new Error('away')
      const caller = { id: hash, name: hash, project: DEFAULT_PROJECT, scopes: [], requestsPerSecond: null }
      return there ? ({ caller, validFor: left } satisfies VerifiedKey) : undefined
    },
    () => state.time,
  )
  const opens = async (hash = 'a') => ((await keys.find(hash))?.validFor ?? 0) > 0
  return { state, keys, opens }
}

test('of many requests at once one asks the database, and those after it none', async () => {
  const { state, opens } = world()
  expect(await Promise.all([opens(), opens(), opens()])).toEqual([true, true, true])
  expect(await opens()).toBe(true)
  expect(state.queries).toBe(1)
})

test('a key that was revoked elsewhere is refused a second later at most', async () => {
  const { state, opens } = world()
  await opens()
  state.hashes.clear()
  state.time = 1000
  expect(await opens()).toBe(false)
})

test('a key in use is read again before its second is over, while nobody waits', async () => {
  const { state, opens } = world()
  await opens()
  state.hashes.clear()
  state.time = 600
  expect(await opens()).toBe(true)
  await new Promise(setImmediate)
  expect(await opens()).toBe(false)
})

test('a key is not believed past its end', async () => {
  const { state, opens } = world(300)
  expect(await opens()).toBe(true)
  state.time = 299
  expect(await opens()).toBe(true)
  expect(state.queries).toBe(1)
  state.time = 300
  expect(await opens()).toBe(false)
})

test('after a change here the database is asked, also while a query from before it runs', async () => {
  const { state, keys, opens } = world()
  const before = opens()
  state.hashes.clear()
  keys.forget()
  expect(await opens()).toBe(false)
  expect(await before).toBe(true)
  expect(await opens()).toBe(false)
})

test('unknown keys are asked for each time, and while the database is away none opens for long', async () => {
  const { state, opens } = world()
  expect([await opens('b'), await opens('b'), state.queries]).toEqual([false, false, 2])
  await opens()
  state.isAway = true
  state.time = 999
  expect(await opens()).toBe(true)
  state.time = 1000
  await expect(opens()).rejects.toThrow('away')
})

test('of many keys those that were read longest ago are forgotten', async () => {
  const { state, opens } = world()
  for (let n = 0; n <= 10_000; n++) state.hashes.add(String(n))
  for (let n = 0; n <= 10_000; n++) await opens(String(n))
  const { queries } = state
  await opens('10000')
  expect(state.queries).toBe(queries)
  await opens('0')
  expect(state.queries).toBe(queries + 1)
})
