import { expect, test } from 'vitest'
import { readOnnxTensor } from './onnx-tensor.ts'
import { createRandom } from './random.ts'
import { toOnnx } from './to-onnx.ts'
import { readBaseWeights, withNewHead } from './weights.ts'

const weights = withNewHead(readBaseWeights(), 3, createRandom(1))
const onnx = toOnnx('resnet18', weights)

test('the head of an exported network is read as it was written', () => {
  const { shape, data } = readOnnxTensor(onnx, 'fc_weight')
  expect(shape).toEqual([3, 512])
  expect(Buffer.from(data.buffer).equals(Buffer.from(weights.get('fc.weight')!.data.buffer))).toBe(true)
})

test('a weight that the file has not is refused', () => {
  expect(() => readOnnxTensor(onnx, 'fc.weight')).toThrow('has no fc.weight')
})
