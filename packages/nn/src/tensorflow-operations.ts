// Lowers the operations of a network, forward and backward, to TensorFlow's.
//
// Frozen batch norm is folded into the weight of its convolution inside the graph, so that it costs nothing at the
// size of the activations in either direction.
//
// The precision is that of everything shaped like images, in either direction. Parameters and their gradients, the
// statistics of batch norm and all that comes after the pooling stay float32.
import { BATCH, BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, inputOf, type Node, type Window } from './graph.ts'
import type { Precision } from './precision.ts'
import { type Attributes, FLOAT, type TensorFlowGraph } from './tensorflow-graph.ts'
import { variableShape } from './variable-layout.ts'

export interface LoweringOptions {
  readonly precision: Precision
  /** How many images the whole step has, of which these may be a part: what a mean loss is divided by. */
  readonly count: string
  /** The share of each image's label where it is mixed with the one before it. */
  readonly mix?: string | undefined
  /** Whether a label may be -1: its image then counts for nothing. */
  readonly withGaps?: boolean
}

export interface Lowered {
  /** What the forward pass makes of each running statistic. */
  readonly statistics: ReadonlyMap<Node, string>
  /** Of each softmax_cross_entropy: the loss of each image, [N], and the gradient by the logits, [N, C]. */
  readonly losses: ReadonlyMap<Node, { readonly each: string; readonly gradient: string }>
}

/**
 * Lowers nodes in their order.
 *
 * @param values the tensor of each node; holds the inputs (images in the precision) and parameters at the start, and
 *   every node at the end
 */
export function lowerOperations(
  to: TensorFlowGraph,
  nodes: readonly Node[],
  values: Map<Node, string>,
  { precision, count, mix, withGaps = false }: LoweringOptions,
): Lowered {
  const { emit, constant, scalar, integers } = to
  const statistics = new Map<Node, string>()
  const losses = new Map<Node, { each: string; gradient: string }>()
  const value = (node: Node) => found(values, node)
  const activations: Attributes = { T: { type: precision } }
  const narrow = (x: string) => to.cast(x, 'float32', precision)
  const wide = (x: string) => to.cast(x, precision, 'float32')

  // A frozen batch norm's scale goes into the weight of the convolution below it; its shift becomes the bias.
  const folds = new Map<Node, { scale: string; shift: string; weight: string }>()
  const readers = new Map<Node, Node>()
  for (const node of nodes) {
    if (node.operation.op === 'conv2d') readers.set(inputOf(node, 1), node)
    if (node.operation.op !== 'batch_norm' || node.operation.mode !== 'frozen') continue
    const convolution = inputOf(node, 0)
    if (convolution.operation.op !== 'conv2d')
      throw new Error('a frozen batch norm must follow a convolution')
    const [weight = '', bias = '', mean = '', variance = ''] = node.inputs.slice(1).map(value)
    const deviation = emit('Rsqrt', [emit('AddV2', [variance, scalar(BATCH_NORM_EPSILON)])])
    const scale = emit('Mul', [weight, deviation])
    const shift = emit('Sub', [bias, emit('Mul', [mean, scale])])
    folds.set(convolution, { scale, shift, weight: emit('Mul', [value(inputOf(convolution, 1)), scale]) })
  }
  const filters = new Map<Node, string>()
  const filterOf = (convolution: Node) =>
    once(filters, convolution, () => narrow(folds.get(convolution)?.weight ?? value(inputOf(convolution, 1))))

  const margined = new Map<string, string>()
  /** x with zeros around it; made once for the forward and the backward pass. */
  const padded = (x: Node, margin: number): string => {
    if (margin === 0) return value(x)
    return once(margined, `${x.id} ${margin}`, () => {
      const margins = constant(Int32Array.of(0, 0, margin, margin, margin, margin, 0, 0), [4, 2])
      return emit('Pad', [value(x), margins], { ...activations, Tpaddings: { type: 'int32' } })
    })
  }
  /** The gradient of x out of the gradient of `padded`. */
  const cut = (x: Node, gradient: string, margin: number): string => {
    if (margin === 0) return gradient
    const begin = integers(0, margin, margin, 0)
    return emit('Slice', [gradient, begin, integers(...x.shape)], {
      ...activations,
      Index: { type: 'int32' },
    })
  }
  const shapeOf = (x: string) => emit('Shape', [x], { ...activations, out_type: { type: 'int32' } })

  const backwards = new Map<Node, string>()

  const lower = (node: Node): string => {
    const { operation } = node
    const at = (index: number) => value(inputOf(node, index))
    switch (operation.op) {
      case 'input':
      case 'parameter':
        return value(node)

      case 'conv2d': {
        const { margin, attributes } = windowed(operation, inputOf(node, 1), activations)
        return emit('Conv2D', [padded(inputOf(node, 0), margin), filterOf(node)], attributes)
      }
      case 'batch_norm': {
        const fold = folds.get(inputOf(node, 0))
        if (fold !== undefined) return emit('BiasAdd', [at(0), narrow(fold.shift)], activations)
        // An averaging factor of 1 gives the batch's own mean and its unbiased variance, which PyTorch averages.
        const none = constant(new Float32Array(0), [0])
        const normalised = emit('FusedBatchNormV3', [at(0), at(1), at(2), none, none], {
          ...BATCH_NORM,
          ...activations,
          exponential_avg_factor: { float: 1 },
        })
        const average = (running: Node, ofBatch: string) => {
          const kept = emit('Mul', [value(running), scalar(1 - BATCH_NORM_MOMENTUM)])
          const added = emit('Mul', [ofBatch, scalar(BATCH_NORM_MOMENTUM)])
          statistics.set(running, emit('AddV2', [kept, added]))
        }
        average(inputOf(node, 3), `${normalised}:1`)
        average(inputOf(node, 4), `${normalised}:2`)
        return normalised
      }
      case 'relu':
        return emit('Relu', [at(0)], activations)
      case 'max_pool':
        return emit('MaxPool', [padded(inputOf(node, 0), operation.padding)], {
          ...activations,
          ...pooling(operation),
        })
      case 'add':
        return emit('AddV2', [at(0), at(1)], isActivation(node) ? activations : FLOAT)
      case 'global_avg_pool':
        return to.reduce('Mean', wide(at(0)), 1, 2)
      case 'linear': {
        const product = emit('MatMul', [at(0), at(1)], { ...FLOAT, transpose_b: { bool: true } })
        return emit('BiasAdd', [product, at(2)])
      }
      case 'softmax_cross_entropy': {
        const { labelSmoothing, reduction, classWeights } = operation
        const classes = inputOf(node, 0).shape[1] ?? 0
        /** [N, C]: `on` at the labels, `off` elsewhere, mixed; a label that is none has no `on`. */
        const oneHot = (on: number, off: number) => {
          const inputs = [at(1), constant(Int32Array.of(classes), []), scalar(on), scalar(off)]
          const unmixed = emit('OneHot', inputs, { ...FLOAT, TI: { type: 'int32' } })
          return mix === undefined ? unmixed : to.mixed(unmixed, mix)
        }
        const off = labelSmoothing / classes
        const targets = oneHot(1 - labelSmoothing + off, off)
        const each = emit('SoftmaxCrossEntropyWithLogits', [at(0), targets])
        let [own, gradient] = [each, `${each}:1`]
        const weigh = (weight: string) => {
          own = emit('Mul', [own, weight])
          const column = emit('ExpandDims', [weight, constant(Int32Array.of(1), [])], {
            ...FLOAT,
            Tdim: { type: 'int32' },
          })
          gradient = emit('Mul', [gradient, column])
        }
        if (classWeights !== undefined) {
          const weights = constant(Float32Array.from(classWeights), [classes])
          weigh(to.reduce('Sum', emit('Mul', [oneHot(1, 0), weights]), 1))
        }
        if (withGaps) {
          const there = emit('GreaterEqual', [at(1), constant(Int32Array.of(0), [])], {
            T: { type: 'int32' },
          })
          weigh(to.cast(there, 'bool', 'float32'))
        }
        const share = (x: string) => (reduction === 'sum' ? x : emit('RealDiv', [x, count]))
        losses.set(node, { each: own, gradient: share(gradient) })
        return share(to.reduce('Sum', own, 0))
      }

      case 'conv2d_weight_gradient': {
        const [x, weight] = [inputOf(node, 1), inputOf(node, 2)]
        const { margin, attributes } = windowed(operation, weight, activations)
        const sizes = integers(...variableShape(weight.shape))
        const gradient = wide(emit('Conv2DBackpropFilter', [padded(x, margin), sizes, at(0)], attributes))
        const fold = folds.get(found(readers, weight))
        return fold === undefined ? gradient : emit('Mul', [gradient, fold.scale])
      }
      case 'conv2d_input_gradient': {
        const [x, weight] = [inputOf(node, 1), inputOf(node, 2)]
        const { margin, attributes } = windowed(operation, weight, activations)
        const inputs = [shapeOf(padded(x, margin)), filterOf(found(readers, weight)), at(0)]
        return cut(x, emit('Conv2DBackpropInput', inputs, attributes), margin)
      }
      case 'batch_norm_gradient': {
        const batchNorm = inputOf(node, 1)
        const x = inputOf(batchNorm, 0)
        if (folds.has(x)) return at(0) // its scale is in the convolution's weight
        const reserved = [3, 4, 5].map((output) => `${value(batchNorm)}:${output}`)
        const inputs = [at(0), value(x), value(inputOf(batchNorm, 1)), ...reserved]
        const all = once(backwards, batchNorm, () =>
          emit('FusedBatchNormGradV3', inputs, { ...BATCH_NORM, ...activations }),
        )
        return { x: all, weight: `${all}:1`, bias: `${all}:2` }[operation.of]
      }
      case 'relu_gradient':
        return emit('ReluGrad', [at(0), at(1)], activations)
      case 'max_pool_gradient': {
        const pool = inputOf(node, 1)
        const x = inputOf(pool, 0)
        if (pool.operation.op !== 'max_pool') throw new Error('the gradient is of another operation')
        const inputs = [padded(x, pool.operation.padding), value(pool), at(0)]
        const gradient = emit('MaxPoolGrad', inputs, { ...activations, ...pooling(pool.operation) })
        return cut(x, gradient, pool.operation.padding)
      }
      case 'global_avg_pool_gradient': {
        const x = inputOf(node, 1)
        const [, height = 1, width = 1, channels = 1] = x.shape
        const share = narrow(emit('Mul', [at(0), scalar(1 / (height * width))]))
        const flat = emit('Reshape', [share, integers(-1, 1, 1, channels)], {
          ...activations,
          Tshape: { type: 'int32' },
        })
        return emit('BroadcastTo', [flat, shapeOf(value(x))], { ...activations, Tidx: { type: 'int32' } })
      }
      case 'linear_input_gradient':
        return emit('MatMul', [at(0), at(1)])
      case 'linear_weight_gradient':
        return emit('MatMul', [at(0), at(1)], { ...FLOAT, transpose_a: { bool: true } })
      case 'linear_bias_gradient':
        return emit('BiasAddGrad', [at(0)])
      case 'softmax_cross_entropy_gradient':
        return found(losses, inputOf(node, 0)).gradient
    }
  }
  for (const node of nodes) values.set(node, lower(node))
  return { statistics, losses }
}

const BATCH_NORM: Attributes = {
  U: { type: 'float32' },
  epsilon: { float: BATCH_NORM_EPSILON },
  is_training: { bool: true },
}

/**
 * oneDNN has no kernels for explicit padding, and Eigen's take nearly twice as long. At stride 1 SAME is the padding
 * of half a kernel; else the image gets a margin first, since at stride 2 SAME puts the odd row on the other side.
 */
function windowed(
  { stride, padding }: Window,
  weight: Node,
  activations: Attributes,
): { margin: number; attributes: Attributes } {
  const same = stride === 1 && 2 * padding + 1 === weight.shape[2]
  const attributes: Attributes = {
    ...activations,
    strides: { ints: [1, stride, stride, 1] },
    padding: { string: same ? 'SAME' : 'VALID' },
  }
  return { margin: same ? 0 : padding, attributes }
}

function pooling({ kernel, stride }: { kernel: number; stride: number }): Attributes {
  return {
    ksize: { ints: [1, kernel, kernel, 1] },
    strides: { ints: [1, stride, stride, 1] },
    padding: { string: 'VALID' },
  }
}

/** Whether it is shaped like images, [N, H, W, C]. */
function isActivation({ shape }: Node): boolean {
  return shape.length === 4 && shape[0] === BATCH
}

function once<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const value = made.get(key) ?? make()
  made.set(key, value)
  return value
}

function found<V>(known: ReadonlyMap<Node, V>, node: Node): V {
  const value = known.get(node)
  if (value === undefined) throw new Error(`${node.operation.op} ${node.id} is not lowered yet`)
  return value
}
