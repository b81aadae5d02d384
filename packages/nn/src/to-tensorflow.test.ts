// Read by the messages that come with TensorFlow's own package, not by what wrote them.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { addGradients } from './gradients.ts'
import { BATCH, input, softmaxCrossEntropy } from './graph.ts'
import { type ResNetOptions, resnet } from './resnet.ts'
import { toTensorFlow } from './to-tensorflow.ts'

const { SavedModel } = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js')

interface NodeDef {
  getName(): string
  getOp(): string
  getInputList(): string[]
  getAttrMap(): Map<string, { getS_asU8(): Uint8Array }>
}

interface Node {
  name: string
  op: string
  inputs: string[]
  padding: string
}

function lowered(options: ResNetOptions): Node[] {
  const network = resnet('resnet18', 2, { imageSize: 64, ...options })
  const labels = input(network.graph, 'labels', [BATCH])
  const smoothing = { labelSmoothing: 0, reduction: 'mean' } as const
  const loss = softmaxCrossEntropy(network.graph, network.logits, labels, smoothing)
  const gradients = addGradients(network.graph, loss)
  const optimiser = { momentum: 0.9, nesterov: true, weightDecay: 1e-3, multiplier: () => 1 }
  const weights = new Map(
    [...network.parameters].map(([name, { shape }]) => {
      return [name, { shape: [...shape], data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }]
    }),
  )
  const { savedModel } = toTensorFlow({ network, loss, labels, gradients }, weights, { optimiser })
  const [meta] = SavedModel.deserializeBinary(savedModel).getMetaGraphsList()
  return meta
    .getGraphDef()
    .getNodeList()
    .map((node: NodeDef) => ({
      name: node.getName(),
      op: node.getOp(),
      inputs: node.getInputList(),
      padding: Buffer.from(node.getAttrMap().get('padding')?.getS_asU8() ?? []).toString(),
    }))
}

const live = lowered({ batchNorm: 'live' })
const tiered = lowered({ batchNorm: 'frozen', frozenStages: ['stem', 'layer1'] })
const count = (nodes: Node[], op: string) => nodes.filter((node) => node.op === op).length

test('every node reads nodes that stand before it', () => {
  for (const nodes of [live, tiered]) {
    const known = new Set<string>()
    for (const { name, inputs } of nodes) {
      for (const each of inputs) expect(known, name).toContain(each.replace(/^\^/, '').replace(/:\d+$/, ''))
      expect(known).not.toContain(name)
      known.add(name)
    }
  }
})

test('no convolution or pooling is padded explicitly, which oneDNN refuses', () => {
  const windows = [...live, ...tiered].filter(({ op }) => /^(Conv2D|MaxPool)/.test(op))
  expect(new Set(windows.map(({ padding }) => padding))).toEqual(new Set(['SAME', 'VALID']))
})

test('20 convolutions; the gradient by the images is not computed', () => {
  expect(count(live, 'Conv2D')).toBe(20)
  expect(count(live, 'Conv2DBackpropFilter')).toBe(20)
  expect(count(live, 'Conv2DBackpropInput')).toBe(19)
  expect(count(live, 'FusedBatchNormV3')).toBe(20)
  expect(count(live, 'FusedBatchNormGradV3')).toBe(20)
})

test('frozen stages have no gradients, and frozen batch norm is folded into the convolutions', () => {
  expect(count(tiered, 'Conv2D')).toBe(20)
  expect(count(tiered, 'Conv2DBackpropFilter')).toBe(15)
  expect(count(tiered, 'Conv2DBackpropInput')).toBe(13)
  expect(tiered.filter(({ op }) => op.includes('BatchNorm'))).toEqual([])
  expect(count(tiered, 'MaxPoolGrad')).toBe(0)
})

test('a variable is never the fed tensor itself', () => {
  const ops = new Map(live.map(({ name, op }) => [name, op]))
  const setters = live.filter(
    ({ op, inputs }) => op === 'AssignVariableOp' && ops.get(inputs[1]!) !== 'AddV2',
  )
  // 20 convolutions, 20 batch norms of four vectors, the head; and a momentum buffer for each that is trained.
  expect(setters).toHaveLength(102 + 62)
  expect(new Set(setters.map(({ inputs }) => ops.get(inputs[1]!)))).toEqual(new Set(['DeepCopy']))
})

test('what is not trained is a constant, so nothing of it is computed at each step', () => {
  const variables = tiered.filter(({ op }) => op === 'VarHandleOp')
  // 15 convolutions and the head's two, each with a momentum buffer.
  expect(variables).toHaveLength(2 * (15 + 2))
})

test('nothing is changed before everything is computed: out of memory takes no step', () => {
  for (const nodes of [live, tiered]) {
    const by = new Map(nodes.map((node) => [node.name, node]))
    const names = (inputs: string[]) => inputs.map((each) => each.replace(/^\^/, '').replace(/:\d+$/, ''))
    const below = new Set<string>()
    const visit = (name: string) => {
      if (below.has(name)) return
      below.add(name)
      for (const each of names(by.get(name)!.inputs)) visit(each)
    }
    const barriers = nodes.filter(({ op }) => op === 'NoOp')
    expect(barriers).toHaveLength(1)
    visit(barriers[0]!.name)
    const changes = nodes.filter(
      ({ op, inputs }) =>
        op.startsWith('Resource') || (op === 'AssignVariableOp' && by.get(inputs[1]!)!.op !== 'DeepCopy'),
    )
    for (const { inputs } of changes) expect(inputs).toContain(`^${barriers[0]!.name}`)
    for (const { name } of nodes.filter(({ op }) => op.includes('Backprop'))) expect(below).toContain(name)
  }
})

test('the result waits for every update', () => {
  const result = live.find(({ name }) => name === 'result')
  const updates = live.filter(({ op }) => op === 'ResourceApplyMomentum')
  expect(updates).toHaveLength(62)
  expect(result?.inputs).toEqual(expect.arrayContaining(updates.map(({ name }) => `^${name}`)))
})
