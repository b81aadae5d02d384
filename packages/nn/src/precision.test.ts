import { PRECISIONS, type ResolvedRecipe, resolveRecipe } from '@graft/core/recipes'
import { expect, test } from 'vitest'
import { images as patches } from '../fixtures/fixture.ts'
import { hasBfloat16, measurePrecision, type Precision } from './precision.ts'
import { createRandom } from './random.ts'
import { openTrainingSession } from './training-session.ts'
import { readBaseWeights, type Weights, withNewHead } from './weights.ts'

const SIZE = 64
const random = createRandom(1)
// The base weights are stored in float16, so that one in eight lies halfway between two of bfloat16: the least step
// would move all of those, and the loss with them.
const weights: Weights = new Map(
  [...withNewHead(readBaseWeights(), 3, random)].map(([name, { shape, data }]) => [
    name,
    { shape, data: data.map((value) => value * (1 + 1e-3 * random.next())) },
  ]),
)
const labels = Int32Array.of(0, 1, 2, 0, 1, 2)
const images = patches('images', labels.length, SIZE)

interface Run {
  losses: number[]
  after: Weights
}

function train(resolved: ResolvedRecipe, precision: Precision, rate: number): Run {
  const session = openTrainingSession({ architecture: 'resnet18', classes: 3, weights, resolved, precision })
  try {
    const losses = [0, 1, 2].map(() => session.step(images, labels, rate).loss)
    return { losses, after: session.weights() }
  } finally {
    session.close()
  }
}

/** The L2 norm of the difference of all weights, without the running statistics. */
function distance(a: Weights, b: Weights): number {
  let sum = 0
  for (const [name, { data }] of a) {
    if (name.includes('running')) continue
    const other = b.get(name)!.data
    sum = data.reduce((squares, value, index) => squares + (value - other[index]!) ** 2, sum)
  }
  return Math.sqrt(sum)
}

const auto: ResolvedRecipe = { ...resolveRecipe('auto'), image_size: SIZE }
const live: ResolvedRecipe = { ...auto, batch_norm: 'live', freeze_until: 'none' }

// Live batch norm subtracts from a gradient most of what it is, so that more of it is rounding.
test.for([
  ['frozen', auto, 1e-4, 0.02, 0.1],
  ['live', live, 2e-5, 0.03, 0.5],
] as const)('bfloat16 learns as float32 does: %s batch norm', ([, resolved, rate, ofLoss, ofUpdate]) => {
  const [exact, short] = [train(resolved, 'float32', rate), train(resolved, 'bfloat16', rate)]
  expect(short.losses).not.toEqual(exact.losses)
  for (const [step, loss] of short.losses.entries()) {
    expect(Math.abs(loss / exact.losses[step]! - 1)).toBeLessThan(ofLoss)
  }
  for (const [name, { data }] of short.after) expect(data.every(Number.isFinite), name).toBe(true)
  // Kept in bfloat16, the weights would lose most of their updates.
  expect(distance(short.after, exact.after) / distance(exact.after, weights)).toBeLessThan(ofUpdate)
})

test('bfloat16 gives the same weights twice, bit for bit', () => {
  const [one, other] = [train(live, 'bfloat16', 1e-4), train(live, 'bfloat16', 1e-4)]
  expect(one.losses).toEqual(other.losses)
  expect(one.after).toEqual(other.after)
})

test('the measurement answers a precision and leaves the weights as they are', () => {
  const before = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]))
  expect(PRECISIONS).toContain(
    measurePrecision({ architecture: 'resnet18', classes: 3, weights, resolved: auto }),
  )
  expect(weights).toEqual(before)
})

test.for([
  ['flags\t\t: fpu vme avx512_bf16 arat', true],
  ['flags\t\t: fpu amx_bf16', true],
  ['flags\t\t: fpu avx512f avx512_bitalg', false],
  ['model name\t: avx512_bf16', false],
  ['', false],
] as const)('a processor of %j has bfloat16: %s', ([cpuinfo, has]) => {
  expect(hasBfloat16(cpuinfo)).toBe(has)
})
