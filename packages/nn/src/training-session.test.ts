import { type ResolvedRecipe, resolveRecipe } from '@graft/core/recipes'
import { afterEach, expect, test } from 'vitest'
import { images as patches } from '../fixtures/fixture.ts'
import { createRandom } from './random.ts'
import { openTrainingSession, type TrainingSession, type TrainingSettings } from './training-session.ts'
import { readBaseWeights, type Weights, withNewHead } from './weights.ts'

const CLASSES = 3
const SIZE = 64
const RATE = 1e-3

const base = withNewHead(readBaseWeights(), CLASSES, createRandom(1))
const auto: ResolvedRecipe = { ...resolveRecipe('auto'), image_size: SIZE }
const live: ResolvedRecipe = { ...auto, batch_norm: 'live', freeze_until: 'none' }

const labels = Int32Array.of(0, 1, 2, 0, 1, 2)
const images = patches('images', labels.length, SIZE)
const IMAGE = SIZE * SIZE * 3

const sessions: TrainingSession[] = []
function open(resolved: ResolvedRecipe, settings: Partial<TrainingSettings> = {}): TrainingSession {
  const session = openTrainingSession({
    architecture: 'resnet18',
    classes: CLASSES,
    weights: base,
    resolved,
    ...settings,
  })
  sessions.push(session)
  return session
}

afterEach(() => {
  for (const session of sessions.splice(0)) session.close()
})

function changed(before: Weights, after: Weights): string[] {
  const names = [...before.keys()].filter((name) => !same(before.get(name)!.data, after.get(name)!.data))
  return names.sort()
}

function same(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  )
}

test('learns a tiny batch by heart', () => {
  const session = open({ ...live, label_smoothing: 0 })
  const results = Array.from({ length: 6 }, () => session.step(images, labels, RATE))
  expect(results[0]!.loss).toBeGreaterThan(1)
  expect(results.at(-1)!.loss).toBeLessThan(0.05)
  expect(results.at(-1)!.correct).toBe(labels.length)
})

test('the same start and the same batches give the same weights, bit for bit', () => {
  const [one, other] = [open(live), open(live)]
  const steps = (session: TrainingSession) => [0, 1].map(() => session.step(images, labels, RATE).loss)
  expect(steps(one)).toEqual(steps(other))
  expect(changed(one.weights(), other.weights())).toEqual([])
})

test('goes on bit for bit from the weights and the momentum of another session', () => {
  const unbroken = open(live)
  unbroken.step(images, labels, RATE)
  const [weights, momentum] = [unbroken.weights(), unbroken.momentum()]
  unbroken.step(images, labels, RATE)

  const resumed = open(live, { weights, momentum })
  resumed.step(images, labels, RATE)
  expect(changed(unbroken.weights(), resumed.weights())).toEqual([])

  const forgetful = open(live, { weights })
  forgetful.step(images, labels, RATE)
  expect(changed(unbroken.weights(), forgetful.weights())).toContain('layer1.0.conv1.weight')
})

test('a smaller batch runs too, and its loss is the mean of its images', () => {
  const session = open({ ...auto, label_smoothing: 0 })
  const whole = session.step(images, labels, 0).loss
  const parts = [4, 2].map((count, part) => {
    const first = part * 4
    const own = images.slice(first * IMAGE, (first + count) * IMAGE)
    return count * session.step(own, labels.slice(first, first + count), 0).loss
  })
  expect((parts[0]! + parts[1]!) / labels.length).toBeCloseTo(whole, 4)
})

test('weights come back as they went in, whatever the caller does with its arrays afterwards', () => {
  const own: Weights = new Map(
    [...base].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  )
  const session = open(live, { weights: own })
  for (const { data } of own.values()) data.fill(7)
  expect(changed(base, session.weights())).toEqual([])
})

test('sessions share nothing', () => {
  const [one, other] = [open(auto), open(auto)]
  one.step(images, labels, RATE)
  expect(changed(base, other.weights())).toEqual([])
})

test('frozen batch norm and frozen stages stay as they are; all else is trained', () => {
  const session = open(auto)
  session.step(images, labels, RATE)
  const trained = [...base.keys()].filter((name) =>
    /^(layer[234]\..*(conv.|downsample\.0)\.weight|fc\.)/.test(name),
  )
  expect(changed(base, session.weights())).toEqual(trained.sort())
  expect([...session.momentum().keys()].sort()).toEqual(trained.sort())
})

test('without momentum there is no momentum to keep', () => {
  expect(open({ ...auto, momentum: 0 }).momentum().size).toBe(0)
})

test.for([
  ['without a head', readBaseWeights()],
  ['with the head of other classes', withNewHead(base, CLASSES + 1, createRandom(1))],
] as const)('refuses weights %s', ([, weights]) => {
  expect(() => open(auto, { weights })).toThrow(
    expect.objectContaining({ code: 'weights_invalid', message: expect.stringContaining('fc.weight') }),
  )
})
