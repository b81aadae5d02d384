// A training step is PyTorch's: its loss, every updated weight and every running statistic (fixtures/make.py).
import { type RecipeName, type ResolvedRecipe, resolveRecipe } from '@graft/core/recipes'
import { beforeAll, describe, expect, test } from 'vitest'
import { images, labels, readFixture, SUMS, sketch, uniform } from '../fixtures/fixture.ts'
import { type ArchitectureName, resnet } from './resnet.ts'
import { openTrainingSession } from './training-session.ts'
import { readBaseWeights, type Weights, withHead } from './weights.ts'

const CLASSES = 3

/** What make.py trained, with which settings, and what came of it. */
interface Case {
  recipe: RecipeName
  settings: Partial<ResolvedRecipe>
  architecture: ArchitectureName
  weights: 'base' | 'noise'
  size: number
  steps: [batch: number, rate: number][]
  /** Where images are mixed: the share of each. */
  mix?: number
  losses: number[]
  /** Of each loss, how far PyTorch itself strays in that precision. */
  float32: number[]
  correct: number[]
  /** By the name of each tensor that changed; `float32` is how far PyTorch itself strays in that precision. */
  updates: Record<string, { norm: number; float32: number; sketch: number[] }>
}

const UNCHANGED = { norm: 0, float32: 0, sketch: new Array<number>(SUMS).fill(0) }

const cases = Object.entries(readFixture<Record<string, Case>>('steps.json'))

test.each(cases.filter(([name, { recipe }]) => name === recipe))(
  'the recipe %s is what make.py takes it for',
  (_, { recipe, settings }) => {
    expect(resolveRecipe(recipe)).toMatchObject(settings)
  },
)

describe.each(cases)('%s', (_, expected) => {
  let before: Weights
  let result: ReturnType<typeof train>
  beforeAll(() => {
    before = startWeights(expected)
    result = train(expected, before)
  })

  test('has the losses, and counts the same images as correct', () => {
    for (const [step, loss] of result.losses.entries()) {
      const theirs = Math.max(...expected.float32.slice(0, step + 1))
      const error = Math.abs(loss / expected.losses[step]! - 1)
      expect(error, `step ${step + 1}`).toBeLessThan(Math.max(1e-5, 4 * theirs))
    }
    expect(result.correct).toEqual(expected.correct)
  })

  test('changes the same tensors, each as PyTorch does', () => {
    const unlike: Record<string, { ofWeight: number; ofUpdate: number }> = {}
    for (const [name, { data }] of result.after) {
      const old = before.get(name)!.data
      const update = new Float64Array(data).map((value, index) => value - old[index]!)
      const theirs = expected.updates[name] ?? UNCHANGED
      const distance = l2(sketch(name, update).map((value, k) => value - theirs.sketch[k]!))
      const length = l2(data)
      // The update alone is judged too; a float32 weight holds it no more finely than to 1e-7 of itself.
      const ofUpdate = 5e-3 * theirs.norm + 4 * theirs.float32 + 1e-7 * length
      if (distance > Math.min(Math.max(1e-4 * length, 4 * theirs.float32), ofUpdate)) {
        unlike[name] = { ofWeight: distance / length, ofUpdate: distance / theirs.norm }
      }
    }
    expect(unlike).toEqual({})
    expect([...result.after.keys()]).toEqual(expect.arrayContaining(Object.keys(expected.updates)))
  })
})

function train({ recipe, settings, architecture, size, steps, mix }: Case, weights: Weights) {
  const resolved = { ...resolveRecipe(recipe), ...settings, image_size: size }
  const session = openTrainingSession({ architecture, weights, classes: CLASSES, resolved })
  try {
    const results = steps.map(([batch, rate], step) =>
      session.step(
        images(`images ${step}`, batch, size),
        labels(`labels ${step}`, batch, CLASSES),
        rate,
        mix,
      ),
    )
    return {
      losses: results.map(({ loss }) => loss),
      correct: results.map((result) => result.correct),
      after: session.weights(),
    }
  } finally {
    session.close()
  }
}

function startWeights({ architecture, weights }: Case): Weights {
  const head = [uniform('fc.weight', CLASSES * 512, 0.1), uniform('fc.bias', CLASSES, 0.1)] as const
  if (weights === 'base') return withHead(readBaseWeights(), ...head)
  const { parameters } = resnet(architecture, CLASSES, { batchNorm: 'live' })
  const made: Weights = new Map()
  for (const [name, { shape }] of parameters) {
    made.set(name, { shape: [...shape], data: initial(name, shape) })
  }
  return withHead(made, ...head)
}

/** `made` of make.py. */
function initial(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, side) => product * side, 1)
  const [out = 1, , kernel = 1] = shape
  if (shape.length === 4) return uniform(name, size, Math.sqrt(6 / (out * kernel * kernel)))
  const near = uniform(name, size, 0.25)
  return /weight$|running_var$/.test(name) ? near.map((value) => value + 1) : near
}

function l2(values: Float32Array | number[]): number {
  let sum = 0
  for (const value of values) sum += value * value
  return Math.sqrt(sum)
}
