// How fast photos become augmented batches, beside torchvision's loader with two worker processes.
//
//   node bench/augment.ts [--recipe seed] [--rounds 3] [--patience 60] [--folder PHOTOS]
//
// Ours decodes each photo once and keeps its pixels, so that its first epoch and the later ones are told apart; the
// peer (PEER_PYTHON, an interpreter that has torchvision) decodes in every epoch. Both take turns as in train.ts.
// Prints one line of JSON: images a second.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBatches } from '../apps/trainer/src/batches.ts'
import { decodeAll, readDataset } from '../apps/trainer/src/dataset.ts'
import { createPixelCache } from '../apps/trainer/src/pixel-cache.ts'
import { limit } from '../packages/core/src/limits.ts'
import { resolveRecipe } from '../packages/core/src/recipes.ts'
import type { Pixels } from '../packages/vision/src/pixels.ts'
import { shrink } from '../packages/vision/src/shrink.ts'
import { openFolderDataset } from './folder-dataset.ts'
import { type Measured, measured, takeTurns } from './load.ts'
import { describeMachine, median, round } from './machine.ts'
import { openPeer } from './peer.ts'

const { values } = parseArgs({
  options: {
    recipe: { type: 'string', default: 'seed' },
    rounds: { type: 'string', default: '3' },
    patience: { type: 'string', default: '60' },
    folder: { type: 'string', default: join(import.meta.dirname, '..', 'examples', 'recycling') },
  },
})
const recipe = values.recipe === 'auto' ? 'auto' : 'seed'
const BATCH_SIZE = 32
/** Of each turn: the first one, and those after it. */
const EPOCHS = 4
const resolved = resolveRecipe(recipe, { batch_size: BATCH_SIZE, epochs: EPOCHS })
const shortSide = Math.ceil(resolved.image_size / Math.sqrt(resolved.crop_scale_min))

const dataset = await openFolderDataset(values.folder)
const { train: images } = await readDataset(dataset.store, dataset.manifestKey, resolved)
const peer = await openPeer(['loader', values.folder, recipe, String(BATCH_SIZE)], process.env)

/** Seconds of each epoch; the decoding belongs to the first. */
async function ours(): Promise<number[]> {
  let started = performance.now()
  const cache = createPixelCache(limit('cachedPixelBytes'))
  const cached: (Pixels | undefined)[] = []
  for await (const pixels of decodeAll(dataset.store, images))
    cached.push(cache.keep(shrink(pixels, shortSide)))
  const batches = openBatches({
    store: dataset.location,
    images: images.map(({ sha256, label }, index) => ({ sha256, label, pixels: cached[index] })),
    batchSize: BATCH_SIZE,
    firstEpoch: 1,
    epochs: EPOCHS,
    size: resolved.image_size,
    randAugment: 0,
    mixup: 0,
    scaleMin: resolved.crop_scale_min,
    shortSide,
    seed: 1,
  })
  const seconds: number[] = []
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    for (let seen = 0; seen < images.length; ) seen += (await batches.next()).labels.length
    seconds.push((performance.now() - started) / 1000)
    started = performance.now()
  }
  await batches.close()
  return seconds
}

const contenders = [{ name: 'graft', pid: process.pid, photos: images.length, run: ours }]
if (peer !== undefined) {
  const run = async (): Promise<number[]> => JSON.parse(await peer.ask(String(EPOCHS)))
  // It has no validation split cut from what it trains on.
  contenders.push({ name: 'torchvision', pid: peer.pid ?? 0, photos: peer.greeting.photos ?? 0, run })
}
try {
  const limits = { rounds: Number(values.rounds), patience: Number(values.patience) }
  const turns = await takeTurns(contenders, ({ pid, run }) => measured(pid, run), limits)
  const figures = new Map([...turns].map(([{ name, photos }, found]) => [name, figuresOf(found, photos)]))
  const [own, other] = [figures.get('graft'), figures.get('torchvision')]
  const result = {
    machine: await describeMachine(),
    recipe,
    size: resolved.image_size,
    torchvision_version: peer?.greeting.torchvision ?? null,
    graft: own,
    torchvision: other ?? null,
    to_torchvision: own && other ? round(own.later_epochs / other.later_epochs, 2) : null,
    first_epoch_to_torchvision: own && other ? round(own.first_epoch / other.first_epoch, 2) : null,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
} finally {
  await peer?.stop()
  await dataset.remove()
}

function figuresOf(found: Measured<number[]>[], photos: number) {
  const firsts = found.map(({ result: [first = Number.NaN] }) => first)
  const laters = found.flatMap(({ result }) => result.slice(1))
  return {
    photos,
    first_epoch: round(photos / median(firsts), 1),
    later_epochs: round(photos / median(laters), 1),
    // All epochs together: what is left of the processors for the step depends on it.
    per_cpu_second: round((photos * EPOCHS) / median(found.map(({ cpuSeconds }) => cpuSeconds)), 1),
    others_percent: median(found.map(({ othersPercent }) => othersPercent)),
  }
}
