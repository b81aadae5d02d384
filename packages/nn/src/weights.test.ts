import { describe, expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { resnet } from './resnet.ts'
import { randomWeights, readBaseWeights, type Weight, withHead, withNewHead } from './weights.ts'

function deviation({ data }: Weight): number {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)
}

describe('the base weights', () => {
  test('are ResNet-18 without a head, by name and shape', () => {
    const base = readBaseWeights()
    const network = resnet('resnet18', 2, { batchNorm: 'live' })
    const shapes = [...network.parameters].filter(([name]) => !name.startsWith('fc.'))
    expect(Object.fromEntries([...base].map(([name, { shape }]) => [name, shape]))).toEqual(
      Object.fromEntries(shapes.map(([name, { shape }]) => [name, shape])),
    )
  })
})

describe('withNewHead', () => {
  const base = readBaseWeights()
  const weights = withNewHead(base, 3, createRandom(1))
  const weight = weights.get('fc.weight')!
  const bias = weights.get('fc.bias')!

  test('adds a head of the shape that the classes ask for and keeps the trunk', () => {
    expect([weight.shape, bias.shape]).toEqual([[3, 512], [3]])
    expect(weights.get('conv1.weight')).toBe(base.get('conv1.weight'))
    expect(base.has('fc.weight')).toBe(false)
  })

  test('fills the xavier-uniform interval and does not leave it', () => {
    const bound = Math.sqrt(6 / (512 + 3))
    expect(Math.max(...weight.data)).toBeLessThanOrEqual(bound)
    expect(Math.min(...weight.data)).toBeGreaterThanOrEqual(-bound)
    expect(deviation(weight) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1)
  })

  test('keeps the bias within 1 / sqrt(512)', () => {
    const { data } = withNewHead(base, 1000, createRandom(1)).get('fc.bias')!
    const largest = Math.max(...data.map(Math.abs))
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(512))
    expect(largest).toBeGreaterThan(0.9 / Math.sqrt(512))
  })

  test('gives the same head for the same seed, another for another', () => {
    expect(withNewHead(base, 3, createRandom(1)).get('fc.weight')).toEqual(weight)
    expect(withNewHead(base, 3, createRandom(2)).get('fc.weight')).not.toEqual(weight)
  })
})

test('withHead puts a head in the place of another', () => {
  const weights = withHead(
    randomWeights('resnet18', 7, createRandom(1)),
    new Float32Array(1024),
    new Float32Array(2),
  )
  expect(weights.get('fc.weight')).toEqual({ shape: [2, 512], data: new Float32Array(1024) })
  expect(weights.get('fc.bias')).toEqual({ shape: [2], data: new Float32Array(2) })
})

describe('randomWeights', () => {
  const weights = randomWeights('resnet34', 5, createRandom(1))

  test('gives convolutions the variance 2 / fan_out', () => {
    expect(deviation(weights.get('layer2.0.conv1.weight')!) / Math.sqrt(2 / (128 * 9))).toBeCloseTo(1, 1)
    expect(deviation(weights.get('conv1.weight')!) / Math.sqrt(2 / (64 * 49))).toBeCloseTo(1, 1)
  })

  test('starts batch norm as the identity', () => {
    const values = ['weight', 'bias', 'running_mean', 'running_var'].map((name) => [
      ...new Set(weights.get(`layer4.2.bn2.${name}`)!.data),
    ])
    expect(values).toEqual([[1], [0], [0], [1]])
  })

  test('has every parameter of the network', () => {
    const { parameters } = resnet('resnet34', 5, { batchNorm: 'live' })
    expect([...weights.keys()]).toEqual([...parameters.keys()])
  })
})
