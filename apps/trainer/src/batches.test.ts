import { createHash } from 'node:crypto'
import { isGraftError } from '@graft/core/errors'
import { blobKey } from '@graft/store/object-store'
import { decodeImage } from '@graft/vision/decode'
import { shrink } from '@graft/vision/shrink'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BatchSettings, openBatches } from './batches.ts'
import { createPixelCache } from './pixel-cache.ts'
import { makeTestDataset, type TestDataset } from './test-dataset.ts'

const SHORT_SIDE = 120
let dataset: TestDataset
let cached: BatchSettings['images']
let uncached: BatchSettings['images']
beforeAll(async () => {
  dataset = await makeTestDataset(['glass', 'paper'], { train: 5, validation: 0, test: 0 })
  const cache = createPixelCache(1 << 30)
  uncached = dataset.manifest.images.map(({ sha256 }, index) => ({ sha256, label: index, pixels: undefined }))
  cached = await Promise.all(
    uncached.map(async (image) => {
      const pixels = await decodeImage(await dataset.store.read(blobKey(image.sha256)))
      return { ...image, pixels: cache.keep(shrink(pixels, SHORT_SIDE)) }
    }),
  )
})
afterAll(() => dataset.remove())

/** Labels and a hash of the pixels of each batch. */
async function take(count: number, change: Partial<BatchSettings> = {}) {
  const batches = openBatches({
    store: dataset.location,
    images: cached,
    batchSize: 4,
    firstEpoch: 1,
    epochs: 3,
    size: 64,
    randAugment: 0,
    mixup: 0,
    scaleMin: 0.35,
    shortSide: SHORT_SIDE,
    seed: 1,
    ...change,
  })
  const taken: { labels: number[]; hash: string; bytes: number }[] = []
  try {
    for (let index = 0; index < count; index += 1) {
      const { images, labels } = await batches.next()
      const hash = createHash('sha256').update(images).digest('hex')
      taken.push({ labels: [...labels], hash, bytes: images.length })
    }
  } finally {
    await batches.close()
  }
  return taken
}

test('each epoch shows every image once, in an order of its own, and its last batch is smaller', async () => {
  const batches = await take(6)
  expect(batches.map(({ bytes }) => bytes / (64 * 64 * 3))).toEqual([4, 4, 2, 4, 4, 2])
  const epochs = [0, 3].map((start) => batches.slice(start, start + 3).flatMap(({ labels }) => labels))
  for (const labels of epochs)
    expect([...labels].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(epochs[0]).not.toEqual(epochs[1])
})

test('the same seed gives the same batches, from the cache as from the store; another seed does not', async () => {
  const first = await take(4)
  expect(await take(4)).toEqual(first)
  expect(await take(4, { images: uncached })).toEqual(first)
  expect(await take(4, { seed: 2 })).not.toEqual(first)
  expect(await take(1, { firstEpoch: 2 })).toEqual(first.slice(3))
})

test('an image that is gone from the store stops the batches with what the store says', async () => {
  const images = uncached.map((image) => ({ ...image, sha256: '0'.repeat(64) }))
  const error = await take(1, { images }).catch((thrown: unknown) => thrown)
  expect(isGraftError(error, 'not_found')).toBe(true)
  expect(String(error)).toContain('no object blobs')
})

test('the cache keeps what its budget holds', () => {
  const cache = createPixelCache(20)
  const pixels = { data: new Uint8Array(12).fill(7), width: 2, height: 2 }
  expect(cache.keep(pixels)).toEqual(pixels)
  expect(cache.keep(pixels)).toBeUndefined()
  expect(cache.keep({ data: new Uint8Array(3), width: 1, height: 1 })).toBeDefined()
})
