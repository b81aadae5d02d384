// Lowers a whole training step to one TensorFlow graph: uint8 images, labels and a rate in, loss and hits out.
//
// Weights are resource variables, which stay in the session between steps. Convolution weights lie there as HWIO.
// Frozen batch norm is folded into the weights of its convolution inside the graph, so that it costs nothing at
// the size of the activations, forward or backward.
import { IMAGENET_MEAN, IMAGENET_STD } from '@graft/core/preprocessing'
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, inputOf, type Node, type Window } from './graph.ts'
import type { Network } from './resnet.ts'
import {
  type Attribute,
  type Dtype,
  encodeSavedModel,
  type Shape,
  type TensorFlowNode,
} from './tensorflow-proto.ts'

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

/** Names of the graph's ends: feed and fetch by these. */
export const ENDS = {
  images: 'images',
  labels: 'labels',
  rate: 'rate',
  /** float32 [2]: the mean loss of the batch, and how many images it ranked right. Fetching it takes the step. */
  result: 'result',
  /** Fetching it sets every variable from its `value` placeholder, and the momentum to zero. */
  initialised: 'initialised',
  value: (parameter: string) => `value/${parameter}`,
  variable: (parameter: string) => `read/${parameter}`,
} as const

/** The shape of a parameter's variable: convolutions HWIO, others as they are. */
export function variableShape(shape: Shape): Shape {
  const [out, inward, height, width] = shape
  if (shape.length !== 4) return shape
  return [height ?? 0, width ?? 0, inward ?? 0, out ?? 0]
}

const T: Record<string, Attribute> = { T: { type: 'float32' } }

/** The SavedModel's bytes. */
export function toTensorFlow(training: TrainingGraph, optimiser: Optimiser): Uint8Array {
  const nodes: TensorFlowNode[] = []
  const emit = (
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = T,
    name?: string,
  ) => {
    const unique = name ?? `${op}_${nodes.length}`
    nodes.push({ name: unique, op, inputs, attributes })
    return unique
  }
  const constant = (data: Float32Array | Int32Array, shape: Shape) => {
    const dtype: Dtype = data instanceof Float32Array ? 'float32' : 'int32'
    return emit('Const', [], { value: { tensor: { dtype, shape, data } }, dtype: { type: dtype } })
  }
  const scalar = (value: number) => constant(Float32Array.of(value), [])
  const integers = (...values: number[]) => constant(Int32Array.from(values), [values.length])
  const axes = (...values: number[]) => constant(Int32Array.from(values), [values.length])
  const placeholder = (name: string, dtype: Dtype, shape: Shape) =>
    emit('Placeholder', [], { dtype: { type: dtype }, shape: { shape } }, name)
  const variable = (name: string, shape: Shape) =>
    emit('VarHandleOp', [], {
      dtype: { type: 'float32' },
      shape: { shape },
      shared_name: { string: name },
      container: { string: '' },
    })
  const assign = (handle: string, value: string) =>
    emit('AssignVariableOp', [handle, value], { dtype: { type: 'float32' } })
  const shapeOf = (x: string) => emit('Shape', [x], { ...T, out_type: { type: 'int32' } })

  // Variables: one read of each serves the whole step, so every use sees the weight from before the update.
  const handles = new Map<Node, string>()
  const values = new Map<Node, string>()
  const setters: string[] = []
  for (const [name, parameter] of training.network.parameters) {
    const shape = variableShape(parameter.shape)
    const handle = variable(name, shape)
    handles.set(parameter, handle)
    values.set(
      parameter,
      emit('ReadVariableOp', [handle], { dtype: { type: 'float32' } }, ENDS.variable(name)),
    )
    // The copy matters: a fed tensor may be the caller's own memory, and a variable must not live there.
    setters.push(assign(handle, emit('DeepCopy', [placeholder(ENDS.value(name), 'float32', shape)])))
  }

  // Ends of the forward pass: (x / 255 - mean) / std in the graph, so that a quarter of the bytes is fed.
  const images = placeholder(ENDS.images, 'uint8', training.network.images.shape)
  const labels = placeholder(ENDS.labels, 'int32', training.labels.shape)
  const rate = placeholder(ENDS.rate, 'float32', [])
  const pixels = emit('Cast', [images], { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } })
  const scale = constant(
    Float32Array.from(IMAGENET_STD, (std) => 1 / (255 * std)),
    [3],
  )
  const shift = constant(
    Float32Array.from(IMAGENET_MEAN, (mean, channel) => -mean / (IMAGENET_STD[channel] ?? 1)),
    [3],
  )
  values.set(training.network.images, emit('AddV2', [emit('Mul', [pixels, scale]), shift]))
  values.set(training.labels, labels)
  const count = emit(
    'Cast',
    [emit('Size', [labels], { T: { type: 'int32' }, out_type: { type: 'int32' } })],
    {
      SrcT: { type: 'int32' },
      DstT: { type: 'float32' },
    },
  )

  const value = (node: Node): string => {
    const found = values.get(node)
    if (found === undefined) throw new Error(`${node.operation.op} ${node.id} is not lowered yet`)
    return found
  }

  // Frozen batch norm over a convolution: its scale goes into the weight, its shift becomes the bias.
  const folds = new Map<Node, { scale: string; shift: string; weight: string }>()
  for (const node of training.network.graph.nodes) {
    if (node.operation.op !== 'batch_norm' || node.operation.mode !== 'frozen') continue
    const convolution = inputOf(node, 0)
    const [weight = '', bias = '', mean = '', variance = ''] = node.inputs.slice(1).map(value)
    const deviation = emit('Rsqrt', [emit('AddV2', [variance, scalar(BATCH_NORM_EPSILON)])])
    const scale = emit('Mul', [weight, deviation])
    const shift = emit('Sub', [bias, emit('Mul', [mean, scale])])
    folds.set(convolution, { scale, shift, weight: emit('Mul', [value(inputOf(convolution, 1)), scale]) })
  }
  const filterOf = (convolution: Node) => folds.get(convolution)?.weight ?? value(inputOf(convolution, 1))
  const isFolded = (batchNorm: Node) => folds.has(inputOf(batchNorm, 0))

  // oneDNN has no explicit padding. Stride 1: SAME is PyTorch's padding. Else pad, then VALID: SAME would put the
  // odd row on the other side.
  const paddedInputs = new Map<string, string>()
  const padded = (x: Node, padding: number): string => {
    if (padding === 0) return value(x)
    const key = `${x.id} ${padding}`
    const margins = Int32Array.of(0, 0, padding, padding, padding, padding, 0, 0)
    const made =
      paddedInputs.get(key) ??
      emit('Pad', [value(x), constant(margins, [4, 2])], { ...T, Tpaddings: { type: 'int32' } })
    paddedInputs.set(key, made)
    return made
  }
  const cutBack = (x: Node, paddedGradient: string, padding: number): string => {
    if (padding === 0) return paddedGradient
    const begin = integers(0, padding, padding, 0)
    const size = integers(...x.shape)
    return emit('Slice', [paddedGradient, begin, size], { ...T, Index: { type: 'int32' } })
  }
  const windowed = ({ stride, padding }: Window) => {
    const same = stride === 1 && padding > 0
    return {
      margin: same ? 0 : padding,
      attributes: {
        ...T,
        strides: { ints: [1, stride, stride, 1] },
        padding: { string: same ? 'SAME' : 'VALID' },
      } satisfies Record<string, Attribute>,
    }
  }
  const pooling = ({ kernel, stride }: { kernel: number; stride: number }): Record<string, Attribute> => ({
    ...T,
    ksize: { ints: [1, kernel, kernel, 1] },
    strides: { ints: [1, stride, stride, 1] },
    padding: { string: 'VALID' },
  })
  const batchNormAttributes = (training: boolean): Record<string, Attribute> => ({
    ...T,
    U: { type: 'float32' },
    epsilon: { float: BATCH_NORM_EPSILON },
    is_training: { bool: training },
  })

  const updates: string[] = []
  const losses = new Map<Node, { each: string; gradient: string }>()

  const lower = (node: Node): string => {
    const { operation } = node
    const at = (index: number) => value(inputOf(node, index))
    switch (operation.op) {
      case 'input':
      case 'parameter':
        return value(node)
      case 'conv2d': {
        const { margin, attributes } = windowed(operation)
        return emit('Conv2D', [padded(inputOf(node, 0), margin), filterOf(node)], attributes)
      }
      case 'batch_norm': {
        const fold = folds.get(inputOf(node, 0))
        if (fold !== undefined) return emit('BiasAdd', [at(0), fold.shift])
        // An averaging factor of 1 gives the batch's own mean and unbiased variance, which PyTorch averages.
        const none = constant(new Float32Array(0), [0])
        const normalised = emit('FusedBatchNormV3', [at(0), at(1), at(2), none, none], {
          ...batchNormAttributes(true),
          exponential_avg_factor: { float: 1 },
        })
        for (const [index, output] of [
          [3, 1],
          [4, 2],
        ] as const) {
          const kept = emit('Mul', [at(index), scalar(1 - BATCH_NORM_MOMENTUM)])
          const added = emit('Mul', [`${normalised}:${output}`, scalar(BATCH_NORM_MOMENTUM)])
          updates.push(assign(handles.get(inputOf(node, index)) ?? '', emit('AddV2', [kept, added])))
        }
        return normalised
      }
      case 'relu':
        return emit('Relu', [at(0)])
      case 'max_pool':
        return emit('MaxPool', [padded(inputOf(node, 0), operation.padding)], pooling(operation))
      case 'add':
        return emit('AddV2', [at(0), at(1)])
      case 'global_avg_pool':
        return emit('Mean', [at(0), axes(1, 2)], { ...T, Tidx: { type: 'int32' } })
      case 'linear':
        return emit('BiasAdd', [emit('MatMul', [at(0), at(1)], { ...T, transpose_b: { bool: true } }), at(2)])
      case 'softmax_cross_entropy': {
        const classes = inputOf(node, 0).shape[1] ?? 0
        const { labelSmoothing, reduction } = operation
        const [on, off] = [1 - labelSmoothing + labelSmoothing / classes, labelSmoothing / classes]
        const depth = constant(Int32Array.of(classes), [])
        const targets = emit('OneHot', [at(1), depth, scalar(on), scalar(off)], {
          ...T,
          TI: { type: 'int32' },
        })
        const each = emit('SoftmaxCrossEntropyWithLogits', [at(0), targets])
        const gradient = reduction === 'sum' ? `${each}:1` : emit('RealDiv', [`${each}:1`, count])
        losses.set(node, { each, gradient })
        return emit(reduction === 'sum' ? 'Sum' : 'Mean', [each, axes(0)], { ...T, Tidx: { type: 'int32' } })
      }

      case 'softmax_cross_entropy_gradient':
        return losses.get(inputOf(node, 0))?.gradient ?? ''
      case 'linear_weight_gradient':
        return emit('MatMul', [at(0), at(1)], { ...T, transpose_a: { bool: true } })
      case 'linear_bias_gradient':
        return emit('BiasAddGrad', [at(0)])
      case 'linear_input_gradient':
        return emit('MatMul', [at(0), at(1)])
      case 'global_avg_pool_gradient': {
        const x = inputOf(node, 1)
        const [, height = 1, width = 1, channels = 1] = x.shape
        const share = emit('Mul', [at(0), scalar(1 / (height * width))])
        const flat = emit('Reshape', [share, integers(-1, 1, 1, channels)], {
          ...T,
          Tshape: { type: 'int32' },
        })
        return emit('BroadcastTo', [flat, shapeOf(value(x))], { ...T, Tidx: { type: 'int32' } })
      }
      case 'relu_gradient':
        return emit('ReluGrad', [at(0), at(1)])
      case 'max_pool_gradient': {
        const pool = inputOf(node, 1)
        const x = inputOf(pool, 0)
        if (pool.operation.op !== 'max_pool') throw new Error('the gradient is of another operation')
        const { padding } = pool.operation
        const inputs = [padded(x, padding), value(pool), at(0)]
        return cutBack(x, emit('MaxPoolGrad', inputs, pooling(pool.operation)), padding)
      }
      case 'batch_norm_gradient': {
        const batchNorm = inputOf(node, 1)
        if (isFolded(batchNorm)) return at(0) // the scale is in the convolution's weight
        const forward = value(batchNorm)
        const reserved = [3, 4, 5].map((output) => `${forward}:${output}`)
        const inputs = [at(0), value(inputOf(batchNorm, 0)), value(inputOf(batchNorm, 1)), ...reserved]
        const gradient =
          backwards.get(batchNorm) ?? emit('FusedBatchNormGradV3', inputs, batchNormAttributes(true))
        backwards.set(batchNorm, gradient)
        return { x: gradient, weight: `${gradient}:1`, bias: `${gradient}:2` }[operation.of]
      }
      case 'conv2d_weight_gradient': {
        const [x, weight] = [inputOf(node, 1), inputOf(node, 2)]
        const { margin, attributes } = windowed(operation)
        const sizes = integers(...variableShape(weight.shape))
        const gradient = emit('Conv2DBackpropFilter', [padded(x, margin), sizes, at(0)], attributes)
        const fold = folds.get(readerOf(weight))
        return fold === undefined ? gradient : emit('Mul', [gradient, fold.scale])
      }
      case 'conv2d_input_gradient': {
        const [x, weight] = [inputOf(node, 1), inputOf(node, 2)]
        const { margin, attributes } = windowed(operation)
        const sizes = shapeOf(padded(x, margin))
        const gradient = emit('Conv2DBackpropInput', [sizes, filterOf(readerOf(weight)), at(0)], attributes)
        return cutBack(x, gradient, margin)
      }
    }
  }
  const backwards = new Map<Node, string>()
  const readers = new Map<Node, Node>()
  for (const node of training.network.graph.nodes) {
    if (node.operation.op === 'conv2d') readers.set(inputOf(node, 1), node)
  }
  const readerOf = (weight: Node): Node => {
    const convolution = readers.get(weight)
    if (convolution === undefined) throw new Error('no convolution reads the weight')
    return convolution
  }
  for (const node of training.network.graph.nodes) values.set(node, lower(node))

  // Updates: PyTorch's SGD adds the weight decay to the gradient, and takes the rate after the momentum.
  const rates = new Map<number, string>()
  for (const [parameter, node] of training.gradients) {
    const name = parameter.operation.op === 'parameter' ? parameter.operation.name : ''
    const handle = handles.get(parameter) ?? ''
    const decay = emit('Mul', [value(parameter), scalar(optimiser.weightDecay)])
    const gradient = optimiser.weightDecay === 0 ? value(node) : emit('AddV2', [value(node), decay])
    const factor = optimiser.multiplier(name)
    const own = rates.get(factor) ?? emit('Mul', [rate, scalar(factor)])
    rates.set(factor, own)
    if (optimiser.momentum === 0) {
      updates.push(emit('ResourceApplyGradientDescent', [handle, own, gradient]))
      continue
    }
    const shape = variableShape(parameter.shape)
    const buffer = variable(`momentum/${name}`, shape)
    const zeros = emit('Fill', [integers(...shape), scalar(0)], { ...T, index_type: { type: 'int32' } })
    setters.push(assign(buffer, zeros))
    const inputs = [handle, buffer, own, gradient, scalar(optimiser.momentum)]
    const attributes: Record<string, Attribute> = { ...T, use_nesterov: { bool: optimiser.nesterov } }
    updates.push(emit('ResourceApplyMomentum', inputs, attributes))
  }

  // A run fetches tensors only, so the updates hang on the result as an order without data.
  const each = losses.get(training.loss)?.each ?? ''
  const mean = emit('Mean', [each, axes(0)], { ...T, Tidx: { type: 'int32' } })
  const ranked = emit('ArgMax', [value(training.network.logits), constant(Int32Array.of(1), [])], {
    ...T,
    Tidx: { type: 'int32' },
    output_type: { type: 'int32' },
  })
  const hits = emit('Cast', [emit('Equal', [ranked, labels], { T: { type: 'int32' } })], {
    SrcT: { type: 'bool' },
    DstT: { type: 'float32' },
  })
  const correct = emit('Sum', [hits, axes(0)], { ...T, Tidx: { type: 'int32' } })
  const result = emit('Pack', [mean, correct], { ...T, N: { int: 2 }, axis: { int: 0 } })
  emit('Identity', [result, ...updates.map((update) => `^${update}`)], T, ENDS.result)
  emit('Identity', [scalar(0), ...setters.map((setter) => `^${setter}`)], T, ENDS.initialised)
  return encodeSavedModel(nodes)
}
