// The network as a symbolic graph: a dozen operations and their gradients, known to no runtime.
//
// Activations are NHWC with the batch first, its size written -1. Parameters keep torchvision's names and layouts
// (convolutions OIHW, linear layers [out, in]); a lowering transposes where its format wants another.

/** A batch of any size, as the first number of a shape. */
export const BATCH = -1

export interface Window {
  readonly stride: number
  readonly padding: number
}

/** `live`: normalise by the batch, move the running statistics; `frozen`: normalise by the running statistics. */
export type BatchNormMode = 'live' | 'frozen'

export type LossReduction = 'sum' | 'mean'

/** PyTorch's defaults, with which the base weights were trained. */
export const BATCH_NORM_EPSILON = 1e-5
export const BATCH_NORM_MOMENTUM = 0.1

/**
 * What a node computes. Its inputs, in order, stand beside each; `dy` is the gradient of the loss by an
 * operation's output.
 */
export type Operation =
  | { readonly op: 'input'; readonly name: string }
  | { readonly op: 'parameter'; readonly name: string; readonly trainable: boolean }
  /** x, weight */
  | ({ readonly op: 'conv2d' } & Window)
  /** x, weight, bias, running_mean, running_var */
  | { readonly op: 'batch_norm'; readonly mode: BatchNormMode }
  /** x */
  | { readonly op: 'relu' }
  /** x, which must not be negative: a lowering may pad with zeros */
  | ({ readonly op: 'max_pool'; readonly kernel: number } & Window)
  /** a, b */
  | { readonly op: 'add' }
  /** x */
  | { readonly op: 'global_avg_pool' }
  /** x, weight, bias */
  | { readonly op: 'linear' }
  /** logits, labels */
  | {
      readonly op: 'softmax_cross_entropy'
      readonly labelSmoothing: number
      readonly reduction: LossReduction
      readonly classWeights: readonly number[] | undefined
    }
  /** dy, x, weight */
  | ({ readonly op: 'conv2d_input_gradient' } & Window)
  /** dy, x, weight */
  | ({ readonly op: 'conv2d_weight_gradient' } & Window)
  /** dy, the batch_norm node; then which of its inputs the gradient is for */
  | { readonly op: 'batch_norm_gradient'; readonly of: 'x' | 'weight' | 'bias' }
  /** dy, the relu node */
  | { readonly op: 'relu_gradient' }
  /** dy, the max_pool node */
  | { readonly op: 'max_pool_gradient' }
  /** dy, x */
  | { readonly op: 'global_avg_pool_gradient' }
  /** dy, weight */
  | { readonly op: 'linear_input_gradient' }
  /** dy, x */
  | { readonly op: 'linear_weight_gradient' }
  /** dy */
  | { readonly op: 'linear_bias_gradient' }
  /** the softmax_cross_entropy node; the gradient by its logits */
  | { readonly op: 'softmax_cross_entropy_gradient' }

export interface Node {
  /** Its place in `graph.nodes`; inputs come before the nodes that read them. */
  readonly id: number
  readonly operation: Operation
  readonly inputs: readonly Node[]
  readonly shape: readonly number[]
}

export interface Graph {
  readonly nodes: Node[]
}

export function createGraph(): Graph {
  return { nodes: [] }
}

export function addNode(
  graph: Graph,
  operation: Operation,
  inputs: readonly Node[],
  shape: readonly number[],
): Node {
  const node: Node = { id: graph.nodes.length, operation, inputs, shape }
  graph.nodes.push(node)
  return node
}

/** The input at a place. A missing one is a fault of the code that built the graph. */
export function inputOf(node: Node, index: number): Node {
  const input = node.inputs[index]
  if (input === undefined) throw new Error(`${node.operation.op} has no input ${index}`)
  return input
}

export function input(graph: Graph, name: string, shape: readonly number[]): Node {
  return addNode(graph, { op: 'input', name }, [], shape)
}

export function parameter(graph: Graph, name: string, shape: readonly number[], trainable: boolean): Node {
  return addNode(graph, { op: 'parameter', name, trainable }, [], shape)
}

function windowed(size: number, kernel: number, window: Window): number {
  return Math.floor((size + 2 * window.padding - kernel) / window.stride) + 1
}

function imageShape(x: Node): [batch: number, height: number, width: number, channels: number] {
  const [batch, height, width, channels] = x.shape
  if (batch === undefined || height === undefined || width === undefined || channels === undefined) {
    throw new Error(`${x.operation.op} gives no NHWC images but [${x.shape}]`)
  }
  return [batch, height, width, channels]
}

/** Cross-correlation without bias. x [N, H, W, I], weight [O, I, K, K] -> [N, H', W', O]. */
export function conv2d(graph: Graph, x: Node, weight: Node, window: Window): Node {
  const [batch, height, width, channels] = imageShape(x)
  const [out = 0, inward, kernel = 0] = weight.shape
  if (inward !== channels) throw new Error(`convolution [${weight.shape}] cannot read [${x.shape}]`)
  const shape = [batch, windowed(height, kernel, window), windowed(width, kernel, window), out]
  return addNode(graph, { op: 'conv2d', ...window }, [x, weight], shape)
}

export interface BatchNormParameters {
  readonly weight: Node
  readonly bias: Node
  readonly runningMean: Node
  readonly runningVar: Node
}

/** (x - mean) / sqrt(var + epsilon) * weight + bias, by channel. Source: Ioffe and Szegedy, arXiv 1502.03167. */
export function batchNorm(graph: Graph, x: Node, by: BatchNormParameters, mode: BatchNormMode): Node {
  const inputs = [x, by.weight, by.bias, by.runningMean, by.runningVar]
  return addNode(graph, { op: 'batch_norm', mode }, inputs, x.shape)
}

export function relu(graph: Graph, x: Node): Node {
  return addNode(graph, { op: 'relu' }, [x], x.shape)
}

/** x [N, H, W, C], not negative -> [N, H', W', C]. */
export function maxPool(graph: Graph, x: Node, kernel: number, window: Window): Node {
  if (x.operation.op !== 'relu') throw new Error('max_pool pads with zeros, so it must follow relu')
  const [batch, height, width, channels] = imageShape(x)
  const shape = [batch, windowed(height, kernel, window), windowed(width, kernel, window), channels]
  return addNode(graph, { op: 'max_pool', kernel, ...window }, [x], shape)
}

export function add(graph: Graph, a: Node, b: Node): Node {
  if (a.shape.join() !== b.shape.join()) throw new Error(`cannot add [${b.shape}] to [${a.shape}]`)
  return addNode(graph, { op: 'add' }, [a, b], a.shape)
}

/** [N, H, W, C] -> [N, C]. */
export function globalAvgPool(graph: Graph, x: Node): Node {
  const [batch, , , channels] = imageShape(x)
  return addNode(graph, { op: 'global_avg_pool' }, [x], [batch, channels])
}

/** x [N, I], weight [O, I], bias [O] -> x . weight^T + bias, [N, O]. */
export function linear(graph: Graph, x: Node, weight: Node, bias: Node): Node {
  const [batch = BATCH, features] = x.shape
  const [out = 0, inward] = weight.shape
  if (inward !== features) throw new Error(`linear layer [${weight.shape}] cannot read [${x.shape}]`)
  return addNode(graph, { op: 'linear' }, [x, weight, bias], [batch, out])
}

/**
 * Cross-entropy of logits [N, C] and labels [N], a scalar. With smoothing s the target is 1 - s + s / C at the
 * label and s / C elsewhere, as in PyTorch. With class weights [C] each image counts as much as its label's says; the
 * mean is over the images, not over their weights.
 */
export function softmaxCrossEntropy(
  graph: Graph,
  logits: Node,
  labels: Node,
  options: {
    readonly labelSmoothing: number
    readonly reduction: LossReduction
    readonly classWeights?: readonly number[] | undefined
  },
): Node {
  const { labelSmoothing, reduction, classWeights } = options
  const operation = { op: 'softmax_cross_entropy', labelSmoothing, reduction, classWeights } as const
  return addNode(graph, operation, [logits, labels], [])
}
