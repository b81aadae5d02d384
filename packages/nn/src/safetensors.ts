// Reads and writes the safetensors format: a JSON header, then the tensors' bytes. Source: huggingface/safetensors.
import { GraftError } from '@graft/core/errors'
import { z } from 'zod'
import { type NumberFormat, toFloat32, WIDTHS } from './number-format.ts'
import type { Weights } from './weights.ts'

/** The format's own bound on its header, in bytes. */
const MAX_HEADER = 100_000_000

const entrySchema = z.object({
  dtype: z.enum(Object.keys(WIDTHS) as NumberFormat[]),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})
type Entry = z.infer<typeof entrySchema>

function invalid(reason: string): GraftError {
  return new GraftError('weights_invalid', `This is no valid safetensors file: ${reason}.`)
}

/**
 * All tensors as float32, by name, in the header's order.
 * @throws GraftError `weights_invalid` for anything that is not a whole, consistent file
 */
export function readSafetensors(bytes: Uint8Array): Weights {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 8) throw invalid('it is shorter than its length field')
  const headerBytes = Number(view.getBigUint64(0, true))
  if (headerBytes > MAX_HEADER || headerBytes > bytes.byteLength - 8) throw invalid('its header is cut off')
  const dataStart = 8 + headerBytes
  const dataBytes = bytes.byteLength - dataStart

  const entries = new Map<string, Entry>()
  for (const [name, entry] of Object.entries(parseHeader(bytes.subarray(8, dataStart)))) {
    if (name === '__metadata__') continue
    const { success, data } = entrySchema.safeParse(entry)
    if (!success) throw invalid(`the entry of ${JSON.stringify(name)} is malformed`)
    const [begin, end] = data.data_offsets
    if (begin > end || end > dataBytes || end - begin !== sizeOf(data) * WIDTHS[data.dtype]) {
      throw invalid(`the bytes of ${JSON.stringify(name)} do not match its shape`)
    }
    entries.set(name, data)
  }
  if (!tiles([...entries.values()], dataBytes)) throw invalid('its tensors overlap or leave holes')

  const weights: Weights = new Map()
  for (const [name, entry] of entries) {
    const [begin, end] = entry.data_offsets
    const data = toFloat32(entry.dtype, bytes.subarray(dataStart + begin, dataStart + end))
    weights.set(name, { shape: entry.shape, data })
  }
  return weights
}

/** The format wants it, and it keeps a small file from asking for the same bytes many times over. */
function tiles(entries: readonly Entry[], dataBytes: number): boolean {
  const spans = entries.map((entry) => entry.data_offsets).sort(([a, b], [c, d]) => a - c || b - d)
  let position = 0
  for (const [begin, end] of spans) {
    if (begin !== position) return false
    position = end
  }
  return position === dataBytes
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (header !== null && typeof header === 'object' && !Array.isArray(header)) return { ...header }
  } catch {
    // said below
  }
  throw invalid('its header is no JSON object')
}

function sizeOf({ shape }: Entry): number {
  return shape.reduce((product, side) => product * side, 1)
}

/** Writes all tensors as F32; the header is padded with spaces so that the data is 8-byte aligned. */
export function writeSafetensors(weights: Weights, metadata: Record<string, string> = {}): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } }
  let offset = 0
  for (const [name, { shape, data }] of weights) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  const headerBytes = Math.ceil(json.byteLength / 8) * 8
  const file = Buffer.alloc(8 + headerBytes + offset, ' ')
  file.writeBigUInt64LE(BigInt(headerBytes), 0)
  json.copy(file, 8)
  let position = 8 + headerBytes
  for (const { data } of weights.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position)
    position += data.byteLength
  }
  return file
}
