// Reads of an ONNX file what a network's weights and wiring are: nodes, their attributes, and float tensors.
// Field numbers: onnx.proto, IR version 8.
import { GraftError } from '@graft/core/errors'
import protobuf from 'protobufjs'
import type { Attribute, OnnxNode } from './onnx-proto.ts'
import type { Weight } from './weights.ts'

export interface OnnxGraph {
  nodes: OnnxNode[]
  /** Float tensors by name; those of other types are left out. */
  tensors: Map<string, Weight>
  /** Names of the inputs that are no tensors of the file. */
  inputs: string[]
}

export const invalidOnnx = (reason: string) =>
  new GraftError('weights_invalid', `The ONNX file is no ResNet that can be read: ${reason}.`)

const FLOAT = 1
const EXTERNAL = 1

/** Calls `take` for each field; what it does not read is skipped. */
export function fields(
  bytes: Uint8Array,
  take: (field: number, reader: protobuf.Reader, wire: number) => boolean,
): void {
  const reader = protobuf.Reader.create(bytes)
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    if (!take(tag >>> 3, reader, tag & 7)) reader.skipType(tag & 7)
  }
}

const PACKED = 2

/** Adds the numbers of a repeated field: one, or all that are packed. */
function addNumbers(to: number[], reader: protobuf.Reader, wire: number, read: () => number): true {
  const end = wire === PACKED ? reader.uint32() + reader.pos : reader.pos + 1
  while (reader.pos < end) to.push(read())
  return true
}

/** @throws GraftError `weights_invalid` */
export function readOnnx(bytes: Uint8Array): OnnxGraph {
  try {
    let graph: OnnxGraph | undefined
    fields(bytes, (field, reader) => {
      if (field !== 7) return false
      graph = readGraph(reader.bytes())
      return true
    })
    if (graph === undefined) throw invalidOnnx('it has no graph')
    return graph
  } catch (error) {
    if (error instanceof GraftError) throw error
    throw invalidOnnx((error as Error).message)
  }
}

/** GraphProto: node = 1, initializer = 5, input = 11. */
function readGraph(bytes: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = []
  const tensors = new Map<string, Weight>()
  const stored = new Set<string>()
  const inputs: string[] = []
  fields(bytes, (field, reader) => {
    if (field === 1) nodes.push(readNode(reader.bytes()))
    else if (field === 5) {
      const { name, weight } = readTensor(reader.bytes())
      stored.add(name)
      if (weight !== undefined) tensors.set(name, weight)
    } else if (field === 11) inputs.push(readName(reader.bytes()))
    else return false
    return true
  })
  return { nodes, tensors, inputs: inputs.filter((name) => !stored.has(name)) }
}

/** ValueInfoProto: name = 1. */
function readName(bytes: Uint8Array): string {
  let name = ''
  fields(bytes, (field, reader) => {
    if (field !== 1) return false
    name = reader.string()
    return true
  })
  return name
}

/** NodeProto: input = 1, output = 2, op_type = 4, attribute = 5. */
function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: Record<string, Attribute> = {}
  let type = ''
  fields(bytes, (field, reader) => {
    if (field === 1) inputs.push(reader.string())
    else if (field === 2) outputs.push(reader.string())
    else if (field === 4) type = reader.string()
    else if (field === 5) {
      const { name, value } = readAttribute(reader.bytes())
      if (value !== undefined) attributes[name] = value
    } else return false
    return true
  })
  return { type, inputs, output: outputs[0] ?? '', attributes }
}

/** AttributeProto: name = 1, f = 2, i = 3, ints = 8, packed or not. */
function readAttribute(bytes: Uint8Array): { name: string; value: Attribute | undefined } {
  let name = ''
  let value: Attribute | undefined
  const list: number[] = []
  fields(bytes, (field, reader, wire) => {
    if (field === 1) name = reader.string()
    else if (field === 2) value = reader.float()
    else if (field === 3) value = Number(reader.int64())
    else if (field === 8) return addNumbers(list, reader, wire, () => Number(reader.int64()))
    else return false
    return true
  })
  return { name, value: list.length > 0 ? list : value }
}

/**
 * TensorProto: dims = 1, data_type = 2, float_data = 4, name = 8, raw_data = 9, data_location = 14. The weight is a copy,
 * and is left out where it is not wanted or of another type.
 */
export function readTensor(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean = () => true,
): { name: string; weight: Weight | undefined } {
  let [name, type, external] = ['', 0, false]
  const shape: number[] = []
  let raw: Uint8Array | undefined
  const floats: number[] = []
  fields(bytes, (field, reader, wire) => {
    if (field === 1) return addNumbers(shape, reader, wire, () => Number(reader.int64()))
    if (field === 2) type = reader.int32()
    else if (field === 4) return addNumbers(floats, reader, wire, () => reader.float())
    else if (field === 8) name = reader.string()
    else if (field === 9) raw = reader.bytes()
    else if (field === 14) external = reader.int32() === EXTERNAL
    else return false
    return true
  })
  if (type !== FLOAT || !isWanted(name)) return { name, weight: undefined }
  if (external) throw invalidOnnx('its weights are in another file')
  // A copy: the numbers may begin anywhere in the file.
  const data = raw === undefined ? Float32Array.from(floats) : toFloats(raw)
  if (shape.reduce((product, side) => product * side, 1) !== data.length) {
    throw invalidOnnx(`the tensor ${JSON.stringify(name)} has not as many numbers as its shape says`)
  }
  return { name, weight: { shape, data } }
}

function toFloats(raw: Uint8Array): Float32Array {
  if (raw.length % 4 !== 0) throw invalidOnnx('a tensor ends within a number')
  return new Float32Array(new Uint8Array(raw).buffer)
}
