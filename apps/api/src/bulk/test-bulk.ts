// What the tests of bulk predictions share: an API with an endpoint, data sets for it, and a worker that ends with them.
import { hash } from 'node:crypto'
import { type Batch, type BatchLine, batchLineSchema } from '@graft/core/wire/batches'
import type { Manifest } from '@graft/core/wire/datasets'
import { batches, datasetVersions } from '@graft/db/schema'
import { insertDataset } from '@graft/db/test-rows'
import { blobKey, manifestKey } from '@graft/store/object-store'
import { eq, sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import { jsonOf, startTestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, testPhotos } from '../test-model.ts'
import { type BulkWorker, startBulkWorker } from './bulk-worker.ts'

export const PHOTOS = testPhotos('paper', 3)

/** An API whose endpoint "sorter" is served by one model. */
export async function startTestBulk() {
  const api = await startTestApi()
  const model = await publishNetwork(api.context, 'waste', await makeNetwork())
  const traffic = [{ model, weight: 1 }]
  expect((await api.ask('/v1/endpoints/sorter', jsonOf({ traffic, threshold: 0.5 }, 'PUT'))).status).toBe(200)
  let worker: BulkWorker | undefined
  const startWorker = () => {
    worker ??= startBulkWorker(api.context)
  }
  const stopWorker = async () => {
    await worker?.stop()
    worker = undefined
  }

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
    startWorker()
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
    const text = await (await api.ask(files['results.jsonl']?.url ?? '')).text()
    return text
      .trimEnd()
      .split('\n')
      .map((line) => batchLineSchema.parse(JSON.parse(line)))
  }
  async function keysOf(id: string): Promise<string[]> {
    const keys: string[] = []
    for await (const { key } of api.context.store.list(`batches/${id}/`)) keys.push(key)
    return keys
  }
  const loseLease = (id: string) =>
    api.context.db.update(batches).set({ leaseUntil: sql`clock_timestamp()` }).where(eq(batches.id, id))

  return {
    ...{ api, model, insertImages, order, read, ended, linesOf, keysOf, loseLease, startWorker, stopWorker },
    async close() {
      await stopWorker()
      await api.close()
    },
  }
}
