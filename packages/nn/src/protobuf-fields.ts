// Fields of protocol buffer messages, as the lowerings write them. Source: protobuf.dev, "Encoding".
import protobuf from 'protobufjs'

const VARINT = 0
const LENGTH = 2
const FIXED32 = 5

export type Message = protobuf.Writer
const tag = (field: number, wire: number) => (field << 3) | wire

export const create = () => protobuf.Writer.create()

export function text(to: Message, field: number, value: string): Message {
  return to.uint32(tag(field, LENGTH)).string(value)
}

export function number(to: Message, field: number, value: number): Message {
  return to.uint32(tag(field, VARINT)).int64(value)
}

export function float(to: Message, field: number, value: number): Message {
  return to.uint32(tag(field, FIXED32)).float(value)
}

export function bytes(to: Message, field: number, value: Uint8Array): Message {
  return to.uint32(tag(field, LENGTH)).bytes(value)
}

export function message(to: Message, field: number, value: Message): Message {
  return bytes(to, field, value.finish())
}
