// Writes the few ONNX messages that a network needs. Field numbers: onnx.proto, IR version 8.
import { bytes, create, type Message, message, number, text } from './protobuf-fields.ts'

const FLOAT = 1

/** TensorProto.DataType of what a tensor's numbers are. */
function typeOf(data: OnnxTensor['data']): number {
  if (data instanceof Float32Array) return FLOAT
  if (data instanceof Uint8Array) return 2
  return data instanceof Int8Array ? 3 : 6
}

export type Attribute = number | readonly number[]

export interface OnnxNode {
  type: string
  inputs: readonly string[]
  output: string
  /** The operators used here take integers and lists of integers only. */
  attributes?: Record<string, Attribute>
}

/** AttributeProto: name = 1, i = 3, ints = 8, type = 20 (INT 2, INTS 7). */
function attribute(name: string, value: Attribute): Message {
  const to = text(create(), 1, name)
  if (typeof value === 'number') return number(number(to, 3, value), 20, 2)
  for (const item of value) number(to, 8, item)
  return number(to, 20, 7)
}

/** NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5. */
function node({ type, inputs, output, attributes = {} }: OnnxNode): Message {
  const to = create()
  for (const input of inputs) text(to, 1, input)
  text(text(text(to, 2, output), 3, output), 4, type)
  for (const [name, value] of Object.entries(attributes)) message(to, 5, attribute(name, value))
  return to
}

export interface OnnxTensor {
  name: string
  shape: readonly number[]
  data: Float32Array | Uint8Array | Int8Array | Int32Array
}

/** TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9 (little-endian). */
function tensor({ name, shape, data }: OnnxTensor): Message {
  const to = create()
  for (const side of shape) number(to, 1, side)
  text(number(to, 2, typeOf(data)), 8, name)
  return bytes(to, 9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

/** A float tensor's name and shape; a string in the shape names a size that is open. */
export interface OnnxValue {
  name: string
  shape: readonly (number | string)[]
}

/** ValueInfoProto: name = 1, type = 2 { tensor_type = 1 { elem_type = 1, shape = 2 { dim = 1 } } }. */
function value({ name, shape }: OnnxValue): Message {
  const sides = create()
  for (const side of shape) {
    const dimension = create()
    message(sides, 1, typeof side === 'number' ? number(dimension, 1, side) : text(dimension, 2, side))
  }
  const type = message(number(create(), 1, FLOAT), 2, sides)
  return message(text(create(), 1, name), 2, message(create(), 1, type))
}

export interface OnnxModel {
  nodes: readonly OnnxNode[]
  tensors: readonly OnnxTensor[]
  inputs: readonly OnnxValue[]
  outputs: readonly OnnxValue[]
}

/** ModelProto: ir_version = 1, producer_name = 2, graph = 7, opset_import = 8. */
export function encodeOnnx({ nodes, tensors, inputs, outputs }: OnnxModel, opset: number): Uint8Array {
  const graph = create()
  for (const item of nodes) message(graph, 1, node(item))
  text(graph, 2, 'graft')
  for (const item of tensors) message(graph, 5, tensor(item))
  for (const item of inputs) message(graph, 11, value(item))
  for (const item of outputs) message(graph, 12, value(item))
  const model = text(number(create(), 1, 8), 2, 'graft')
  message(model, 7, graph)
  message(model, 8, number(text(create(), 1, ''), 2, opset))
  return model.finish()
}
