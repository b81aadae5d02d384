// Lowers a whole training step to one TensorFlow graph: uint8 images, labels and a rate in, loss and hits out.
//
// Weights are resource variables, which stay in the session (on a GPU, in its memory) between steps.
import { IMAGENET_MEAN, IMAGENET_STD } from '@graft/core/preprocessing'
import type { Node } from './graph.ts'
import type { Precision } from './precision.ts'
import type { Network } from './resnet.ts'
import { createTensorFlowGraph, FLOAT, type TensorFlowGraph } from './tensorflow-graph.ts'
import { lowerOperations, variableShape } from './tensorflow-operations.ts'
import { encodeSavedModel, type Shape } from './tensorflow-proto.ts'

export interface TrainingGraph {
  network: Network
  /** softmax_cross_entropy of the network's logits and the labels */
  loss: Node
  labels: Node
  /** The gradient of the loss by each trainable parameter. */
  gradients: ReadonlyMap<Node, Node>
}

/** Stochastic gradient descent as in PyTorch's `torch.optim.SGD`. */
export interface Optimiser {
  momentum: number
  nesterov: boolean
  weightDecay: number
  /** The factor on the learning rate of a parameter, by its torchvision name. */
  multiplier: (name: string) => number
}

export interface TrainingModel {
  savedModel: Uint8Array
  /** Every parameter by its torchvision name, with torchvision's shape. */
  parameters: ReadonlyMap<string, Shape>
  /** Those with a momentum buffer, whose variable is `momentumOf` their name. */
  momentum: ReadonlyMap<string, Shape>
}

/** Names of the graph's ends: feed and fetch by these. */
export const ENDS = {
  /** uint8 [N, size, size, 3] */
  images: 'images',
  /** int32 [N] */
  labels: 'labels',
  /** float32, the base learning rate */
  rate: 'rate',
  /** float32 [2]: the mean loss of the batch, and how many images it ranked right. Fetching it takes the step. */
  result: 'result',
  /** Fetching it sets every variable from its `value`. */
  initialised: 'initialised',
  value: (variable: string) => `value/${variable}`,
  variable: (variable: string) => `variable/${variable}`,
} as const

export const momentumOf = (parameter: string) => `momentum/${parameter}`

export function toTensorFlow(
  training: TrainingGraph,
  optimiser: Optimiser,
  precision: Precision = 'float32',
): TrainingModel {
  const { network, gradients } = training
  const graph = createTensorFlowGraph()

  const setters: string[] = []
  const declare = (name: string, shape: Shape) => {
    const handle = graph.variable(name, variableShape(shape))
    const value = graph.placeholder(ENDS.value(name), 'float32', variableShape(shape))
    // The copy matters: a fed tensor may be the caller's own memory, and a variable must not live there.
    setters.push(graph.assign(handle, graph.emit('DeepCopy', [value])))
    // One read serves the whole step, so every use sees the value from before the update.
    const read = graph.emit('ReadVariableOp', [handle], { dtype: { type: 'float32' } }, ENDS.variable(name))
    return { handle, read }
  }

  const values = new Map<Node, string>()
  const handles = new Map<Node, string>()
  for (const [name, parameter] of network.parameters) {
    const { handle, read } = declare(name, parameter.shape)
    handles.set(parameter, handle)
    values.set(parameter, read)
  }
  const labels = graph.placeholder(ENDS.labels, 'int32', training.labels.shape)
  values.set(training.labels, labels)
  const images = normalised(graph, graph.placeholder(ENDS.images, 'uint8', network.images.shape))
  values.set(network.images, graph.cast(images, 'float32', precision))
  const { updates, losses } = lowerOperations(graph, network.graph.nodes, values, handles, precision)

  // PyTorch's order: the weight decay is part of the gradient, and the rate comes after the momentum.
  const rate = graph.placeholder(ENDS.rate, 'float32', [])
  const momentum = new Map<string, Shape>()
  for (const [name, parameter] of network.parameters) {
    const gradient = values.get(gradients.get(parameter) ?? parameter)
    const [handle, value] = [handles.get(parameter), values.get(parameter)]
    if (!gradients.has(parameter) || gradient === undefined || handle === undefined || value === undefined)
      continue
    const decay = graph.emit('Mul', [value, graph.scalar(optimiser.weightDecay)])
    const descent = optimiser.weightDecay === 0 ? gradient : graph.emit('AddV2', [gradient, decay])
    const own = graph.emit('Mul', [rate, graph.scalar(optimiser.multiplier(name))])
    if (optimiser.momentum === 0) {
      updates.push(graph.emit('ResourceApplyGradientDescent', [handle, own, descent]))
      continue
    }
    momentum.set(name, parameter.shape)
    const buffer = declare(momentumOf(name), parameter.shape).handle
    const inputs = [handle, buffer, own, descent, graph.scalar(optimiser.momentum)]
    updates.push(
      graph.emit('ResourceApplyMomentum', inputs, { ...FLOAT, use_nesterov: { bool: optimiser.nesterov } }),
    )
  }

  // A run fetches tensors only, so the updates hang on the result as an order without data.
  const after = (tensor: string, operations: readonly string[], name: string) =>
    graph.emit('Identity', [tensor, ...operations.map((operation) => `^${operation}`)], FLOAT, name)
  const loss = graph.reduce('Mean', losses.get(training.loss)?.each ?? '', 0)
  const correct = hits(graph, values.get(network.logits) ?? '', labels)
  const result = graph.emit('Pack', [loss, correct], { ...FLOAT, N: { int: 2 }, axis: { int: 0 } })
  after(result, updates, ENDS.result)
  after(graph.scalar(0), setters, ENDS.initialised)

  const parameters = new Map([...network.parameters].map(([name, { shape }]) => [name, shape]))
  return { savedModel: encodeSavedModel(graph.nodes), parameters, momentum }
}

/** (x / 255 - mean) / std by channel: in the graph, so that a quarter of the bytes is fed. */
function normalised(graph: TensorFlowGraph, images: string): string {
  const channels = IMAGENET_STD.map((std, channel) => ({ std, mean: IMAGENET_MEAN[channel] ?? 0 }))
  const scale = Float32Array.from(channels, ({ std }) => 1 / (255 * std))
  const shift = Float32Array.from(channels, ({ std, mean }) => -mean / std)
  const scaled = graph.emit('Mul', [graph.cast(images, 'uint8', 'float32'), graph.constant(scale, [3])])
  return graph.emit('AddV2', [scaled, graph.constant(shift, [3])])
}

/** How many images have their label ranked first. */
function hits(graph: TensorFlowGraph, logits: string, labels: string): string {
  const first = graph.emit('ArgMax', [logits, graph.constant(Int32Array.of(1), [])], {
    ...FLOAT,
    Tidx: { type: 'int32' },
    output_type: { type: 'int32' },
  })
  const right = graph.emit('Equal', [first, labels], { T: { type: 'int32' } })
  return graph.reduce('Sum', graph.cast(right, 'bool', 'float32'), 0)
}
