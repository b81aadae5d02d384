import { GraftError } from '@graft/core/errors'
import { resolveRecipe } from '@graft/core/recipes'
import { createRandom } from '@graft/nn/random'
import { openTrainingSession, type TrainingSettings } from '@graft/nn/training-session'
import { readBaseWeights, type Weights, withNewHead } from '@graft/nn/weights'
import { expect, test } from 'vitest'
import { openFrugalSession } from './frugal-session.ts'

const SIZE = 64
const random = createRandom(3)
const images = Uint8Array.from({ length: 6 * SIZE * SIZE * 3 }, () => random.next() * 256)
const labels = Int32Array.of(0, 1, 2, 0, 1, 2)
const settings: TrainingSettings = {
  architecture: 'resnet18',
  weights: withNewHead(readBaseWeights(), 3, random),
  classes: 3,
  resolved: resolveRecipe('auto', { image_size: SIZE }),
}

/** A session on a machine that has memory for so many images at once. */
const within =
  (most: number): typeof openTrainingSession =>
  (given) => {
    const session = openTrainingSession(given)
    return {
      ...session,
      step(pixels, classes, rate) {
        if (Math.min(given.microBatch ?? classes.length, classes.length) > most) {
          throw new GraftError('out_of_memory', 'no room')
        }
        return session.step(pixels, classes, rate)
      },
    }
  }

function trained(open: typeof openTrainingSession) {
  const shrunk: number[] = []
  const session = openFrugalSession(settings, (microBatch) => shrunk.push(microBatch), open)
  const losses = [1, 2, 3].map(() => session.step(images, labels, 1e-3).loss)
  const weights = session.weights()
  session.close()
  return { shrunk, losses, weights }
}

/** The largest difference of any weight. */
function distance(one: Weights, other: Weights): number {
  let most = 0
  for (const [name, { data }] of one) {
    const others = other.get(name)?.data ?? data
    most = data.reduce((so, value, index) => Math.max(so, Math.abs(value - (others[index] ?? 0))), most)
  }
  return most
}

test('what does not fit is taken in halves, to the same weights', () => {
  const whole = trained(within(6))
  const halved = trained(within(2))
  expect(whole.shrunk).toEqual([])
  expect(halved.shrunk).toEqual([3, 2])
  for (const [index, loss] of halved.losses.entries()) expect(loss).toBeCloseTo(whole.losses[index] ?? 0, 4)
  expect(distance(halved.weights, whole.weights)).toBeLessThan(1e-4)
})

test('one image that does not fit ends the training', () => {
  expect(() => trained(within(0))).toThrow(expect.objectContaining({ code: 'out_of_memory' }))
})
