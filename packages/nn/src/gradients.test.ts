import { expect, test } from 'vitest'
import { addGradients } from './gradients.ts'
import {
  add,
  BATCH,
  type BatchNormMode,
  batchNorm,
  conv2d,
  createGraph,
  globalAvgPool,
  input,
  linear,
  maxPool,
  type Node,
  parameter,
  relu,
  softmaxCrossEntropy,
} from './graph.ts'
import { createRandom } from './random.ts'
import type { Network } from './resnet.ts'
import { resnet } from './resnet.ts'
import { openSession } from './training-session.ts'
import type { Weights } from './weights.ts'

const SIZE = 13 // odd, so that padding is not the same on both sides
const CLASSES = 3

/** Every operation once or twice, in the arrangement of a ResNet. */
function smallNetwork(mode: BatchNormMode): Network {
  const graph = createGraph()
  const parameters = new Map<string, Node>()
  const weight = (name: string, shape: number[], trainable = true) => {
    const node = parameter(graph, name, shape, trainable)
    parameters.set(name, node)
    return node
  }
  const normalise = (x: Node, name: string) => {
    const channels = x.shape.slice(-1)
    const by = {
      weight: weight(`${name}.weight`, channels, mode === 'live'),
      bias: weight(`${name}.bias`, channels, mode === 'live'),
      runningMean: weight(`${name}.running_mean`, channels, false),
      runningVar: weight(`${name}.running_var`, channels, false),
    }
    return batchNorm(graph, x, by, mode)
  }
  const images = input(graph, 'images', [BATCH, SIZE, SIZE, 3])
  let x = conv2d(graph, images, weight('conv1.weight', [4, 3, 3, 3]), { stride: 2, padding: 1 })
  x = maxPool(graph, relu(graph, normalise(x, 'bn1')), 3, { stride: 2, padding: 1 })
  const straight = conv2d(graph, x, weight('a.weight', [6, 4, 3, 3]), { stride: 1, padding: 1 })
  const shortcut = conv2d(graph, x, weight('b.weight', [6, 4, 1, 1]), { stride: 1, padding: 0 })
  x = relu(graph, add(graph, normalise(straight, 'bn2'), normalise(shortcut, 'bn3')))
  x = conv2d(graph, x, weight('c.weight', [5, 6, 3, 3]), { stride: 2, padding: 1 })
  const featureMap = relu(graph, normalise(x, 'bn4'))
  const pooled = globalAvgPool(graph, featureMap)
  const logits = linear(graph, pooled, weight('fc.weight', [CLASSES, 5]), weight('fc.bias', [CLASSES]))
  return { graph, images, featureMap, pooled, logits, parameters }
}

const random = createRandom(3)
const images = Uint8Array.from({ length: 6 * SIZE * SIZE * 3 }, () => random.integer(256))
const labels = Int32Array.of(0, 1, 2, 2, 1, 0)

function smallWeights(network: Network): Weights {
  const weights: Weights = new Map()
  for (const [name, { shape }] of network.parameters) {
    const size = shape.reduce((product, side) => product * side, 1)
    const positive = name.endsWith('running_var') || (name.startsWith('bn') && name.endsWith('weight'))
    const data = Float32Array.from({ length: size }, () =>
      positive ? 0.5 + random.next() : 0.4 * random.normal(),
    )
    weights.set(name, { shape: [...shape], data })
  }
  return weights
}

interface Case {
  mode: BatchNormMode
  reduction: 'sum' | 'mean'
  classWeights?: number[]
}

/** One step at a rate, and the loss before it. */
function step({ mode, ...loss }: Case, weights: Weights, rate: number) {
  const session = openSession(smallNetwork(mode), weights, {
    loss: { labelSmoothing: 0.1, ...loss },
    optimiser: { momentum: 0, nesterov: false, weightDecay: 0, multiplier: () => 1 },
  })
  const { loss: mean } = session.step(images, labels, rate)
  const after = session.weights()
  session.close()
  return { loss: loss.reduction === 'sum' ? mean * labels.length : mean, after }
}

test.for<Case>([
  { mode: 'live', reduction: 'mean' },
  { mode: 'live', reduction: 'sum' },
  { mode: 'frozen', reduction: 'mean' },
  { mode: 'frozen', reduction: 'sum', classWeights: [0.2, 3, 1] },
])('gradients equal finite differences: $mode batch norm, $reduction loss, weights $classWeights', (of) => {
  const network = smallNetwork(of.mode)
  const weights = smallWeights(network)
  const rate = 1e-3
  const { after } = step(of, weights, rate)
  for (const [name, { operation }] of network.parameters) {
    if (operation.op !== 'parameter' || !operation.trainable) continue
    const before = weights.get(name)!
    const gradient = before.data.map((value, index) => (value - after.get(name)!.data[index]!) / rate)
    const direction = gradient.map(() => random.normal())
    const norm = Math.hypot(...direction)
    const width = 4e-3
    const moved = (sign: number) => {
      const data = before.data.map((value, index) => value + (sign * width * direction[index]!) / norm)
      return step(of, new Map([...weights, [name, { ...before, data }]]), 0).loss
    }
    const measured = (moved(1) - moved(-1)) / (2 * width)
    const computed = gradient.reduce((sum, value, index) => sum + (value * direction[index]!) / norm, 0)
    // What float32 and the kinks of relu and max pooling leave.
    const tolerance = 0.02 * Math.hypot(...gradient) + 1e-3
    expect(Math.abs(measured - computed), `${name}: ${computed} against ${measured}`).toBeLessThan(tolerance)
  }
})

test('below frozen stages there are no gradients', () => {
  const { graph, logits, parameters } = resnet('resnet18', 2, {
    batchNorm: 'frozen',
    frozenStages: ['stem', 'layer1', 'layer2'],
    imageSize: 64,
  })
  const target = input(graph, 'labels', [BATCH])
  const before = graph.nodes.length
  const loss = softmaxCrossEntropy(graph, logits, target, { labelSmoothing: 0, reduction: 'mean' })
  const gradients = addGradients(graph, loss)
  const names = [...gradients.keys()].map(({ operation }) =>
    operation.op === 'parameter' ? operation.name : '',
  )
  const expected = [...parameters.keys()].filter((name) =>
    /^(layer[34]\..*(conv.|downsample\.0)\.weight|fc\.)/.test(name),
  )
  expect(names.sort()).toEqual(expected.sort())
  const added = graph.nodes.slice(before).filter(({ operation }) => operation.op === 'conv2d_input_gradient')
  // Two stages of two blocks of two convolutions and a shortcut, less the first block's two that read frozen features.
  expect(added).toHaveLength(8)
  for (const [{ shape }, gradient] of gradients) expect(gradient.shape).toEqual(shape)
})
