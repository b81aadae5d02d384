// Lowers a whole training step to one TensorFlow graph: uint8 images, labels and a rate in, loss and hits out.
//
// Weights are resource variables, which stay in the session (on a GPU, in its memory) between steps.
import { IMAGENET_MEAN, IMAGENET_STD } from '@graft/core/preprocessing'
import type { Node } from './graph.ts'
import type { Precision } from './precision.ts'
import type { Network } from './resnet.ts'
import { createTensorFlowGraph, FLOAT, type TensorFlowGraph } from './tensorflow-graph.ts'
import { lowerOperations } from './tensorflow-operations.ts'
import { type Dtype, encodeSavedModel, type Shape } from './tensorflow-proto.ts'
import { toVariable, variableShape } from './variable-layout.ts'
import type { Weights } from './weights.ts'

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

export interface TrainingOptions {
  optimiser: Optimiser
  precision?: Precision
  /** One tower each: the batch is split over them, and their gradients are added. Of one, TensorFlow chooses. */
  devices?: readonly string[]
  /** Whether the images of a step are mixed in pairs: it is then fed their share. */
  mixes?: boolean
  /** Whether a step may come in several runs, whose gradients add up. */
  accumulates?: boolean
}

export interface TrainingModel {
  savedModel: Uint8Array
  /** What a step may change, by torchvision's names and shapes; all else is a constant of the graph. */
  variables: ReadonlyMap<string, Shape>
  /** Those with a momentum buffer, whose variable is `momentumOf` their name. */
  momentum: ReadonlyMap<string, Shape>
}

/** Names of the graph's ends: feed and fetch by these. */
export const ENDS = {
  /** uint8 [N, size, size, 3] */
  images: 'images',
  /** int32 [N]; where there are several devices, -1 for an image that counts for nothing */
  labels: 'labels',
  /** float32, how many images the whole step has */
  count: 'count',
  /** int32 [devices], how many of the N each takes, one at least; where there are several */
  shares: 'shares',
  /** float32, where images are mixed: the share of each; the rest is the one before it */
  mix: 'mix',
  /** float32, the base learning rate */
  rate: 'rate',
  /**
   * float32 [2]: the loss of these images over the step's count, and how many of them it ranked right. Fetching it
   * takes the step. Where steps accumulate: it sets the sum of the gradients to those of these images.
   */
  result: 'result',
  /** The same where steps accumulate; adds to the sum. */
  more: 'more',
  /** Where steps accumulate: fetching it takes the step, by the sum. */
  applied: 'applied',
  /** Fetching it sets every variable from its `value`. */
  initialised: 'initialised',
  value: (variable: string) => `value/${variable}`,
  variable: (variable: string) => `variable/${variable}`,
} as const

export const momentumOf = (parameter: string) => `momentum/${parameter}`

/** @param weights every parameter and running statistic */
export function toTensorFlow(
  training: TrainingGraph,
  weights: Weights,
  { optimiser, precision = 'float32', devices = [''], mixes = false, accumulates = false }: TrainingOptions,
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
    return { handle, read: graph.read(handle, ENDS.variable(name)) }
  }

  // What never changes is a constant, so TensorFlow folds frozen batch norm into frozen convolutions when it loads the
  // graph, and lays their weights out for its kernels once.
  const changing = changedBy(training)
  const values = new Map<Node, string>()
  const handles = new Map<Node, string>()
  const variables = new Map<string, Shape>()
  for (const [name, parameter] of network.parameters) {
    const weight = weights.get(name)
    if (changing.has(parameter)) {
      const { handle, read } = declare(name, parameter.shape)
      handles.set(parameter, handle)
      values.set(parameter, read)
      variables.set(name, parameter.shape)
    } else if (weight !== undefined) {
      values.set(parameter, graph.constant(toVariable(weight), variableShape(weight.shape)))
    }
  }

  const images = graph.placeholder(ENDS.images, 'uint8', network.images.shape)
  const labels = graph.placeholder(ENDS.labels, 'int32', training.labels.shape)
  const count = graph.placeholder(ENDS.count, 'float32', [])
  const mix = mixes ? graph.placeholder(ENDS.mix, 'float32', []) : undefined
  const parts = shared(graph, images, labels, devices.length)
  const towers = parts.map((part, index) =>
    graph.on(devices[index] ?? '', () => {
      const own = new Map(values)
      own.set(training.labels, part.labels)
      const normal = normalised(graph, part.images)
      const seen = mix === undefined ? normal : graph.mixed(normal, mix)
      own.set(network.images, graph.cast(seen, 'float32', precision))
      const { statistics, losses } = lowerOperations(graph, network.graph.nodes, own, {
        precision,
        count,
        mix,
        withGaps: devices.length > 1,
      })
      const loss = graph.reduce('Sum', losses.get(training.loss)?.each ?? '', 0)
      const correct = hits(graph, own.get(network.logits) ?? '', part.labels)
      return { values: own, statistics, loss, correct }
    }),
  )
  const total = (of: (tower: (typeof towers)[number]) => string) => graph.sum(towers.map(of))
  const sums = new Map(
    [...gradients].map(([parameter, gradient]) => [
      parameter,
      total((tower) => tower.values.get(gradient) ?? ''),
    ]),
  )

  // Nothing is changed before everything is computed, so that a step which runs out of memory has not been taken.
  const computed = graph.barrier([...sums.values(), ...(towers[0]?.statistics.values() ?? [])])
  // Running statistics are those of the first tower's images, as in PyTorch's DataParallel.
  const moved = [...(towers[0]?.statistics ?? [])].map(([running, value]) =>
    graph.assign(handles.get(running) ?? '', value, computed),
  )

  // PyTorch's order: the weight decay is part of the gradient, and the rate comes after the momentum.
  const rate = graph.placeholder(ENDS.rate, 'float32', [])
  const momentum = new Map<string, Shape>()
  const updates: string[] = []
  const kept: string[] = []
  const added: string[] = []
  for (const [name, parameter] of network.parameters) {
    const sum = sums.get(parameter)
    const [handle, value] = [handles.get(parameter), values.get(parameter)]
    if (sum === undefined || handle === undefined || value === undefined) continue
    let gradient = sum
    if (accumulates) {
      const accumulator = graph.variable(`gradient/${name}`, variableShape(parameter.shape))
      kept.push(graph.assign(accumulator, sum, computed))
      added.push(graph.assignAdd(accumulator, sum, computed))
      gradient = graph.read(accumulator)
    }
    const decay = graph.emit('Mul', [value, graph.scalar(optimiser.weightDecay)])
    const descent = optimiser.weightDecay === 0 ? gradient : graph.emit('AddV2', [gradient, decay])
    const own = graph.emit('Mul', [rate, graph.scalar(optimiser.multiplier(name))])
    const order = accumulates ? [] : [`^${computed}`]
    if (optimiser.momentum === 0) {
      updates.push(graph.emit('ResourceApplyGradientDescent', [handle, own, descent, ...order]))
      continue
    }
    momentum.set(name, parameter.shape)
    const buffer = declare(momentumOf(name), parameter.shape).handle
    const inputs = [handle, buffer, own, descent, graph.scalar(optimiser.momentum), ...order]
    updates.push(
      graph.emit('ResourceApplyMomentum', inputs, { ...FLOAT, use_nesterov: { bool: optimiser.nesterov } }),
    )
  }

  // A run fetches tensors only, so the updates hang on the result as an order without data.
  const after = (tensor: string, operations: readonly string[], name: string) =>
    graph.emit('Identity', [tensor, ...operations.map((operation) => `^${operation}`)], FLOAT, name)
  const loss = graph.emit('RealDiv', [total((tower) => tower.loss), count])
  const correct = total((tower) => tower.correct)
  const result = graph.emit('Pack', [loss, correct], { ...FLOAT, N: { int: 2 }, axis: { int: 0 } })
  if (accumulates) {
    after(result, [...moved, ...kept], ENDS.result)
    after(result, [...moved, ...added], ENDS.more)
    after(graph.scalar(0), updates, ENDS.applied)
  } else {
    after(result, [...moved, ...updates], ENDS.result)
  }
  after(graph.scalar(0), setters, ENDS.initialised)
  return { savedModel: encodeSavedModel(graph.nodes), variables, momentum }
}

/** The parameters that are trained, and the running statistics that move. */
function changedBy({ network, gradients }: TrainingGraph): Set<Node> {
  const changing = new Set(gradients.keys())
  for (const { operation, inputs } of network.graph.nodes) {
    if (operation.op !== 'batch_norm' || operation.mode !== 'live') continue
    for (const running of inputs.slice(3)) changing.add(running)
  }
  return changing
}

/** The batch in as many parts as there are towers, each as large as it is fed. */
function shared(
  graph: TensorFlowGraph,
  images: string,
  labels: string,
  towers: number,
): { images: string; labels: string }[] {
  if (towers === 1) return [{ images, labels }]
  return graph.on('/device:CPU:0', () => {
    const shares = graph.placeholder(ENDS.shares, 'int32', [towers])
    const split = (x: string, type: Dtype) =>
      graph.emit('SplitV', [x, shares, graph.constant(Int32Array.of(0), [])], {
        T: { type },
        Tlen: { type: 'int32' },
        num_split: { int: towers },
      })
    const [ofImages, ofLabels] = [split(images, 'uint8'), split(labels, 'int32')]
    return Array.from({ length: towers }, (_, tower) => ({
      images: `${ofImages}:${tower}`,
      labels: `${ofLabels}:${tower}`,
    }))
  })
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
