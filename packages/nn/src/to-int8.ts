// Lowers the network to ONNX in eight bits: the float graph with its weights and activations rounded to steps. A runtime
// computes an operator in integers where it finds a DequantizeLinear before and a QuantizeLinear behind it.
import { openInference } from './inference.ts'
import { encodeOnnx, type OnnxModel, type OnnxNode, type OnnxTensor } from './onnx-proto.ts'
import type { ArchitectureName } from './resnet.ts'
import { lower, OPSET } from './to-onnx.ts'
import type { Weights } from './weights.ts'

/** Steps of an unsigned activation and of a signed weight. */
const ACTIVATION_STEPS = 255
const WEIGHT_STEPS = 127
/** A bias is an int32 of the product of two scales: half of its range is left to the sum that it is added to. */
const LARGEST_BIAS = 2 ** 30

/** The inputs of these operators are stored in eight bits; a sum that only a Relu reads stays inside its operator. */
const READERS: Record<string, number> = { Conv: 1, MaxPool: 1, Add: 2, GlobalAveragePool: 1 }

/**
 * Activations of unsigned eight bits, convolutions' weights of signed eight bits with a scale for each output channel;
 * the head stays float32. Inputs and outputs are those of `toOnnx`. Source: Jacob et al., Quantization and training of
 * neural networks for efficient integer-arithmetic-only inference, arXiv 1712.05877.
 *
 * @param inputs [3, size, size] each, normalised: their activations' ranges are what the steps cover
 * @throws GraftError `weights_invalid`, and what the inputs throw
 */
export async function toInt8(
  architecture: ArchitectureName,
  weights: Weights,
  inputs: AsyncIterable<Float32Array>,
  size: number,
): Promise<Uint8Array> {
  const model = lower(architecture, weights)
  const inference = await openInference(encodeOnnx(observed(model), OPSET))
  try {
    let widest: Float32Array | undefined
    for await (const input of inputs) {
      const { ranges } = await inference.run(input, size, ['ranges'])
      widest = widest === undefined ? ranges : union(widest, ranges)
    }
    if (widest === undefined) throw new Error('there is no image to measure ranges of')
    return encodeOnnx(rounded(model, widest), OPSET)
  } finally {
    await inference.close()
  }
}

/** The activations that are rounded, in the order of the graph. */
function roundedValues({ nodes }: OnnxModel): string[] {
  return [...new Set(nodes.flatMap(({ type, inputs }) => inputs.slice(0, READERS[type] ?? 0)))]
}

/**
 * The same network with one more output, `ranges` [2 K, 1, 1, 1]: the least and the largest number of each of the K
 * activations that are rounded, over the batch.
 */
function observed(model: OnnxModel): OnnxModel {
  const values = roundedValues(model)
  const extremes = values.flatMap((value): OnnxNode[] => [
    { type: 'ReduceMin', inputs: [value], output: `${value}_least` },
    { type: 'ReduceMax', inputs: [value], output: `${value}_largest` },
  ])
  const inputs = extremes.map(({ output }) => output)
  const concat: OnnxNode = { type: 'Concat', inputs, output: 'ranges', attributes: { axis: 0 } }
  return {
    ...model,
    nodes: [...model.nodes, ...extremes, concat],
    outputs: [...model.outputs, { name: 'ranges', shape: [inputs.length, 1, 1, 1] }],
  }
}

function union(one: Float32Array, other: Float32Array): Float32Array {
  return one.map((value, index) => (index % 2 === 0 ? Math.min : Math.max)(value, other[index] ?? value))
}

/** @param ranges what the observed network has told, [2 K] */
function rounded(model: OnnxModel, ranges: Float32Array): OnnxModel {
  const steps = new Map(
    roundedValues(model).map((value, index) => {
      // Zero must be one of the steps: padding is, and what a Relu has cut.
      const [least, largest] = [Math.min(ranges[2 * index] ?? 0, 0), Math.max(ranges[2 * index + 1] ?? 0, 0)]
      const scale = Math.fround((largest - least) / ACTIVATION_STEPS) || 1
      return [value, { scale, zero: Math.round(-least / scale) }]
    }),
  )
  // The largest of some numbers is one of them: it has their steps.
  for (const { type, inputs, output } of model.nodes) {
    const step = steps.get(inputs[0] ?? '')
    if (type === 'MaxPool' && step) steps.set(output, step)
  }
  const given = new Set(model.inputs.map(({ name }) => name))
  const weights = new Map(model.tensors.map((tensor) => [tensor.name, tensor]))
  const nodes: OnnxNode[] = []
  const tensors: OnnxTensor[] = []
  const store = (tensor: OnnxTensor): string => {
    tensors.push(tensor)
    return tensor.name
  }

  /** What stands for the value where it is read: an output keeps its name, the network's input cannot. */
  const nameOf = (value: string) => (given.has(value) && steps.has(value) ? `${value}_rounded` : value)
  /** From `exact` to `value`, by way of the nearest step. */
  const round = (exact: string, value: string, { scale, zero }: { scale: number; zero: number }) => {
    const by = [
      store({ name: `${value}_scale`, shape: [], data: Float32Array.of(scale) }),
      store({ name: `${value}_zero`, shape: [], data: Uint8Array.of(zero) }),
    ]
    nodes.push({ type: 'QuantizeLinear', inputs: [exact, ...by], output: `${value}_steps` })
    nodes.push({ type: 'DequantizeLinear', inputs: [`${value}_steps`, ...by], output: value })
  }
  /** A tensor of whole numbers by channels, whose products with the scales it stands for. */
  const channels = (
    name: string,
    shape: readonly number[],
    data: Int8Array | Int32Array,
    scales: Float32Array,
  ) => {
    const zeros = data instanceof Int8Array ? new Int8Array(scales.length) : new Int32Array(scales.length)
    const inputs = [
      store({ name: `${name}_steps`, shape, data }),
      store({ name: `${name}_scale`, shape: [scales.length], data: scales }),
      store({ name: `${name}_zero`, shape: [scales.length], data: zeros }),
    ]
    nodes.push({ type: 'DequantizeLinear', inputs, output: name, attributes: { axis: 0 } })
    return name
  }
  const convolution = (node: OnnxNode): string[] => {
    const [input = '', weightName = '', biasName = ''] = node.inputs
    const [weight, bias] = [weights.get(weightName), weights.get(biasName)]
    const step = steps.get(input)
    if (!weight || !bias || !step) throw new Error(`${node.output} is no convolution with weight and bias`)
    const scales = scalesOf(weight, bias, step.scale)
    const each = weight.data.length / scales.length
    const biasScales = scales.map((scale) => scale * step.scale)
    const whole = (data: OnnxTensor['data'], scaleAt: (index: number) => number) =>
      Array.from(data, (value, index) => Math.round(value / scaleAt(index)))
    const weightSteps = Int8Array.from(whole(weight.data, (index) => scales[Math.floor(index / each)] ?? 1))
    const biasSteps = Int32Array.from(whole(bias.data, (index) => biasScales[index] ?? 1))
    return [
      nameOf(input),
      channels(weightName, weight.shape, weightSteps, scales),
      channels(biasName, bias.shape, biasSteps, biasScales),
    ]
  }

  for (const { name } of model.inputs) {
    const step = steps.get(name)
    if (step) round(name, nameOf(name), step)
  }
  for (const node of model.nodes) {
    const inputs = node.type === 'Conv' ? convolution(node) : node.inputs.map(nameOf)
    const step = steps.get(node.output)
    nodes.push({ ...node, inputs, output: step ? `${node.output}_exact` : node.output })
    if (step) round(`${node.output}_exact`, node.output, step)
    for (const input of node.type === 'Gemm' ? node.inputs : []) {
      const tensor = weights.get(input)
      if (tensor) store(tensor)
    }
  }
  return { ...model, nodes, tensors }
}

/** Of each output channel's weights, such that its bias fits too. */
function scalesOf({ data }: OnnxTensor, { data: bias }: OnnxTensor, inputScale: number): Float32Array {
  const each = data.length / bias.length
  return Float32Array.from(bias, (offset, channel) => {
    let largest = 0
    for (const value of data.subarray(channel * each, (channel + 1) * each)) {
      largest = Math.max(largest, Math.abs(value))
    }
    return Math.max(largest / WEIGHT_STEPS, Math.abs(offset) / (inputScale * LARGEST_BIAS)) || 1
  })
}
