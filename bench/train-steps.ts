// Our contender in train.ts: one training session in a process of its own, that takes steps when it is told to.
import { resolveRecipe } from '../packages/core/src/recipes.ts'
import type { Precision } from '../packages/nn/src/precision.ts'
import { createRandom } from '../packages/nn/src/random.ts'
import { openTrainingSession } from '../packages/nn/src/training-session.ts'
import { readBaseWeights, withNewHead } from '../packages/nn/src/weights.ts'

const [recipe, precision, batchSize] = process.argv.slice(2) as ['seed' | 'auto', Precision, string]
const CLASSES = 2
/** Nothing is to diverge: the time of a step does not depend on it. */
const RATE = 1e-6
const count = Number(batchSize)

const resolved = resolveRecipe(recipe, { batch_size: count })
const random = createRandom(1)
const session = openTrainingSession({
  architecture: 'resnet18',
  classes: CLASSES,
  weights: withNewHead(readBaseWeights(), CLASSES, random),
  resolved,
  precision,
})
const images = Uint8Array.from({ length: count * resolved.image_size ** 2 * 3 }, () => random.next() * 256)
const labels = Int32Array.from({ length: count }, (_, index) => index % CLASSES)

process.on('message', (steps: number) => {
  const started = performance.now()
  let loss = 0
  for (let step = 0; step < steps; step += 1) loss = session.step(images, labels, RATE).loss
  if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`)
  process.send?.((performance.now() - started) / 1000)
})
// TensorFlow's threads would keep the process.
process.on('disconnect', () => process.exit(0))
