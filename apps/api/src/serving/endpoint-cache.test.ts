import { DEFAULT_PROJECT } from '@graft/core/names'
import type { EndpointState } from '@graft/db/endpoints'
import { expect, test } from 'vitest'
import { createEndpointCache } from './endpoint-cache.ts'

/** A database with one row, a clock that stands still until it is moved, and a count of the queries. */
function world() {
  const state = { revision: 1, queries: 0, time: 0, isAway: false }
  const cache = createEndpointCache(
    async (project, name) => {
      state.queries += 1
      const { revision, isAway } = state
      await Promise.resolve()
      if (isAway) throw new Error('away')
      return name === 'pets' ? ({ project, name, revision } as EndpointState) : undefined
    },
    () => state.time,
  )
  const revision = async (name = 'pets') => (await cache.find(DEFAULT_PROJECT, name))?.revision
  return { state, cache, revision }
}

test('of many requests at once, one asks the database, and those after it none', async () => {
  const { state, revision } = world()
  expect(await Promise.all([revision(), revision(), revision()])).toEqual([1, 1, 1])
  expect(await revision()).toBe(1)
  expect(state.queries).toBe(1)
})

test('a change made elsewhere is served a second later at most', async () => {
  const { state, revision } = world()
  await revision()
  state.revision = 2
  state.time = 1000
  expect(await revision()).toBe(2)
})

test('a state that grows old is read again while it serves', async () => {
  const { state, revision } = world()
  await revision()
  state.revision = 2
  state.time = 600
  expect(await revision()).toBe(1)
  await new Promise(setImmediate)
  expect(await revision()).toBe(2)
  expect(state.queries).toBe(2)
})

test('what is forgotten is read again, also while a query from before the change runs', async () => {
  const { state, cache, revision } = world()
  const before = revision()
  state.revision = 2
  cache.forget(DEFAULT_PROJECT, 'pets')
  expect(await revision()).toBe(2)
  expect(await before).toBe(1)
  expect(await revision()).toBe(2)
})

test('while the database is away the last known state serves', async () => {
  const { state, revision } = world()
  await revision()
  state.isAway = true
  state.time = 60_000
  expect(await revision()).toBe(1)
  await expect(revision('others')).rejects.toThrow('away')
})

test('an endpoint that does not exist is asked for each time', async () => {
  const { state, revision } = world()
  expect(await revision('none')).toBeUndefined()
  expect(await revision('none')).toBeUndefined()
  expect(state.queries).toBe(2)
})
