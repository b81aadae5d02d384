// ResNet with basic blocks as a table, and the graph that it describes. Source: He et al., arXiv 1512.03385.
import { GraftError } from '@graft/core/errors'
import { STAGES } from '@graft/core/recipes'
import {
  add,
  BATCH,
  type BatchNormMode,
  batchNorm,
  conv2d,
  createGraph,
  type Graph,
  globalAvgPool,
  input,
  linear,
  maxPool,
  type Node,
  parameter,
  relu,
} from './graph.ts'

/** Basic blocks of each stage. */
const BLOCKS = {
  resnet18: [2, 2, 2, 2],
  resnet34: [3, 4, 6, 3],
} as const

/** Channels of each stage; all but the first halve the image's sides. */
const CHANNELS = [64, 128, 256, 512] as const

export type ArchitectureName = keyof typeof BLOCKS

export const ARCHITECTURES = Object.keys(BLOCKS) as ArchitectureName[]

/** Basic blocks of each stage. */
export const blocksOf = (name: ArchitectureName): readonly number[] => BLOCKS[name]

/** @throws GraftError `invalid_request` */
export function architectureOf(name: string): ArchitectureName {
  if (name in BLOCKS) return name as ArchitectureName
  throw new GraftError('invalid_request', `There is no architecture ${JSON.stringify(name)}.`)
}

export type StageName = (typeof STAGES)[number]

/** That stage and those before it. */
export function stagesUntil(stage: StageName | 'none'): StageName[] {
  const names: readonly string[] = STAGES
  return STAGES.slice(0, names.indexOf(stage) + 1)
}

/** Length of the vector that the head reads. */
export const FEATURES = 512

export interface ResNetOptions {
  readonly batchNorm: BatchNormMode
  /** Not trained, and normalised by their running statistics whatever `batchNorm` says. */
  readonly frozenStages?: readonly StageName[]
  /** Sides of the image in pixels, a multiple of 32. */
  readonly imageSize?: number
}

export interface Network {
  readonly graph: Graph
  /** [N, size, size, 3], normalised */
  readonly images: Node
  /** Output of the last block, [N, size / 32, size / 32, 512] */
  readonly featureMap: Node
  /** [N, 512] */
  readonly pooled: Node
  /** [N, classes] */
  readonly logits: Node
  /** Every parameter and running statistic by its torchvision name, in the order of the network. */
  readonly parameters: ReadonlyMap<string, Node>
}

/** The stage that a parameter belongs to, by its torchvision name. */
export function stageOf(name: string): StageName | 'head' {
  const first = name.split('.', 1)[0]
  if (first === 'fc') return 'head'
  return STAGES.find((stage) => stage === first) ?? 'stem'
}

/**
 * A ResNet of torchvision's form and parameter names.
 *
 * @example const { logits } = resnet('resnet18', 2, { batchNorm: 'live' })
 */
export function resnet(name: ArchitectureName, classes: number, options: ResNetOptions): Network {
  const { batchNorm: mode, frozenStages = [], imageSize = 224 } = options
  const graph = createGraph()
  const parameters = new Map<string, Node>()
  const isFrozen = (key: string) => frozenStages.some((stage) => stage === stageOf(key))

  const weight = (key: string, shape: readonly number[], trainable = true): Node => {
    const node = parameter(graph, key, shape, trainable && !isFrozen(key))
    parameters.set(key, node)
    return node
  }

  /** Frozen batch norm does not train its affine part either: it is then a constant of the convolution. */
  const normalise = (x: Node, key: string): Node => {
    const own = isFrozen(key) ? 'frozen' : mode
    const channels = x.shape.slice(-1)
    const by = {
      weight: weight(`${key}.weight`, channels, own === 'live'),
      bias: weight(`${key}.bias`, channels, own === 'live'),
      runningMean: weight(`${key}.running_mean`, channels, false),
      runningVar: weight(`${key}.running_var`, channels, false),
    }
    return batchNorm(graph, x, by, own)
  }

  const convolve = (x: Node, key: string, channels: number, kernel: number, stride: number): Node => {
    const inward = x.shape.at(-1) ?? 0
    const filter = weight(`${key}.weight`, [channels, inward, kernel, kernel])
    return conv2d(graph, x, filter, { stride, padding: (kernel - 1) / 2 })
  }

  const basicBlock = (x: Node, key: string, channels: number, stride: number): Node => {
    let out = convolve(x, `${key}.conv1`, channels, 3, stride)
    out = relu(graph, normalise(out, `${key}.bn1`))
    out = convolve(out, `${key}.conv2`, channels, 3, 1)
    out = normalise(out, `${key}.bn2`)
    const same = stride === 1 && x.shape.at(-1) === channels
    const shortcut = same
      ? x
      : normalise(convolve(x, `${key}.downsample.0`, channels, 1, stride), `${key}.downsample.1`)
    return relu(graph, add(graph, out, shortcut))
  }

  const images = input(graph, 'images', [BATCH, imageSize, imageSize, 3])
  let x = relu(graph, normalise(convolve(images, 'conv1', 64, 7, 2), 'bn1'))
  x = maxPool(graph, x, 3, { stride: 2, padding: 1 })
  for (const [index, channels] of CHANNELS.entries()) {
    for (let block = 0; block < (BLOCKS[name][index] ?? 0); block += 1) {
      x = basicBlock(x, `layer${index + 1}.${block}`, channels, index > 0 && block === 0 ? 2 : 1)
    }
  }
  const pooled = globalAvgPool(graph, x)
  const logits = linear(graph, pooled, weight('fc.weight', [classes, FEATURES]), weight('fc.bias', [classes]))
  return { graph, images, featureMap: x, pooled, logits, parameters }
}
