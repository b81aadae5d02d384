// A batch in parts, one after another or each on a device of its own, takes the step of the whole batch.
import { type ResolvedRecipe, resolveRecipe } from '@graft/core/recipes'
import { expect, test } from 'vitest'
import { images as patches } from '../fixtures/fixture.ts'
import { createRandom } from './random.ts'
import { openTrainingSession, type TrainingSettings } from './training-session.ts'
import { readBaseWeights, type Weights, withNewHead } from './weights.ts'

const SIZE = 64
const RATE = 1e-4
const weights = withNewHead(readBaseWeights(), 3, createRandom(1))
const labels = Int32Array.of(0, 1, 2, 0, 1, 2)
const images = patches('images', labels.length, SIZE)
const IMAGE = SIZE * SIZE * 3

const frozen: ResolvedRecipe = { ...resolveRecipe('auto'), image_size: SIZE }
const live: ResolvedRecipe = { ...frozen, batch_norm: 'live', freeze_until: 'none' }
const two = ['/device:CPU:0', '/device:CPU:0']

interface Run {
  losses: number[]
  correct: number[]
  after: Weights
}

/** One step for each count, of that many images. */
function train(resolved: ResolvedRecipe, counts: number[], how: Partial<TrainingSettings> = {}): Run {
  const session = openTrainingSession({ architecture: 'resnet18', classes: 3, weights, resolved, ...how })
  try {
    const results = counts.map((count) =>
      session.step(images.slice(0, count * IMAGE), labels.slice(0, count), RATE),
    )
    return {
      losses: results.map(({ loss }) => loss),
      correct: results.map(({ correct }) => correct),
      after: session.weights(),
    }
  } finally {
    session.close()
  }
}

/** The largest difference of each tensor, in its own update's largest. */
function unlike(run: Run, whole: Run): Record<string, number> {
  const differences: Record<string, number> = {}
  for (const [name, { data }] of run.after) {
    const [other, before] = [whole.after.get(name)!.data, weights.get(name)!.data]
    const largest = (of: (index: number) => number) =>
      data.reduce((most, _, index) => Math.max(most, Math.abs(of(index))), 0)
    const difference = largest((index) => data[index]! - other[index]!)
    // The weights to 1e-5, and the updates, which are smaller, to a thousandth.
    if (difference > Math.min(1e-5, 1e-3 * largest((index) => other[index]! - before[index]!) + 1e-7)) {
      differences[name] = difference
    }
  }
  return differences
}

// A whole batch, one that does not divide, and one that is smaller than the towers are many.
const COUNTS = [6, 5, 1]
const wholes = {
  mean: train(frozen, COUNTS),
  sum: train({ ...frozen, loss_reduction: 'sum' }, COUNTS),
}

test.for([
  ['two towers', 'mean', { devices: two }],
  ['two towers', 'sum', { devices: two }],
  ['three towers', 'mean', { devices: [...two, '/device:CPU:0'] }],
  ['micro-batches of 2', 'mean', { microBatch: 2 }],
  ['micro-batches of 4, which leave a smaller one', 'mean', { microBatch: 4 }],
  ['micro-batches of 4, which leave a smaller one', 'sum', { microBatch: 4 }],
  ['micro-batches larger than the batch', 'mean', { microBatch: 16 }],
  ['towers of micro-batches', 'mean', { devices: two, microBatch: 3 }],
] as const)('%s: the same step, of the %s', ([, reduction, how]) => {
  const resolved: ResolvedRecipe = { ...frozen, loss_reduction: reduction }
  const whole = wholes[reduction]
  const parts = train(resolved, COUNTS, how)
  for (const [step, loss] of parts.losses.entries()) {
    expect(Math.abs(loss / whole.losses[step]! - 1)).toBeLessThan(1e-5)
  }
  expect(parts.correct).toEqual(whole.correct)
  expect(unlike(parts, whole)).toEqual({})
})

test('live batch norm keeps the statistics of the first tower, and learns from every image', () => {
  const towers = train(live, [6], { devices: two })
  const half = train(live, [3])
  for (const [name, { data }] of towers.after) {
    const same = Buffer.from(data.buffer).equals(Buffer.from(half.after.get(name)!.data.buffer))
    expect(same, name).toBe(name.includes('running'))
  }
})

test('a tower without images leaves everything finite under live batch norm', () => {
  const { losses, after } = train(live, [1, 1], { devices: two, precision: 'bfloat16' })
  expect(losses.every(Number.isFinite)).toBe(true)
  for (const [name, { data }] of after) expect(data.every(Number.isFinite), name).toBe(true)
})
