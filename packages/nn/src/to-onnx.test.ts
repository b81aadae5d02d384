import { isGraftError } from '@graft/core/errors'
import { IMAGENET_MEAN, IMAGENET_STD } from '@graft/core/preprocessing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { images, readFixture, uniform } from '../fixtures/fixture.ts'
import { type Inference, openInference } from './inference.ts'
import { createRandom } from './random.ts'
import { toOnnx } from './to-onnx.ts'
import { randomWeights, readBaseWeights, withHead } from './weights.ts'

const SIZE = 224
const expected = readFixture<{ logits: number[]; features: number[] }>('forward.json')

/** Pixels NHWC -> the network's input NCHW. */
function normalise(pixels: Uint8Array, size: number): Float32Array {
  const plane = size * size
  return Float32Array.from({ length: pixels.length }, (_, index) => {
    const channel = Math.floor(index / plane) % 3
    const pixel = Math.floor(index / (3 * plane)) * plane + (index % plane)
    return (pixels[pixel * 3 + channel]! / 255 - IMAGENET_MEAN[channel]!) / IMAGENET_STD[channel]!
  })
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0)

describe('ResNet-18 with the base weights', () => {
  const head = [uniform('fc.weight', 3 * 512, 0.1), uniform('fc.bias', 3, 0.1)] as const
  const input = normalise(images('images', 2, SIZE), SIZE)
  let inference: Inference
  beforeAll(async () => {
    inference = await openInference(toOnnx('resnet18', withHead(readBaseWeights(), ...head)))
  })
  afterAll(() => inference.close())

  test("gives PyTorch's logits and features", async () => {
    const { logits, features } = await inference.run(input, SIZE, ['logits', 'features'])
    expect(logits).toHaveLength(2 * 3)
    expect(features).toHaveLength(2 * 512)
    expect(distance(logits, expected.logits)).toBeLessThan(1e-4)
    expect(distance(features, expected.features)).toBeLessThan(1e-4)
  })

  test('gives a feature map whose mean over the places is the features', async () => {
    const { feature_map, features } = await inference.run(input, SIZE, ['feature_map', 'features'])
    expect(feature_map).toHaveLength(2 * 512 * 49)
    const means = features.map(
      (_, index) =>
        feature_map.subarray(index * 49, (index + 1) * 49).reduce((sum, value) => sum + value, 0) / 49,
    )
    expect(distance(means, features)).toBeLessThan(1e-4)
  })

  test('gives an image the same logits alone as in a batch', async () => {
    const { logits } = await inference.run(input.slice(input.length / 2), SIZE, ['logits'])
    expect(distance(logits, expected.logits.slice(3))).toBeLessThan(1e-4)
  })

  test('reads another image size', async () => {
    const { logits } = await inference.run(normalise(images('small', 1, 96), 96), 96, ['logits'])
    expect(logits).toHaveLength(3)
  })
})

test('exports ResNet-34', async () => {
  const inference = await openInference(toOnnx('resnet34', randomWeights('resnet34', 5, createRandom(1))))
  const { logits } = await inference.run(normalise(images('small', 1, 64), 64), 64, ['logits'])
  expect([...logits].every(Number.isFinite) && logits.length).toBe(5)
  await inference.close()
})

describe('toOnnx refuses weights', () => {
  const codeOf = (action: () => unknown) => {
    try {
      action()
      return undefined
    } catch (error) {
      return isGraftError(error) ? error.code : error
    }
  }

  test('without a head', () => {
    expect(codeOf(() => toOnnx('resnet18', readBaseWeights()))).toBe('weights_invalid')
  })

  test('of another architecture', () => {
    const weights = withHead(readBaseWeights(), new Float32Array(1024), new Float32Array(2))
    expect(codeOf(() => toOnnx('resnet34', weights))).toBe('weights_invalid')
  })

  test('with a parameter of another shape', () => {
    const weights = withHead(readBaseWeights(), new Float32Array(1024), new Float32Array(2))
    weights.set('layer1.0.conv1.weight', { shape: [64, 64, 1, 1], data: new Float32Array(4096) })
    expect(codeOf(() => toOnnx('resnet18', weights))).toBe('weights_invalid')
  })
})
