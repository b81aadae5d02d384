// The weights of a ResNet out of its ONNX file, found by following its wiring: names do not matter, and nothing is run.
//
// Exporters fold batch norm into the convolutions. What was folded comes back as a batch norm that changes nothing but
// adds the bias.
import { BATCH_NORM_EPSILON } from './graph.ts'
import type { OnnxNode } from './onnx-proto.ts'
import { invalidOnnx, type OnnxGraph, readOnnx } from './read-onnx.ts'
import { ARCHITECTURES, blocksOf } from './resnet.ts'
import type { Weight, Weights } from './weights.ts'

/**
 * Of what `toOnnx` writes, and of a torchvision ResNet with basic blocks as PyTorch exports it.
 *
 * @throws GraftError `weights_invalid` for any other network
 */
export function fromOnnx(bytes: Uint8Array): Weights {
  const graph = readOnnx(bytes)
  const convolutions = graph.nodes.filter(({ type }) => type === 'Conv').length
  const architecture = ARCHITECTURES.find((name) => convolutions === convolutionsOf(blocksOf(name)))
  if (architecture === undefined) throw invalidOnnx(`it has ${convolutions} convolutions`)
  return follow(graph, blocksOf(architecture))
}

/** The stem's, two in each block, and one in the shortcut of each stage but the first. */
function convolutionsOf(blocks: readonly number[]): number {
  return 1 + 2 * blocks.reduce((sum, count) => sum + count, 0) + blocks.length - 1
}

function follow({ nodes, tensors, inputs }: OnnxGraph, blocks: readonly number[]): Weights {
  const weights: Weights = new Map()
  const readers = new Map<string, OnnxNode[]>()
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const known = readers.get(input)
      if (known === undefined) readers.set(input, [node])
      else known.push(node)
    }
  }
  /** The one node of a type that reads x, where there is one. */
  const find = (x: string, type: string, test: (node: OnnxNode) => boolean = () => true) => {
    const found = (readers.get(x) ?? []).filter((node) => node.type === type && test(node))
    return found.length === 1 ? found[0] : undefined
  }
  const next = (x: string, type: string, test?: (node: OnnxNode) => boolean): OnnxNode => {
    const node = find(x, type, test)
    if (node !== undefined) return node
    throw invalidOnnx(`after ${JSON.stringify(x)} comes no ${type}`)
  }
  const tensor = (name: string | undefined): Weight => {
    const weight = tensors.get(name ?? '')
    if (weight !== undefined) return weight
    throw invalidOnnx(`there is no tensor ${JSON.stringify(name ?? '')}`)
  }
  const kernelOf = ({ inputs: [, name] }: OnnxNode) => tensor(name).shape[3]

  /** A convolution of x and its batch norm, by their torchvision names. Answers what they make. */
  const normalised = (x: string, names: [conv: string, norm: string], kernel: number, stride: number) => {
    const node = next(x, 'Conv', (other) => kernelOf(other) === kernel)
    requireWindow(node, kernel, stride, (kernel - 1) / 2)
    const [, name, biasName] = node.inputs
    const weight = tensor(name)
    weights.set(`${names[0]}.weight`, weight)
    const channels = weight.shape[0] ?? 0
    const bias = biasName === undefined ? new Float32Array(channels) : tensor(biasName).data
    const fill = (value: number) => new Float32Array(channels).fill(value)
    const set = (key: string, data: Float32Array) =>
      weights.set(`${names[1]}.${key}`, { shape: [channels], data })
    const norm = find(node.output, 'BatchNormalization')
    if (norm === undefined) {
      for (const [key, data] of [
        ['weight', fill(1)],
        ['bias', bias],
        ['running_mean', fill(0)],
        ['running_var', fill(1 - BATCH_NORM_EPSILON)],
      ] as const)
        set(key, data)
      return node.output
    }
    const epsilon = norm.attributes?.epsilon ?? BATCH_NORM_EPSILON
    if (Math.abs(Number(epsilon) - BATCH_NORM_EPSILON) > 1e-8) throw invalidOnnx(`an epsilon is ${epsilon}`)
    const [, scale, shift, mean, variance] = norm.inputs
    set('weight', tensor(scale).data)
    set('bias', tensor(shift).data)
    set(
      'running_mean',
      tensor(mean).data.map((value, index) => value - (bias[index] ?? 0)),
    )
    set('running_var', tensor(variance).data)
    return norm.output
  }
  const relu = (x: string) => next(x, 'Relu').output

  const block = (x: string, key: string, stride: number): string => {
    const inner = relu(normalised(x, [`${key}.conv1`, `${key}.bn1`], 3, stride))
    const main = normalised(inner, [`${key}.conv2`, `${key}.bn2`], 3, 1)
    const shortcut =
      stride === 1 ? x : normalised(x, [`${key}.downsample.0`, `${key}.downsample.1`], 1, stride)
    return relu(next(main, 'Add', ({ inputs: added }) => added.includes(shortcut)).output)
  }

  const [images, ...others] = inputs
  if (images === undefined || others.length > 0) throw invalidOnnx(`it has ${inputs.length} inputs`)
  let x = relu(normalised(images, ['conv1', 'bn1'], 7, 2))
  const pool = next(x, 'MaxPool')
  requireWindow(pool, 3, 2, 1)
  x = pool.output
  for (const [stage, count] of blocks.entries()) {
    for (let index = 0; index < count; index += 1) {
      x = block(x, `layer${stage + 1}.${index}`, stage > 0 && index === 0 ? 2 : 1)
    }
  }
  x = (find(x, 'GlobalAveragePool') ?? next(x, 'ReduceMean')).output
  x = (find(x, 'Flatten') ?? find(x, 'Reshape'))?.output ?? x
  const head = next(x, 'Gemm')
  const { transB = 0, alpha = 1, beta = 1 } = head.attributes ?? {}
  if (transB !== 1 || alpha !== 1 || beta !== 1) throw invalidOnnx('its head is no linear layer of PyTorch')
  weights.set('fc.weight', tensor(head.inputs[1]))
  weights.set('fc.bias', tensor(head.inputs[2]))
  return weights
}

function requireWindow(
  { type, attributes = {} }: OnnxNode,
  kernel: number,
  stride: number,
  pad: number,
): void {
  const { kernel_shape = [kernel, kernel], strides = [1, 1], pads = [0, 0, 0, 0] } = attributes
  const { dilations = [1, 1], group = 1, ceil_mode = 0 } = attributes
  const is = (value: unknown, expected: unknown) => String(value) === String(expected)
  const fits =
    is(kernel_shape, [kernel, kernel]) &&
    is(strides, [stride, stride]) &&
    is(pads, [pad, pad, pad, pad]) &&
    is(dilations, [1, 1]) &&
    is(group, 1) &&
    is(ceil_mode, 0)
  if (!fits) throw invalidOnnx(`a ${type} of ${kernel} x ${kernel} has strides, pads or groups of its own`)
}
