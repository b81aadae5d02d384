// The weights of a network by their torchvision names, and where a training starts from.
import { readFileSync } from 'node:fs'
import { GraftError } from '@graft/core/errors'
import type { Node } from './graph.ts'
import type { Random } from './random.ts'
import { type ArchitectureName, FEATURES, resnet } from './resnet.ts'
import { readSafetensors } from './safetensors.ts'
import { divide } from './temperature.ts'

export interface Weight {
  /** torchvision's layout: convolutions OIHW, linear layers [out, in]. */
  shape: number[]
  data: Float32Array
}

/** Parameters and running statistics by torchvision's names. */
export type Weights = Map<string, Weight>

/**
 * The weight that a parameter of a network stands for.
 * @throws GraftError `weights_invalid` when it is missing or has another shape
 */
export function weightOfNode(weights: Weights, { operation, shape }: Node): Weight {
  const name = operation.op === 'parameter' ? operation.name : ''
  const weight = weights.get(name)
  if (weight?.shape.join() === shape.join()) return weight
  throw new GraftError(
    'weights_invalid',
    `The weights have no ${name} of shape [${shape}]${weight ? `, but one of [${weight.shape}]` : ''}.`,
  )
}

const BASE_WEIGHTS = new URL('../../../weights/resnet18-imagenet.safetensors', import.meta.url)

/** ResNet-18 trained on ImageNet, without a head. Origin and licence: weights/NOTICE.md. */
export function readBaseWeights(): Weights {
  return readSafetensors(readFileSync(BASE_WEIGHTS))
}

/** The same trunk with a new head: weight xavier-uniform (Glorot and Bengio, 2010), bias as PyTorch's linear layer. */
export function withNewHead(weights: Weights, classes: number, random: Random): Weights {
  const bound = Math.sqrt(6 / (FEATURES + classes))
  return withHead(
    weights,
    uniform(classes * FEATURES, bound, random),
    uniform(classes, 1 / Math.sqrt(FEATURES), random),
  )
}

/** The same trunk with a given head: weight [classes, 512], bias [classes]. */
export function withHead(weights: Weights, weight: Float32Array, bias: Float32Array): Weights {
  return new Map([
    ...weights,
    ['fc.weight', { shape: [bias.length, FEATURES], data: weight }],
    ['fc.bias', { shape: [bias.length], data: bias }],
  ])
}

/** The head of another network in the rows whose label both have. */
export function withKnownLabels(
  weights: Weights,
  labels: readonly string[],
  known: { weights: Weights; labels: readonly string[] },
): Weights {
  const [own, ownBias] = headOf(weights)
  const [from, fromBias] = headOf(known.weights)
  const [weight, bias] = [own.slice(), ownBias.slice()]
  for (const [row, label] of labels.entries()) {
    const other = known.labels.indexOf(label)
    if (other < 0) continue
    weight.set(from.subarray(other * FEATURES, (other + 1) * FEATURES), row * FEATURES)
    bias.set(fromBias.subarray(other, other + 1), row)
  }
  return withHead(weights, weight, bias)
}

function headOf(weights: Weights): [weight: Float32Array, bias: Float32Array] {
  const [weight, bias] = [weights.get('fc.weight'), weights.get('fc.bias')]
  if (weight === undefined || bias === undefined) throw new Error('the network has no head')
  return [weight.data, bias.data]
}

/** Two networks of one shape, weight by weight: 1 - share of the one, share of the other. */
export function blend(one: Weights, other: Weights, share: number): Weights {
  return new Map(
    [...one].map(([name, { shape, data }]) => {
      const others = other.get(name)?.data ?? data
      return [
        name,
        { shape, data: data.map((value, index) => value + ((others[index] ?? 0) - value) * share) },
      ]
    }),
  )
}

/** The same network with its logits divided. */
export function withDividedLogits(weights: Weights, by: number): Weights {
  const [weight, bias] = headOf(weights)
  return withHead(weights, divide(weight, by), divide(bias, by))
}

/**
 * torchvision's initialisation of a ResNet: convolutions normal with variance 2 / fan_out (He et al., 2015),
 * batch norm the identity, the head uniform within 1 / sqrt(fan_in).
 */
export function randomWeights(architecture: ArchitectureName, classes: number, random: Random): Weights {
  const weights: Weights = new Map()
  for (const [name, { shape }] of resnet(architecture, classes, { batchNorm: 'live' }).parameters) {
    weights.set(name, { shape: [...shape], data: initial(name, shape, random) })
  }
  return weights
}

function initial(name: string, shape: readonly number[], random: Random): Float32Array {
  const size = shape.reduce((product, side) => product * side, 1)
  if (name.startsWith('fc.')) return uniform(size, 1 / Math.sqrt(FEATURES), random)
  if (shape.length === 4) {
    const [out = 1, , kernel = 1] = shape
    const deviation = Math.sqrt(2 / (out * kernel * kernel))
    return Float32Array.from({ length: size }, () => random.normal() * deviation)
  }
  return new Float32Array(size).fill(name.endsWith('weight') || name.endsWith('running_var') ? 1 : 0)
}

function uniform(size: number, bound: number, random: Random): Float32Array {
  return Float32Array.from({ length: size }, () => (random.next() * 2 - 1) * bound)
}
