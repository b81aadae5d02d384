// What is left of a bulk prediction when its process dies, stalls or stops.
import { GraftError } from '@graft/core/errors'
import { claimBatch } from '@graft/db/batches'
import { batches } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { jsonOf } from '../test-api.ts'
import { startBulkWorker } from './bulk-worker.ts'
import { runBatch } from './run-batch.ts'
import { PHOTOS, startTestBulk } from './test-bulk.ts'

let bulk: Awaited<ReturnType<typeof startTestBulk>>
beforeAll(async () => {
  bulk = await startTestBulk()
})
afterEach(() => bulk.stopWorker())
afterAll(() => bulk.close())

/** The first write of an object whose key matches waits until it is let go. */
function stallWrite(pattern: RegExp) {
  const { store } = bulk.api.context
  const put = store.put.bind(store)
  const reached = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  let isFirst = true
  const spy = vi.spyOn(store, 'put').mockImplementation(async (key, ...rest) => {
    if (isFirst && pattern.test(key)) {
      isFirst = false
      spy.mockRestore()
      reached.resolve()
      await release.promise
    }
    return await put(key, ...rest)
  })
  return { reached: reached.promise, release: release.resolve }
}

test('a killed process leaves its batch to another, which goes on after the last part', async () => {
  const { db } = bulk.api.context
  // More than one part of images, all the same two.
  await bulk.insertImages(
    'many',
    Array.from({ length: 70 }, (_, index) => PHOTOS[index % 2]!),
  )
  const { id } = await bulk.order({ dataset: 'many' })
  const killed = (await claimBatch(db))!
  const dead = new AbortController()
  // Its life ends when the first part is done.
  const advanced = vi.waitFor(
    async () => {
      expect((await bulk.read(id)).progress.done).toBe(64)
      dead.abort(new Error('killed'))
    },
    { timeout: 60_000, interval: 10 },
  )
  await runBatch(bulk.api.context, killed, dead.signal).catch(() => {})
  await advanced
  expect(await bulk.read(id)).toMatchObject({ status: 'running', progress: { images: 70, done: 64 } })
  // Nobody takes it while its lease holds.
  expect(await claimBatch(db)).toBeUndefined()
  await db.update(batches).set({ leaseUntil: sql`clock_timestamp()` }).where(eq(batches.id, id))
  const batch = await bulk.ended(id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 70, done: 70, failed: 0 } })
  expect((await bulk.linesOf(batch)).map(({ path }) => Number.parseInt(path.split('/')[2]!, 10))).toEqual(
    Array.from({ length: 70 }, (_, index) => index),
  )
  // Who comes back from the dead changes nothing.
  await runBatch(bulk.api.context, killed, new AbortController().signal)
  expect(await bulk.read(id)).toEqual(batch)
})

test('a worker that stalls and comes back replaces no counted part', async () => {
  const { store } = bulk.api.context
  await bulk.insertImages(
    'stalled',
    Array.from({ length: 70 }, (_, index) => PHOTOS[index % 2]!),
  )
  const { id } = await bulk.order({ dataset: 'stalled' })
  // It sees no image, so its lines are others than those of its successor. The model is loaded before: that reads images.
  const image = PHOTOS[0]!.toString('base64')
  expect((await bulk.api.ask('/v1/endpoints/sorter/predict', jsonOf({ image }))).status).toBe(200)
  const readObject = store.read.bind(store)
  const blind = vi.spyOn(store, 'read').mockImplementation(async (key) => {
    if (key.startsWith('blobs/')) throw new GraftError('not_found', 'There is no such image.')
    return await readObject(key)
  })
  const first = stallWrite(/\/parts\/0+-/)
  const stale = startBulkWorker(bulk.api.context)
  await first.reached
  blind.mockRestore()
  await bulk.loseLease(id)
  const second = stallWrite(/\/parts\/0+64-/)
  bulk.startWorker()
  await second.reached
  expect((await bulk.read(id)).progress).toEqual({ images: 70, done: 64, failed: 0 })
  first.release()
  await stale.stop()
  second.release()
  const batch = await bulk.ended(id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 70, done: 70, failed: 0 } })
  const lines = await bulk.linesOf(batch)
  expect(lines).toHaveLength(70)
  expect(lines.filter((line) => 'error' in line)).toEqual([])
  await vi.waitFor(async () => expect(await bulk.keysOf(id)).toHaveLength(2))
})

test('a worker that stalls while it joins changes no results, and leaves nothing', async () => {
  await bulk.insertImages('joined', PHOTOS)
  const { id } = await bulk.order({ dataset: 'joined' })
  const first = stallWrite(/results\.jsonl$/)
  const stale = startBulkWorker(bulk.api.context)
  await first.reached
  await bulk.loseLease(id)
  const batch = await bulk.ended(id)
  await vi.waitFor(async () => expect(await bulk.keysOf(id)).toHaveLength(2))
  const keys = await bulk.keysOf(id)
  first.release()
  await stale.stop()
  expect(await bulk.read(id)).toEqual(batch)
  expect(await bulk.linesOf(batch)).toHaveLength(3)
  expect(await bulk.keysOf(id)).toEqual(keys)
})

test('a process that stops gives its batch to the next one at once', async () => {
  const { db } = bulk.api.context
  await bulk.insertImages(
    'handed',
    Array.from({ length: 70 }, (_, index) => PHOTOS[index % 2]!),
  )
  const { id } = await bulk.order({ dataset: 'handed' })
  const stopped = startBulkWorker(bulk.api.context)
  await vi.waitFor(async () => expect((await bulk.read(id)).status).toBe('running'), {
    timeout: 30_000,
    interval: 10,
  })
  await stopped.stop()
  expect((await bulk.read(id)).status).toBe('queued')
  // To be handed on is no stall: only the new claim counts.
  expect(await claimBatch(db)).toMatchObject({ id, stalls: 1 })
  await bulk.api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
})

test('a batch whose processes die one after the other fails', async () => {
  const { db } = bulk.api.context
  await bulk.insertImages('deadly', PHOTOS)
  const { id } = await bulk.order({ dataset: 'deadly' })
  for (const _ of [1, 2, 3]) {
    expect((await claimBatch(db))?.id).toBe(id)
    await db.update(batches).set({ leaseUntil: sql`clock_timestamp()` }).where(eq(batches.id, id))
  }
  expect(await bulk.ended(id)).toMatchObject({
    status: 'failed',
    error: { code: 'internal', message: 'It was taken up 3 times without getting on.' },
  })
})

test('what cannot get on fails, with the reason', async () => {
  vi.stubEnv('GRAFT_MAX_JOB_ATTEMPTS', '1')
  await bulk.insertImages('lost', PHOTOS)
  const { id } = await bulk.order({ dataset: 'lost' })
  const [row] = await bulk.api.context.db.select().from(batches).where(eq(batches.id, id))
  await bulk.api.context.store.delete(row!.manifestKey!)
  expect(await bulk.ended(id)).toMatchObject({ status: 'failed', error: { code: 'not_found' } })
  vi.unstubAllEnvs()
})
