// Each operation and its gradient are PyTorch's (fixtures/make.py), in sizes where the paddings of two sides differ.
import { describe, expect, test } from 'vitest'
import { labels, readFixture, SUMS, sketch, uniform } from '../fixtures/fixture.ts'
import { addGradients, propagate } from './gradients.ts'
import {
  add,
  batchNorm,
  conv2d,
  createGraph,
  type Graph,
  globalAvgPool,
  input,
  type LossReduction,
  linear,
  maxPool,
  type Node,
  parameter,
  relu,
  softmaxCrossEntropy,
  type Window,
} from './graph.ts'
import { type Feed, loadGraph } from './saved-model.ts'
import { createTensorFlowGraph } from './tensorflow-graph.ts'
import { lowerOperations } from './tensorflow-operations.ts'
import { encodeSavedModel } from './tensorflow-proto.ts'
import { fromVariable, toVariable, variableShape } from './variable-layout.ts'

const LABELS = 6

interface Case {
  op:
    | 'conv2d'
    | 'batch_norm'
    | 'frozen'
    | 'max_pool'
    | 'add'
    | 'global_avg_pool'
    | 'linear'
    | 'softmax_cross_entropy'
  /** Shapes, by the names that `build` reads. */
  inputs: Record<string, number[]>
  window: Window
  kernel: number
  loss: { labelSmoothing: number; reduction: LossReduction; classWeights?: number[] }
  /** The result, the gradient by each input, and what live batch norm makes of its running statistics. */
  values: Record<string, { norm: number; sketch: number[] }>
}

describe.each(Object.entries(readFixture<Record<string, Case>>('operations.json')))(
  '%s',
  (name, expected) => {
    test('gives PyTorch’s result and gradients', () => {
      const actual = compute(name, expected)
      expect([...actual.keys()].sort()).toEqual(Object.keys(expected.values).sort())
      for (const [key, { norm, sketch: theirs }] of Object.entries(expected.values)) {
        const ours = sketch(`${name} ${key}`, actual.get(key)!)
        const distance = Math.hypot(...ours.map((sum, index) => sum - theirs[index]!))
        expect(theirs).toHaveLength(SUMS)
        expect(distance / norm, key).toBeLessThan(1e-5)
      }
    })
  },
)

function build(
  { op, window, kernel, loss }: Case,
  graph: Graph,
  at: (name: string) => Node,
  target: Node,
): Node {
  const normalised = (x: Node, mode: 'live' | 'frozen') => {
    const by = { weight: at('weight'), bias: at('bias') }
    const running = { runningMean: at('running_mean'), runningVar: at('running_var') }
    return batchNorm(graph, x, { ...by, ...running }, mode)
  }
  switch (op) {
    case 'conv2d':
      return conv2d(graph, at('x'), at('weight'), window)
    case 'batch_norm':
      return normalised(at('x'), 'live')
    case 'frozen':
      return normalised(conv2d(graph, at('x'), at('filter'), window), 'frozen')
    case 'max_pool':
      return maxPool(graph, relu(graph, at('x')), kernel, window)
    case 'add':
      return add(graph, at('a'), at('b'))
    case 'global_avg_pool':
      return globalAvgPool(graph, at('x'))
    case 'linear':
      return linear(graph, at('x'), at('weight'), at('bias'))
    case 'softmax_cross_entropy':
      return softmaxCrossEntropy(graph, at('x'), target, loss)
  }
}

/** The values by their names in the fixture, in PyTorch's layout of weights. */
function compute(name: string, of: Case): Map<string, Float32Array> {
  const graph = createGraph()
  const nodes = new Map<string, Node>()
  for (const [key, shape] of Object.entries(of.inputs)) {
    const isTrained = !key.startsWith('running') && (of.op !== 'frozen' || key === 'x' || key === 'filter')
    nodes.set(key, parameter(graph, key, shape, isTrained))
  }
  const target = input(graph, 'labels', [LABELS])
  const result = build(of, graph, (key) => nodes.get(key)!, target)
  const isLoss = of.op === 'softmax_cross_entropy'
  const dy = input(graph, 'dy', result.shape)
  const gradients = isLoss ? addGradients(graph, result) : propagate(graph, result, dy)

  const to = createTensorFlowGraph()
  const feeds: Record<string, Feed> = {
    count: { shape: [], data: Float32Array.of(LABELS) },
    labels: { shape: [LABELS], data: labels(`${name} labels`, LABELS, 4) },
    dy: { shape: result.shape, data: uniform(`${name} dy`, sizeOf(result.shape), 1) },
  }
  const isFilter = ({ id }: Node) =>
    [...nodes].some(([key, node]) => node.id === id && /weight|filter/.test(key))
  const values = new Map<Node, string>([
    [target, to.placeholder('labels', 'int32', [LABELS])],
    [dy, to.placeholder('dy', 'float32', result.shape)],
  ])
  for (const [key, node] of nodes) {
    const drawn = uniform(`${name} ${key}`, sizeOf(node.shape), 1)
    const data = key === 'running_var' ? drawn.map((value) => value + 1.5) : drawn
    const filter = isFilter(node)
    const shape = filter ? variableShape(node.shape) : node.shape
    feeds[key] = { shape, data: filter ? toVariable({ shape: [...node.shape], data }) : data }
    values.set(node, to.placeholder(key, 'float32', shape))
  }
  const count = to.placeholder('count', 'float32', [])
  const { statistics } = lowerOperations(to, graph.nodes, values, { precision: 'float32', count })

  const wanted = new Map<string, { tensor: string; node: Node }>()
  wanted.set('result', { tensor: values.get(result)!, node: result })
  for (const [key, node] of nodes) {
    const statistic = statistics.get(node)
    if (statistic !== undefined) wanted.set(key, { tensor: statistic, node })
    const gradient = gradients.get(node)
    if (gradient !== undefined) wanted.set(`gradient by ${key}`, { tensor: values.get(gradient)!, node })
  }
  const outputs = [...wanted.values()].map(({ tensor }) => to.emit('Identity', [tensor]))
  const loaded = loadGraph(encodeSavedModel(to.nodes))
  try {
    const found = loaded.run(feeds, outputs)
    return new Map(
      [...wanted].map(([key, { node }], index) => {
        const data = found[index]!
        return [key, isFilter(node) ? fromVariable(node.shape, data).data : data]
      }),
    )
  } finally {
    loaded.close()
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}
