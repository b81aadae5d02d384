import { hash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { type Batch, type BatchLine, batchLineSchema, type Manifest, type Prediction } from '@graft/core/wire'
import { claimBatch } from '@graft/db/batches'
import { batches, datasetVersions } from '@graft/db/schema'
import { insertDataset } from '@graft/db/test-rows'
import { blobKey, manifestKey } from '@graft/store/object-store'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type BulkWorker, startBulkWorker } from '../bulk/bulk-worker.ts'
import { runBatch } from '../bulk/run-batch.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, type TestNetwork, testPhotos } from '../test-model.ts'

let api: TestApi
let network: TestNetwork
let model: string
let worker: BulkWorker | undefined
beforeAll(async () => {
  api = await startTestApi()
  network = await makeNetwork()
  model = await publishNetwork(api.context, 'waste', network)
  const traffic = [{ model, weight: 1 }]
  expect((await api.ask('/v1/endpoints/sorter', jsonOf({ traffic, threshold: 0.5 }, 'PUT'))).status).toBe(200)
})
afterEach(async () => {
  await worker?.stop()
  worker = undefined
})
afterAll(() => api.close())

const PHOTOS = testPhotos('paper', 3)

/** A ready version with these images, of which the last is cut off, and its names hold what CSV must quote. */
async function insertImages(name: string, photos: Buffer[]): Promise<void> {
  const { db, store } = api.context
  const id = await insertDataset(db, name)
  const images: Manifest['images'] = []
  for (const [index, photo] of photos.entries()) {
    const sha256 = hash('sha256', photo)
    await store.put(blobKey(sha256), photo)
    const split = index === 0 ? 'train' : 'test'
    const path = `${split}/paper/${index}, "${name}".jpg`
    images.push({ path, label: 'paper', split, sha256, bytes: photo.length, width: 1, height: 1 })
  }
  const manifest: Manifest = { dataset: name, version: 1, labels: ['paper'], cut_splits: [], images }
  await store.put(manifestKey(id, 1), Buffer.from(JSON.stringify(manifest)))
  const splits = { train: { paper: 1 }, validation: {}, test: { paper: photos.length - 1 } }
  await db.update(datasetVersions).set({ splits }).where(eq(datasetVersions.datasetId, id))
}
async function order(body: object): Promise<Batch> {
  const answer = await api.ask('/v1/endpoints/sorter/batch', jsonOf(body))
  expect(answer.status).toBe(202)
  return (await answer.json()) as Batch
}
const read = async (id: string) => (await (await api.ask(`/v1/batches/${id}`)).json()) as Batch
async function ended(id: string): Promise<Batch> {
  worker ??= startBulkWorker(api.context)
  return await vi.waitFor(
    async () => {
      const batch = await read(id)
      expect(batch.finished_at).not.toBeNull()
      return batch
    },
    { timeout: 30_000, interval: 100 },
  )
}
async function linesOf({ files }: Batch): Promise<BatchLine[]> {
  const text = await (await api.ask(files['results.jsonl']!.url)).text()
  return text
    .trimEnd()
    .split('\n')
    .map((line) => batchLineSchema.parse(JSON.parse(line)))
}

test('every image of the version is answered as it is alone, or has its fault, in order', async () => {
  await insertImages('papers', [...PHOTOS, PHOTOS[0]!.subarray(0, 1000)])
  const made = await order({ dataset: 'papers' })
  expect(made).toMatchObject({
    object: 'batch',
    endpoint: 'sorter',
    revision: 1,
    dataset: 'papers@1',
    split: null,
    status: 'queued',
    progress: { images: 4, done: 0, failed: 0 },
  })
  const batch = await ended(made.id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 4, done: 4, failed: 1 } })
  const lines = await linesOf(batch)
  expect(lines.map(({ path }) => path[path.indexOf(',') - 1])).toEqual(['0', '1', '2', '3'])
  for (const [index, photo] of PHOTOS.entries()) {
    const image = photo.toString('base64')
    const alone = (await (
      await api.ask('/v1/endpoints/sorter/predict', jsonOf({ image }))
    ).json()) as Prediction
    const { predictions, decision, threshold } = alone
    const near = predictions.map(({ label, confidence }) => ({
      label,
      confidence: expect.closeTo(confidence, 4),
    }))
    expect(lines[index]).toMatchObject({ model, label: 'paper', predictions: near, decision, threshold })
  }
  expect(lines[3]).toMatchObject({ error: { code: 'image_undecodable' } })

  const answer = await api.ask(batch.files['results.csv']!.url)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(answer.headers.get('etag')).toBe(`"${batch.files['results.csv']!.sha256}"`)
  const rows = (await answer.text()).split('\r\n')
  expect(rows).toHaveLength(6)
  expect(rows[0]).toBe('path,split,label,predicted,confidence,decision,model,error')
  expect(rows[1]).toMatch(
    /^"train\/paper\/0, ""papers"".jpg",train,paper,\w+,0\.\d+,(accept|abstain),waste@1,$/,
  )
  expect(rows[4]).toMatch(/,test,paper,,,,,image_undecodable$/)
})

test('of one split only its images are asked about', async () => {
  await insertImages('splits', PHOTOS)
  const batch = await ended((await order({ dataset: 'splits@1', split: 'test' })).id)
  expect(batch).toMatchObject({ split: 'test', progress: { images: 2, done: 2 } })
  expect((await linesOf(batch)).map(({ split }) => split)).toEqual(['test', 'test'])
})

test('a killed process leaves its batch to another, which goes on after the last part', async () => {
  const { db } = api.context
  // More than one part of images, all the same two.
  await insertImages(
    'many',
    Array.from({ length: 70 }, (_, index) => PHOTOS[index % 2]!),
  )
  const { id } = await order({ dataset: 'many' })
  const killed = (await claimBatch(db))!
  const dead = new AbortController()
  // Its life ends when the first part is done.
  const advanced = vi.waitFor(
    async () => {
      expect((await read(id)).progress.done).toBe(64)
      dead.abort(new Error('killed'))
    },
    { timeout: 60_000, interval: 10 },
  )
  await runBatch(api.context, killed, dead.signal).catch(() => {})
  await advanced
  expect(await read(id)).toMatchObject({ status: 'running', progress: { images: 70, done: 64 } })
  // Nobody takes it while its lease holds.
  expect(await claimBatch(db)).toBeUndefined()
  await db.update(batches).set({ leaseUntil: sql`clock_timestamp()` }).where(eq(batches.id, id))
  const batch = await ended(id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 70, done: 70, failed: 0 } })
  expect((await linesOf(batch)).map(({ path }) => Number.parseInt(path.split('/')[2]!, 10))).toEqual(
    Array.from({ length: 70 }, (_, index) => index),
  )
  // Who comes back from the dead changes nothing.
  await runBatch(api.context, killed, new AbortController().signal)
  expect(await read(id)).toEqual(batch)
})

/** The first write of an object whose key matches waits until it is let go. */
function stallWrite(pattern: RegExp) {
  const { store } = api.context
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
async function keysOf(id: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of api.context.store.list(`batches/${id}/`)) keys.push(key)
  return keys
}
const loseLease = (id: string) =>
  api.context.db.update(batches).set({ leaseUntil: sql`clock_timestamp()` }).where(eq(batches.id, id))

test('a worker that stalls and comes back replaces no counted part', async () => {
  const { store } = api.context
  await insertImages(
    'stalled',
    Array.from({ length: 70 }, (_, index) => PHOTOS[index % 2]!),
  )
  const { id } = await order({ dataset: 'stalled' })
  // It sees no image, so its lines are others than those of its successor. The model is loaded before: that reads images.
  const image = PHOTOS[0]!.toString('base64')
  expect((await api.ask('/v1/endpoints/sorter/predict', jsonOf({ image }))).status).toBe(200)
  const readObject = store.read.bind(store)
  const blind = vi.spyOn(store, 'read').mockImplementation(async (key) => {
    if (key.startsWith('blobs/')) throw new GraftError('not_found', 'There is no such image.')
    return await readObject(key)
  })
  const first = stallWrite(/\/parts\/0+-/)
  const stale = startBulkWorker(api.context)
  await first.reached
  blind.mockRestore()
  await loseLease(id)
  const second = stallWrite(/\/parts\/0+64-/)
  worker = startBulkWorker(api.context)
  await second.reached
  expect((await read(id)).progress).toEqual({ images: 70, done: 64, failed: 0 })
  first.release()
  await stale.stop()
  second.release()
  const batch = await ended(id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 70, done: 70, failed: 0 } })
  const lines = await linesOf(batch)
  expect(lines).toHaveLength(70)
  expect(lines.filter((line) => 'error' in line)).toEqual([])
  await vi.waitFor(async () => expect(await keysOf(id)).toHaveLength(2))
})

test('a worker that stalls while it joins changes no results, and leaves nothing', async () => {
  await insertImages('joined', PHOTOS)
  const { id } = await order({ dataset: 'joined' })
  const first = stallWrite(/results\.jsonl$/)
  const stale = startBulkWorker(api.context)
  await first.reached
  await loseLease(id)
  const batch = await ended(id)
  await vi.waitFor(async () => expect(await keysOf(id)).toHaveLength(2))
  const keys = await keysOf(id)
  first.release()
  await stale.stop()
  expect(await read(id)).toEqual(batch)
  expect(await linesOf(batch)).toHaveLength(3)
  expect(await keysOf(id)).toEqual(keys)
})

test('a process that stops gives its batch to the next one at once', async () => {
  const { db } = api.context
  await insertImages(
    'handed',
    Array.from({ length: 70 }, (_, index) => PHOTOS[index % 2]!),
  )
  const { id } = await order({ dataset: 'handed' })
  const stopped = startBulkWorker(api.context)
  await vi.waitFor(async () => expect((await read(id)).status).toBe('running'), {
    timeout: 30_000,
    interval: 10,
  })
  await stopped.stop()
  expect((await read(id)).status).toBe('queued')
  // To be handed on is no stall: only the new claim counts.
  expect(await claimBatch(db)).toMatchObject({ id, stalls: 1 })
  await api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
})

test('a batch whose processes die one after the other fails', async () => {
  const { db } = api.context
  await insertImages('deadly', PHOTOS)
  const { id } = await order({ dataset: 'deadly' })
  for (const _ of [1, 2, 3]) {
    expect((await claimBatch(db))?.id).toBe(id)
    await db.update(batches).set({ leaseUntil: sql`clock_timestamp()` }).where(eq(batches.id, id))
  }
  expect(await ended(id)).toMatchObject({
    status: 'failed',
    error: { code: 'internal', message: 'It was taken up 3 times without getting on.' },
  })
})

test('a cancelled batch has no results, and is not cancelled twice', async () => {
  await insertImages('left', PHOTOS)
  const { id } = await order({ dataset: 'left' })
  const cancel = () => api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
  expect(await (await cancel()).json()).toMatchObject({ status: 'cancelled', files: {} })
  expect(await problemOf(await cancel())).toMatchObject({ status: 409, code: 'state_conflict' })
  expect(await claimBatch(api.context.db)).toBeUndefined()
  expect(await problemOf(await api.ask(`/v1/batches/${id}/files/results.csv`))).toMatchObject({
    code: 'not_found',
  })
})

test('what cannot get on fails, with the reason', async () => {
  vi.stubEnv('GRAFT_MAX_JOB_ATTEMPTS', '1')
  await insertImages('lost', PHOTOS)
  const { id } = await order({ dataset: 'lost' })
  const [row] = await api.context.db.select().from(batches).where(eq(batches.id, id))
  await api.context.store.delete(row!.manifestKey)
  expect(await ended(id)).toMatchObject({ status: 'failed', error: { code: 'not_found' } })
  vi.unstubAllEnvs()
})

test.each<[string, string, object, string]>([
  ['an unknown endpoint', 'nowhere', { dataset: 'papers' }, 'not_found'],
  ['an unknown data set', 'sorter', { dataset: 'none' }, 'not_found'],
  ['an unknown version', 'sorter', { dataset: 'papers@9' }, 'not_found'],
  ['an alias', 'sorter', { dataset: 'papers@newest' }, 'invalid_request'],
  ['an empty split', 'sorter', { dataset: 'papers', split: 'validation' }, 'invalid_request'],
  ['no data set', 'sorter', {}, 'invalid_request'],
])('%s is refused', async (_, endpoint, body, code) => {
  expect(await problemOf(await api.ask(`/v1/endpoints/${endpoint}/batch`, jsonOf(body)))).toMatchObject({
    code,
  })
})

test('a key that may not read data cannot order a batch', async () => {
  const answer = await api.ask('/v1/keys', jsonOf({ name: 'camera', scopes: ['predict'] }))
  const { key } = (await answer.json()) as { key: string }
  const init = jsonOf({ dataset: 'papers' })
  const headers = { ...init.headers, authorization: `Bearer ${key}` }
  const refused = await api.ask('/v1/endpoints/sorter/batch', { ...init, headers })
  expect(await problemOf(refused)).toMatchObject({ code: 'forbidden' })
})
