// Reads one weight out of an ONNX file. Field numbers: onnx.proto.
import { GraftError } from '@graft/core/errors'
import protobuf from 'protobufjs'
import type { Weight } from './weights.ts'

/**
 * A float32 tensor that the file's graph was written with (ModelProto.graph = 7, GraphProto.initializer = 5).
 * @throws GraftError `weights_invalid` when there is none of that name
 */
export function readOnnxTensor(onnx: Uint8Array, name: string): Weight {
  for (const graph of fieldsOf(onnx, 7)) {
    for (const tensor of fieldsOf(graph, 5)) {
      const [text] = fieldsOf(tensor, 8)
      const [raw] = fieldsOf(tensor, 9)
      if (raw === undefined || Buffer.from(text ?? []).toString() !== name) continue
      // A copy: the bytes lie at any offset, which floats may not.
      return { shape: shapeOf(tensor), data: new Float32Array(new Uint8Array(raw).buffer) }
    }
  }
  throw new GraftError('weights_invalid', `The ONNX file has no ${name}.`)
}

/** The message's values of one length-delimited field, without a copy. */
function* fieldsOf(bytes: Uint8Array, field: number): Generator<Uint8Array> {
  const reader = protobuf.Reader.create(bytes)
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    if (tag >>> 3 === field && (tag & 7) === 2) {
      const length = reader.uint32()
      yield bytes.subarray(reader.pos, reader.pos + length)
      reader.skip(length)
    } else reader.skipType(tag & 7)
  }
}

/** TensorProto: dims = 1, each a varint of its own. */
function shapeOf(tensor: Uint8Array): number[] {
  const shape: number[] = []
  const reader = protobuf.Reader.create(tensor)
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    if (tag === 1 << 3) shape.push(Number(reader.int64()))
    else reader.skipType(tag & 7)
  }
  return shape
}
