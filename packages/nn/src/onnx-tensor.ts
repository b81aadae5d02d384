// Reads one weight out of an ONNX file, without a copy of the others. Field numbers: onnx.proto.
import { GraftError } from '@graft/core/errors'
import { fields, readTensor } from './read-onnx.ts'
import type { Weight } from './weights.ts'

/**
 * A float32 tensor that the file's graph was written with (ModelProto.graph = 7, GraphProto.initializer = 5).
 * @throws GraftError `weights_invalid` when there is none of that name
 */
export function readOnnxTensor(onnx: Uint8Array, name: string): Weight {
  let found: Weight | undefined
  fields(onnx, (field, model) => {
    if (field !== 7) return false
    fields(model.bytes(), (inGraph, graph) => {
      if (inGraph !== 5) return false
      const { weight } = readTensor(graph.bytes(), (each) => each === name)
      found ??= weight
      return true
    })
    return true
  })
  if (found) return found
  throw new GraftError('weights_invalid', `The ONNX file has no ${name}.`)
}
