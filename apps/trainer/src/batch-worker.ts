// A worker thread that augments: one message in, one batch out.
import { parentPort, workerData } from 'node:worker_threads'
import { drawShare } from '@graft/nn/mixup'
import { createRandom } from '@graft/nn/random'
import { blobKey } from '@graft/store/object-store'
import { openStore } from '@graft/store/open-store'
import { augment } from '@graft/vision/augment'
import { decodeImage } from '@graft/vision/decode'
import type { Pixels } from '@graft/vision/pixels'
import { shrink } from '@graft/vision/shrink'
import type { Batch, BatchSettings, BatchThread } from './batches.ts'

const {
  store: location,
  images,
  batchSize,
  firstEpoch,
  epochs,
  size,
  scaleMin,
  randAugment,
  mixup,
  shortSide,
  seed,
  thread,
  threads,
} = workerData as BatchThread
const store = await openStore(location)

async function pixelsOf({ sha256, pixels }: BatchSettings['images'][number]): Promise<Pixels> {
  return pixels ?? shrink(await decodeImage(await store.read(blobKey(sha256))), shortSide)
}

/** Each image of each epoch has a random stream of its own, named by seed, epoch and place in the order. */
async function* makeBatches(): AsyncGenerator<Batch> {
  const perEpoch = Math.ceil(images.length / batchSize)
  for (let epoch = firstEpoch - 1; epoch < epochs; epoch += 1) {
    const order = createRandom(seed, epoch).shuffle(Uint32Array.from(images.keys()))
    for (let start = 0; start < order.length; start += batchSize) {
      const number = (epoch - firstEpoch + 1) * perEpoch + start / batchSize
      if (number % threads !== thread) continue
      const count = Math.min(batchSize, order.length - start)
      const mix = mixup === 0 ? 1 : drawShare(mixup, createRandom(seed, epoch, start, 1))
      const batch = { images: new Uint8Array(count * size * size * 3), labels: new Int32Array(count), mix }
      for (let row = 0; row < count; row += 1) {
        const image = images[order[start + row] as number] as BatchSettings['images'][number]
        const random = createRandom(seed, epoch, start + row)
        const augmented = augment(await pixelsOf(image), { size, scaleMin, randAugment, random })
        batch.images.set(augmented, row * augmented.length)
        batch.labels[row] = image.label
      }
      yield batch
    }
  }
}

const batches = makeBatches()
let last: Promise<void> = Promise.resolve()
parentPort?.on('message', () => {
  last = last.then(async () => {
    const { value } = await batches.next()
    if (value) parentPort?.postMessage(value, [value.images.buffer, value.labels.buffer])
  })
})
