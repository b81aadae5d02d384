import { expect, test } from 'vitest'
import { images, uniform } from '../fixtures/fixture.ts'
import { type Inference, openInference } from './inference.ts'
import { toInt8 } from './to-int8.ts'
import { toOnnx } from './to-onnx.ts'
import { readBaseWeights, withHead } from './weights.ts'

const SIZE = 64
const COUNT = 6
const weights = withHead(readBaseWeights(), uniform('fc.weight', 3 * 512, 0.1), uniform('fc.bias', 3, 0.1))
const input = Float32Array.from(images('int8', COUNT, SIZE), (pixel) => (pixel / 255 - 0.45) / 0.225)
const each = input.length / COUNT
async function* inputs() {
  for (let at = 0; at < input.length; at += each) yield input.slice(at, at + each)
}

/** |a - b| / |b| */
function distance(a: Float32Array, b: Float32Array): number {
  const norm = (values: Float32Array) => Math.hypot(...values)
  return norm(a.map((value, index) => value - b[index]!)) / norm(b)
}

async function withBoth(
  work: (float32: Inference, int8: Inference) => Promise<void>,
  given = weights,
): Promise<void> {
  const files = [toOnnx('resnet18', given), await toInt8('resnet18', given, inputs(), SIZE)]
  const [float32, int8] = await Promise.all(files.map((file) => openInference(file)))
  await work(float32!, int8!)
  await Promise.all([float32, int8].map((inference) => inference!.close()))
}

test('in eight bits the network gives nearly the same outputs, and a quarter of the bytes holds it', async () => {
  await withBoth(async (float32, int8) => {
    const outputs = ['logits', 'features', 'feature_map'] as const
    const [exact, near] = [await float32.run(input, SIZE, outputs), await int8.run(input, SIZE, outputs)]
    for (const name of outputs) {
      expect(near[name]).toHaveLength(exact[name].length)
      expect(distance(near[name], exact[name]), name).toBeLessThan(0.15)
      expect(distance(near[name], exact[name]), name).toBeGreaterThan(0)
    }
  })
  const bytes = (await toInt8('resnet18', weights, inputs(), SIZE)).length
  expect(bytes).toBeLessThan(0.27 * toOnnx('resnet18', weights).length)
})

test('an image has the same logits alone as in a batch, bit for bit: they are sums of whole numbers', async () => {
  await withBoth(async (_, int8) => {
    const { feature_map: together } = await int8.run(input, SIZE, ['feature_map'])
    const { feature_map: alone } = await int8.run(input.slice(0, each), SIZE, ['feature_map'])
    expect(
      Buffer.compare(Buffer.from(together.slice(0, alone.length).buffer), Buffer.from(alone.buffer)),
    ).toBe(0)
  })
})

test('a channel whose weights are all zero keeps its bias', async () => {
  const dead = new Map(weights)
  const { shape, data } = weights.get('layer4.1.conv2.weight')!
  dead.set('layer4.1.conv2.weight', {
    shape,
    data: data.map((value, index) => (index < 512 * 9 ? 0 : value)),
  })
  const bias = weights.get('layer4.1.bn2.bias')!
  dead.set('layer4.1.bn2.bias', { ...bias, data: bias.data.map((value, index) => (index === 0 ? 7 : value)) })
  await withBoth(async (float32, int8) => {
    const [exact, near] = [
      await float32.run(input, SIZE, ['features']),
      await int8.run(input, SIZE, ['features']),
    ]
    expect(exact.features[0]).toBeGreaterThan(1)
    expect(Math.abs(near.features[0]! - exact.features[0]!)).toBeLessThan(0.5)
  }, dead)
})
