// What a job would take, measured on its own images without starting it.
import { limit } from '@graft/core/limits'
import type { ResolvedRecipe } from '@graft/core/recipes'
import type { DryRun } from '@graft/core/wire/jobs'
import { engineName } from '@graft/nn/engine'
import { measurePrecision } from '@graft/nn/precision'
import { createRandom } from '@graft/nn/random'
import type { ObjectStore } from '@graft/store/object-store'
import { measureCheckpoint } from './checkpoint.ts'
import { readDataset } from './dataset.ts'
import { openFrugalSession } from './frugal-session.ts'
import { canJudgeInt8 } from './int8.ts'
import { createJudge } from './judge.ts'
import type { Assignment } from './messages.ts'
import { startingWeights } from './starting-weights.ts'

/** Images that are read, decoded and run through the network, as the probe and each evaluation do. */
const EVALUATED = 32
/** Steps are taken for so long (ms), after one in which kernels are made; one at least. */
const STEPPING = 3000
/** A kept image is seldom square: bytes for each of those of a square with its shorter side. */
const ELONGATED = 4 / 3

/** @throws GraftError `engine_unavailable`, `out_of_memory`, and what the store throws */
export async function measureJob(assignment: Assignment, store: ObjectStore): Promise<DryRun> {
  const { architecture, seed, recipe } = assignment
  const engine = engineName()
  const dataset = await readDataset(store, assignment.manifestKey, recipe)
  const { labels, train, validation, test } = dataset
  const random = createRandom(seed)
  const weights = await startingWeights(assignment, store, labels, random)
  const settings = { architecture, weights, classes: labels.length, resolved: recipe }
  const precision = recipe.precision === 'auto' ? measurePrecision(settings) : recipe.precision

  // Of two counts, so that what each evaluation costs before its first image is not taken for the images' cost.
  const evaluation = (count: number) =>
    timed(() => measureCheckpoint(assignment, store, 'fine_tuned', weights, train.slice(0, count)))
  const before = await evaluation(1)
  const perEvaluated = Math.max(0, (await evaluation(1 + EVALUATED)) - before) / EVALUATED

  const { image_size: size, batch_size: batch } = recipe
  const count = Math.min(batch, train.length)
  const images = Uint8Array.from({ length: count * size * size * 3 }, () => random.next() * 256)
  const session = openFrugalSession({ ...settings, precision }, () => {})
  const step = () => session.step(images, new Int32Array(count), 0)
  let perTrained: number
  try {
    step()
    const started = performance.now()
    let steps = 0
    for (; steps === 0 || performance.now() - started < STEPPING; steps += 1) step()
    perTrained = (performance.now() - started) / 1000 / (steps * count)
  } finally {
    session.close()
  }

  const held = createJudge(assignment, store, dataset).images.length
  const counts = { train: train.length, held, test: test.length }
  const shortSide = size / Math.sqrt(recipe.crop_scale_min)
  const kept = train.length * 3 * ELONGATED * shortSide ** 2
  return {
    object: 'fine_tuning.dry_run',
    hyperparameters: { ...recipe, precision },
    engine,
    images: { train: train.length, validation: validation.length, test: test.length },
    images_per_second: 1 / perTrained,
    eta_seconds: secondsOf(recipe, counts, { evaluated: perEvaluated, trained: perTrained }),
    peak_memory_bytes: process.resourceUsage().maxRSS * 1024 + Math.min(kept, limit('cachedPixelBytes')),
  }
}

/**
 * The probe sees each training image and its mirror image, and the held-out ones twice. Each epoch is measured, and at
 * the end the average and the test split are; what is published is measured in eight bits too, where that can be judged.
 *
 * @param counts images: of the training, of the split that checkpoints are measured on, of the test split
 * @param seconds for one image that is evaluated, or that one step trains on
 */
export function secondsOf(
  { probe, epochs, keep }: ResolvedRecipe,
  counts: { train: number; held: number; test: number },
  seconds: { evaluated: number; trained: number },
): number {
  const rounded = keep === 'best' && canJudgeInt8(counts.held) ? counts.held : 0
  const probed = probe ? 2 * counts.train + 3 * counts.held + rounded : 0
  const chosen = keep === 'best' ? rounded + counts.test : 0
  const evaluated = probed + epochs * counts.held + chosen
  return seconds.evaluated * evaluated + seconds.trained * epochs * counts.train
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
