// Writes the few TensorFlow messages that a training graph needs. Field numbers: tensorflow/core/framework/*.proto.
import { bytes, create, float, type Message, message, number, text } from './protobuf-fields.ts'

/** types.proto */
export const DTYPE = { float32: 1, int32: 3, uint8: 4, bool: 10, bfloat16: 14 } as const
export type Dtype = keyof typeof DTYPE

/** -1 is a size that is open. */
export type Shape = readonly number[]

export type Attribute =
  | { type: Dtype }
  | { int: number }
  | { ints: readonly number[] }
  | { float: number }
  | { bool: boolean }
  | { string: string }
  | { shape: Shape }
  | { tensor: { dtype: Dtype; shape: Shape; data: Float32Array | Int32Array } }

export interface TensorFlowNode {
  name: string
  op: string
  /** `node`, `node:2` for another output than the first, `^node` for an order without data. */
  inputs: readonly string[]
  attributes: Record<string, Attribute>
  /** Empty: TensorFlow chooses. */
  device: string
}

/** TensorShapeProto: dim = 2 { size = 1 }. */
function shapeOf(shape: Shape): Message {
  const to = create()
  for (const size of shape) message(to, 2, number(create(), 1, size))
  return to
}

/** AttrValue: list = 1 { i = 3 }, s = 2, i = 3, f = 4, b = 5, type = 6, shape = 7, tensor = 8. */
function attribute(value: Attribute): Message {
  const to = create()
  if ('type' in value) return number(to, 6, DTYPE[value.type])
  if ('int' in value) return number(to, 3, value.int)
  if ('float' in value) return float(to, 4, value.float)
  if ('bool' in value) return number(to, 5, value.bool ? 1 : 0)
  if ('string' in value) return text(to, 2, value.string)
  if ('shape' in value) return message(to, 7, shapeOf(value.shape))
  if ('ints' in value) {
    const list = create()
    for (const item of value.ints) number(list, 3, item)
    return message(to, 1, list)
  }
  // TensorProto: dtype = 1, tensor_shape = 2, tensor_content = 4 (little-endian).
  const { dtype, shape, data } = value.tensor
  const tensor = message(number(create(), 1, DTYPE[dtype]), 2, shapeOf(shape))
  return message(to, 8, bytes(tensor, 4, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)))
}

/** NodeDef: name = 1, op = 2, input = 3, device = 4, attr = 5 { key = 1, value = 2 }. */
function node({ name, op, inputs, attributes, device }: TensorFlowNode): Message {
  const to = text(text(create(), 1, name), 2, op)
  for (const input of inputs) text(to, 3, input)
  if (device !== '') text(to, 4, device)
  for (const [key, value] of Object.entries(attributes)) {
    message(to, 5, message(text(create(), 1, key), 2, attribute(value)))
  }
  return to
}

/** The format of graphs since TensorFlow 2.4. */
const PRODUCER = 561
/** The tag by which the graph is loaded again. */
export const TAG = 'train'

/**
 * A SavedModel without variables of its own: saved_model_schema_version = 1, meta_graphs = 2 { meta_info_def = 1
 * { tags = 4 }, graph_def = 2 { node = 1, versions = 4 { producer = 1 } } }.
 */
export function encodeSavedModel(nodes: readonly TensorFlowNode[]): Uint8Array {
  const graph = create()
  for (const item of nodes) message(graph, 1, node(item))
  message(graph, 4, number(create(), 1, PRODUCER))
  const meta = message(message(create(), 1, text(create(), 4, TAG)), 2, graph)
  return message(number(create(), 1, 1), 2, meta).finish()
}
