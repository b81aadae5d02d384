// A job's loading and training loop over real photos, as the trainer has it, without the evaluations between epochs.
//
//   node bench/train-epochs.ts FOLDER RECIPE PRECISION BATCH_SIZE EPOCHS
//
// Prints a line of JSON: of each epoch images a second, the share of the time that the step waited for a batch, and
// the process's resident memory.
import { openBatches } from '../apps/trainer/src/batches.ts'
import { decodeAll, readDataset } from '../apps/trainer/src/dataset.ts'
import { createPixelCache } from '../apps/trainer/src/pixel-cache.ts'
import { limit } from '../packages/core/src/limits.ts'
import { resolveRecipe } from '../packages/core/src/recipes.ts'
import type { Precision } from '../packages/nn/src/precision.ts'
import { createRandom } from '../packages/nn/src/random.ts'
import { openTrainingSession } from '../packages/nn/src/training-session.ts'
import { readBaseWeights, withNewHead } from '../packages/nn/src/weights.ts'
import type { Pixels } from '../packages/vision/src/pixels.ts'
import { shrink } from '../packages/vision/src/shrink.ts'
import { openFolderDataset } from './folder-dataset.ts'
import { peakMegabytes, residentMegabytes, round } from './machine.ts'

type Arguments = [
  folder: string,
  recipe: 'seed' | 'auto',
  precision: Precision,
  batchSize: string,
  epochs: string,
]
const [folder, recipe, precision, batchSize, epochs] = process.argv.slice(2) as Arguments
const SEED = 1
const RATE = 1e-4

const resolved = resolveRecipe(recipe, { batch_size: Number(batchSize), epochs: Number(epochs) })
const dataset = await openFolderDataset(folder)
const { labels, train: images } = await readDataset(dataset.store, dataset.manifestKey, resolved)

const loadingStarted = performance.now()
const shortSide = Math.ceil(resolved.image_size / Math.sqrt(resolved.crop_scale_min))
const cache = createPixelCache(limit('cachedPixelBytes'))
const cached: (Pixels | undefined)[] = []
for await (const pixels of decodeAll(dataset.store, images))
  cached.push(cache.keep(shrink(pixels, shortSide)))
const loading = performance.now() - loadingStarted

const session = openTrainingSession({
  architecture: 'resnet18',
  classes: labels.length,
  weights: withNewHead(readBaseWeights(), labels.length, createRandom(SEED)),
  resolved,
  precision,
})
const batches = openBatches({
  store: dataset.location,
  images: images.map(({ sha256, label }, index) => ({ sha256, label, pixels: cached[index] })),
  batchSize: resolved.batch_size,
  firstEpoch: 1,
  epochs: resolved.epochs,
  size: resolved.image_size,
  randAugment: 0,
  mixup: 0,
  scaleMin: resolved.crop_scale_min,
  shortSide,
  seed: SEED,
})
const measured = []
for (let epoch = 1; epoch <= resolved.epochs; epoch += 1) {
  const started = performance.now()
  let waited = 0
  for (let seen = 0; seen < images.length; ) {
    const asked = performance.now()
    const batch = await batches.next()
    waited += performance.now() - asked
    session.step(batch.images, batch.labels, RATE)
    seen += batch.labels.length
  }
  const elapsed = performance.now() - started
  measured.push({
    images_per_second: round((images.length * 1000) / elapsed, 1),
    waited_percent: round((waited / elapsed) * 100, 2),
    rss_megabytes: await residentMegabytes(process.pid),
  })
}
const peak = await peakMegabytes(process.pid)
await batches.close()
await dataset.remove()
const decoded = round((images.length * 1000) / loading, 1)
const figures = { decoded_per_second: decoded, epochs: measured, peak_rss_megabytes: peak }
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0))
