import { GraftError } from '@graft/core/errors'
import { DEFAULT_PROJECT, type Project, requireProject } from '@graft/core/names'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { expect, test, vi } from 'vitest'
import type { LoadedModel } from './load-model.ts'
import { createModelCache } from './model-cache.ts'

/** A loader whose models are open or closed, and nothing else. */
function loader() {
  const loads: string[] = []
  const open = new Set<string>()
  const load = async (_: Project, reference: string): Promise<LoadedModel> => {
    loads.push(reference)
    await Promise.resolve()
    open.add(reference)
    return {
      reference,
      labels: [],
      precision: 'float32',
      declined: undefined,
      head: new Float32Array(),
      thresholds: [],
      bytes: () => 10,
      isAlive: () => open.has(reference),
      preprocessing: TEXTBOOK_PREPROCESSING,
      run: () => Promise.reject(new Error('nobody asks')),
      runFile: () => Promise.reject(new Error('nobody asks')),
      takesFiles: () => false,
      close: async () => {
        open.delete(reference)
      },
    }
  }
  return { loads, open, load }
}

const nothing = async () => {}

test('of many requests at once, one loads', async () => {
  const { loads, load } = loader()
  const cache = createModelCache(load, 2)
  const names = await Promise.all(
    [1, 2, 3].map(() => cache.use(DEFAULT_PROJECT, 'a@1', null, async ({ reference }) => reference)),
  )
  expect(names).toEqual(['a@1', 'a@1', 'a@1'])
  expect(loads).toEqual(['a@1'])
  expect(cache.states()).toEqual(['warm'])
  expect(cache.stateOf(DEFAULT_PROJECT, 'a@1')).toBe('warm')
})

test('models of one name in two projects are two', async () => {
  const { loads, load } = loader()
  const cache = createModelCache(load, 2)
  const other = requireProject('other')
  await cache.use(DEFAULT_PROJECT, 'a@1', null, nothing)
  expect(cache.stateOf(other, 'a@1')).toBe('cold')
  await cache.use(other, 'a@1', null, nothing)
  expect(loads).toEqual(['a@1', 'a@1'])
  await cache.close()
})

test('the model that was asked for longest ago makes room', async () => {
  const { loads, open, load } = loader()
  const cache = createModelCache(load, 2)
  for (const reference of ['a@1', 'b@1', 'a@1', 'c@1'])
    await cache.use(DEFAULT_PROJECT, reference, null, nothing)
  await Promise.resolve()
  expect([...open].sort()).toEqual(['a@1', 'c@1'])
  await cache.use(DEFAULT_PROJECT, 'a@1', null, nothing)
  await cache.use(DEFAULT_PROJECT, 'b@1', null, nothing)
  expect(loads).toEqual(['a@1', 'b@1', 'c@1', 'b@1'])
})

test('models are bounded by their bytes, and one of any size is served', async () => {
  const { open, load } = loader()
  const cache = createModelCache(load, 8, 25)
  for (const reference of ['a@1', 'b@1', 'c@1']) await cache.use(DEFAULT_PROJECT, reference, null, nothing)
  await Promise.resolve()
  expect([...open]).toEqual(['b@1', 'c@1'])
  const tiny = createModelCache(load, 8, 5)
  expect(await tiny.use(DEFAULT_PROJECT, 'd@1', null, async ({ reference }) => reference)).toBe('d@1')
})

test('a model whose thread has ended is loaded again', async () => {
  const { loads, open, load } = loader()
  const cache = createModelCache(load)
  await cache.use(DEFAULT_PROJECT, 'a@1', null, nothing)
  open.delete('a@1')
  await cache.use(DEFAULT_PROJECT, 'a@1', null, nothing)
  expect(loads).toEqual(['a@1', 'a@1'])
  expect(cache.states()).toEqual(['warm'])
  expect(cache.stateOf(DEFAULT_PROJECT, 'a@1')).toBe('warm')
})

test('a model that nobody asks for leaves the memory, and comes back when somebody does', async () => {
  vi.useFakeTimers()
  try {
    const { loads, open, load } = loader()
    const cache = createModelCache(load)
    await cache.use(DEFAULT_PROJECT, 'a@1', 60, nothing)
    await cache.use(DEFAULT_PROJECT, 'b@1', 60, nothing)
    await cache.use(DEFAULT_PROJECT, 'b@1', 10, nothing)
    await vi.advanceTimersByTimeAsync(40_000)
    await cache.use(DEFAULT_PROJECT, 'a@1', 60, nothing)
    await vi.advanceTimersByTimeAsync(30_000)
    expect([...open]).toEqual(['a@1'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([...open]).toEqual([])
    await cache.use(DEFAULT_PROJECT, 'a@1', 60, nothing)
    expect(loads).toEqual(['a@1', 'b@1', 'a@1'])
  } finally {
    vi.useRealTimers()
  }
})

test('a model that makes room answers its requests before it is closed', async () => {
  const { open, load } = loader()
  const cache = createModelCache(load, 1)
  const answer = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const running = cache.use(DEFAULT_PROJECT, 'a@1', null, async () => {
    started.resolve()
    await answer.promise
    return open.has('a@1')
  })
  await started.promise
  await cache.use(DEFAULT_PROJECT, 'b@1', null, nothing)
  expect(['a@1', 'b@1'].map((each) => cache.stateOf(DEFAULT_PROJECT, each))).toEqual(['draining', 'warm'])
  answer.resolve()
  expect(await running).toBe(true)
  await cache.close()
  expect([...open]).toEqual([])
  expect(cache.states()).toEqual([])
})

test('a model that makes room while it loads answers and is closed', async () => {
  const { open, load } = loader()
  const cache = createModelCache(load, 1)
  await Promise.all([
    cache.use(DEFAULT_PROJECT, 'a@1', null, nothing),
    cache.use(DEFAULT_PROJECT, 'b@1', null, nothing),
  ])
  await cache.close()
  expect([...open]).toEqual([])
})

test('a load that failed is tried again, but not that of a corrupt model', async () => {
  let loads = 0
  const failing = (code: 'store_unavailable' | 'model_corrupt') =>
    createModelCache(async () => {
      loads += 1
      throw new GraftError(code)
    }, 2)
  const unavailable = failing('store_unavailable')
  for (const _ of [1, 2])
    await expect(unavailable.use(DEFAULT_PROJECT, 'a@1', null, nothing)).rejects.toThrow('does not answer')
  expect(loads).toBe(2)
  loads = 0
  const corrupt = failing('model_corrupt')
  for (const _ of [1, 2])
    await expect(corrupt.use(DEFAULT_PROJECT, 'a@1', null, nothing)).rejects.toThrow('golden')
  expect(loads).toBe(1)
  await corrupt.close()
})
