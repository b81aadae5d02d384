import { expect, test } from 'vitest'
import { isOutOfMemory, loadGraph } from './saved-model.ts'
import { createTensorFlowGraph, FLOAT } from './tensorflow-graph.ts'
import { encodeSavedModel } from './tensorflow-proto.ts'

test('more memory than there is, is out_of_memory; the graph runs on afterwards', () => {
  const graph = createTensorFlowGraph()
  graph.placeholder('sides', 'int32', [2])
  const filled = graph.emit('Fill', ['sides', graph.scalar(2)], {
    ...FLOAT,
    index_type: { type: 'int32' },
  })
  graph.emit('Identity', [graph.reduce('Sum', filled, 0, 1)], FLOAT, 'sum')
  const loaded = loadGraph(encodeSavedModel(graph.nodes))
  const sum = (side: number) => {
    return loaded.run({ sides: { shape: [2], data: Int32Array.of(side, side) } }, ['sum'])[0]?.[0]
  }
  expect(() => sum(2 ** 24)).toThrow(expect.objectContaining({ code: 'out_of_memory' }))
  expect(sum(3)).toBe(18)
  loaded.close()
})

test.for([
  ['OOM when allocating tensor with shape[64,64,112,112] and type float on /device:GPU:0', true],
  ['Session fail to run with error: RESOURCE_EXHAUSTED: failed to allocate memory', true],
  ['std::bad_alloc', true],
  ['Invalid argument: logits and labels must be broadcastable', false],
] as const)('%j is out of memory: %s', ([message, expected]) => {
  expect(isOutOfMemory(new Error(message))).toBe(expected)
})
