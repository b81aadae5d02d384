import { describe, expect, test } from 'vitest'
import { openInference } from './inference.ts'
import { encodeOnnx, type OnnxNode, type OnnxTensor } from './onnx-proto.ts'
import { writePth } from './pth.ts'
import { createRandom } from './random.ts'
import { readOnnx } from './read-onnx.ts'
import { readWeights } from './read-weights.ts'
import { writeSafetensors } from './safetensors.ts'
import { toOnnx } from './to-onnx.ts'
import { randomWeights, readBaseWeights, type Weights, withNewHead } from './weights.ts'

const resnet18 = withNewHead(readBaseWeights(), 3, createRandom(1))

async function logitsOf(weights: Weights, architecture: 'resnet18' | 'resnet34' = 'resnet18') {
  const inference = await openInference(toOnnx(architecture, weights))
  const random = createRandom(2)
  const images = Float32Array.from({ length: 3 * 64 * 64 }, () => random.normal())
  const { logits } = await inference.run(images, 64, ['logits'])
  await inference.close()
  return Array.from(logits)
}

test.each([
  ['safetensors', writeSafetensors(resnet18)],
  ['pth', writePth(resnet18)],
])('%s: the weights come back bit for bit', async (_, bytes) => {
  const { architecture, classes, weights } = await readWeights(bytes)
  expect({ architecture, classes }).toEqual({ architecture: 'resnet18', classes: 3 })
  expect(weights.size).toBe(resnet18.size)
  for (const [name, { data }] of weights) expect(data, name).toEqual(resnet18.get(name)!.data)
})

test.each(['resnet18', 'resnet34'] as const)(
  'an exported %s comes back and answers the same',
  async (name) => {
    const original = name === 'resnet18' ? resnet18 : randomWeights(name, 2, createRandom(3))
    const { architecture, weights } = await readWeights(toOnnx(name, original))
    expect(architecture).toBe(name)
    const expected = await logitsOf(original, name)
    const answered = await logitsOf(weights, name)
    for (const [index, logit] of expected.entries()) expect(answered[index]).toBeCloseTo(logit, 3)
  },
)

/** As an exporter that folds nothing writes it: other names, and each batch norm a node of its own. */
function unfolded(weights: Weights): Uint8Array {
  const { nodes, tensors } = readOnnx(toOnnx('resnet18', weights))
  const names = new Map(nodes.map(({ output }, index) => [output, `/node_${index}`]))
  const named = (name: string) => names.get(name) ?? name
  const written: OnnxNode[] = []
  const stored: OnnxTensor[] = [...tensors].map(([name, weight]) => ({ name, ...weight }))
  for (const node of nodes) {
    const inputs = node.inputs.map(named)
    const output = named(node.output)
    if (node.type !== 'Conv') written.push({ ...node, inputs, output })
    else {
      const [x = '', weight = '', bias = ''] = inputs
      const channels = tensors.get(bias)!.data.length
      const fill = (value: number) => new Float32Array(channels).fill(value)
      // (conv - 0.25) / sqrt(4) * 2 + bias + 0.25
      const norm = {
        scale: fill(2),
        shift: tensors.get(bias)!.data.map((value) => value + 0.25),
        mean: fill(0.25),
        variance: fill(4 - 1e-5),
      }
      const parts = Object.entries(norm).map(([key, data]) => {
        stored.push({ name: `${output}_${key}`, shape: [channels], data })
        return `${output}_${key}`
      })
      written.push({ ...node, inputs: [x, weight], output: `${output}_conv` })
      written.push({ type: 'BatchNormalization', inputs: [`${output}_conv`, ...parts], output })
    }
  }
  const inputs = [{ name: 'images', shape: ['N', 3, 'H', 'W'] }]
  return encodeOnnx({ nodes: written, tensors: stored, inputs, outputs: [] }, 17)
}

test('an ONNX file whose batch norms are nodes answers the same', async () => {
  const { weights } = await readWeights(unfolded(resnet18))
  expect(weights.get('bn1.running_mean')?.data[0]).toBe(0.25)
  const answered = await logitsOf(weights)
  for (const [index, logit] of (await logitsOf(resnet18)).entries()) {
    expect(answered[index]).toBeCloseTo(logit, 3)
  }
})

describe('what is no network of ours is refused', () => {
  const changed = (change: (weights: Weights) => void) => {
    const weights = new Map(resnet18)
    change(weights)
    return writeSafetensors(weights)
  }
  const filled = (name: string, value: number) => {
    const { shape, data } = resnet18.get(name)!
    return { shape, data: data.map((old, index) => (index === 3 ? value : old)) }
  }
  const onnx = toOnnx('resnet18', resnet18)
  test.each([
    ['nothing', new Uint8Array()],
    ['noise', Uint8Array.from({ length: 4096 }, (_, index) => (index * 97) % 251)],
    ['half a file', onnx.subarray(0, onnx.length / 2)],
    ['half a zip', writePth(resnet18).subarray(0, 10_000)],
    ['a missing tensor', changed((weights) => weights.delete('layer3.1.bn2.weight'))],
    ['one too many', changed((weights) => weights.set('extra', { shape: [1], data: new Float32Array(1) }))],
    [
      'another shape',
      changed((weights) => weights.set('bn1.bias', { shape: [32], data: new Float32Array(32) })),
    ],
    ['no head', changed((weights) => weights.delete('fc.bias'))],
    ['a number that is none', changed((weights) => weights.set('conv1.weight', filled('conv1.weight', NaN)))],
    [
      'a negative variance',
      changed((weights) => weights.set('bn1.running_var', filled('bn1.running_var', -1))),
    ],
    ['a network without blocks', encodeOnnx({ nodes: [], tensors: [], inputs: [], outputs: [] }, 17)],
  ])('%s', async (_, bytes) => {
    await expect(readWeights(bytes)).rejects.toMatchObject({ code: 'weights_invalid' })
  })

  test('wiring of its own', async () => {
    const { nodes, tensors } = readOnnx(onnx)
    const encode = (own: OnnxNode[]) =>
      encodeOnnx(
        {
          nodes: own,
          tensors: [...tensors].map(([name, weight]) => ({ name, ...weight })),
          inputs: [{ name: 'images', shape: ['N', 3, 'H', 'W'] }],
          outputs: [],
        },
        17,
      )
    expect((await readWeights(encode(nodes))).classes).toBe(3)
    const spoil = (type: string, change: Partial<OnnxNode>) => {
      const at = nodes.findIndex((node) => node.type === type)
      return encode(nodes.map((node, index) => (index === at ? { ...node, ...change } : node)))
    }
    for (const bytes of [
      spoil('Relu', { type: 'Sigmoid' }),
      spoil('MaxPool', { attributes: { kernel_shape: [2, 2], strides: [2, 2] } }),
      spoil('Add', { inputs: ['images', 'images'] }),
      spoil('Gemm', { attributes: { transB: 0 } }),
    ]) {
      await expect(readWeights(bytes)).rejects.toMatchObject({ code: 'weights_invalid' })
    }
  })
})
