// The bodies of the Open Inference Protocol, version 2, with its extension for binary tensors.
// Sources: the KServe V2 REST specification, and Triton's "Binary Tensor Data Extension".
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { z } from 'zod'

/** The JSON begins a binary body and is as long as this header says; the tensors follow in order. */
export const JSON_LENGTH = 'inference-header-content-length'

/** Of a tensor: also how deep its JSON may be nested. */
const MOST_AXES = 8

const parameters = z.record(z.string(), z.unknown()).default({})
const requestSchema = z.object({
  id: z.string().optional(),
  parameters,
  inputs: z
    .array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().min(0)).max(MOST_AXES),
        datatype: z.string(),
        parameters,
        data: z.array(z.unknown()).optional(),
      }),
    )
    .length(1),
  outputs: z.array(z.object({ name: z.string(), parameters })).optional(),
})

export const OUTPUTS = ['probabilities', 'label', 'logits', 'features'] as const
export type ProtocolOutput = (typeof OUTPUTS)[number]
/** Without a wish of the caller. */
const DEFAULT_OUTPUTS = ['probabilities', 'label'] as const

export interface InferRequest {
  id: string | undefined
  /** Encoded images (`image`, BYTES), or inputs of the network (`images`, FP32 [N, 3, size, size]). */
  images: (Uint8Array | Float32Array)[]
  outputs: { name: ProtocolOutput; isBinary: boolean }[]
}

/** @throws GraftError `invalid_json`, `invalid_request`, `payload_too_large` for too many images */
export function parseInfer(body: Uint8Array, jsonLength: string | null): InferRequest {
  const length = jsonLength === null ? body.length : Number(jsonLength)
  if (!Number.isInteger(length) || length < 0 || length > body.length) {
    throw invalid(`Inference-Header-Content-Length is no length within the body of ${body.length} bytes`)
  }
  const { id, parameters, inputs, outputs } = readJson(body.subarray(0, length))
  const [input] = inputs
  if (input === undefined) throw invalid('there is no input')
  const size = input.parameters.binary_data_size
  const rest = body.subarray(length)
  if (size !== undefined && size !== rest.length) {
    throw invalid(`binary_data_size is ${size}, and ${rest.length} bytes follow the JSON`)
  }
  if (size === undefined && rest.length > 0) throw invalid('bytes follow the JSON that no input claims')
  const images = readTensor(input, size === undefined ? undefined : rest)
  const count = input.shape[0] ?? 0
  if (images.length !== count || count === 0) {
    throw invalid(
      `the shape [${input.shape}] does not hold ${images.length} images, of which there must be one`,
    )
  }
  const byDefault = parameters.binary_data_output === true
  const wanted =
    outputs ?? DEFAULT_OUTPUTS.map((name) => ({ name, parameters: {} as Record<string, unknown> }))
  return {
    id,
    images,
    outputs: wanted.map(({ name, parameters: { binary_data: isBinary } }) => {
      const output = OUTPUTS.find((known) => known === name)
      if (output === undefined) throw invalid(`there is no output ${JSON.stringify(name)}, but ${OUTPUTS}`)
      return { name: output, isBinary: typeof isBinary === 'boolean' ? isBinary : byDefault }
    }),
  }
}

function readJson(bytes: Uint8Array): z.output<typeof requestSchema> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (error) {
    throw new GraftError('invalid_json', `The body is not JSON: ${(error as Error).message}.`)
  }
  return requestSchema.parse(value)
}

type Input = z.output<typeof requestSchema>['inputs'][number]

function readTensor(
  { name, datatype, shape, data }: Input,
  binary: Uint8Array | undefined,
): (Uint8Array | Float32Array)[] {
  if (binary === undefined && data === undefined) throw invalid(`the input ${name} has no data`)
  const most = limit('predictImages')
  if ((shape[0] ?? 0) > most) {
    throw new GraftError('payload_too_large', `The request has more than ${most} images.`)
  }
  if (name === 'image' && datatype === 'BYTES') {
    if (binary !== undefined) return [...splitBytes(binary)]
    return (data ?? []).flat(shape.length).map((text) => {
      if (typeof text === 'string') return Buffer.from(text, 'base64')
      throw invalid(`an element of the input ${name} is no text`)
    })
  }
  if (name === 'images' && datatype === 'FP32') {
    const [count = 0, ...sides] = shape
    const each = sides.reduce((product, side) => product * side, 1)
    const values =
      binary === undefined
        ? Float32Array.from((data ?? []).flat(shape.length), (value) =>
            typeof value === 'number' ? value : Number.NaN,
          )
        : new Float32Array(new Uint8Array(binary.subarray(0, binary.length & ~3)).buffer)
    if (values.length !== count * each) {
      throw invalid(`the input ${name} has ${values.length} values, not those of its shape [${shape}]`)
    }
    if (!values.every(Number.isFinite))
      throw invalid(`the input ${name} has a value that is no finite number`)
    return Array.from({ length: count }, (_, index) => values.slice(index * each, (index + 1) * each))
  }
  throw invalid('the input is neither "image" of BYTES nor "images" of FP32')
}

/** Each element after its length, 4 bytes little-endian. */
function* splitBytes(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let place = 0; place < bytes.length; ) {
    const start = place + 4
    const end = start <= bytes.length ? start + view.getUint32(place, true) : Number.POSITIVE_INFINITY
    if (end > bytes.length) throw invalid('an element of the binary data ends behind the data')
    yield bytes.subarray(start, end)
    place = end
  }
}

export interface Tensor {
  name: ProtocolOutput
  shape: number[]
  isBinary: boolean
  data: Float32Array | string[]
}

/** The answer's body, and the length of its JSON where tensors follow it. */
export function writeInfer(
  head: {
    model_name: string
    model_version: string
    id?: string | undefined
    parameters?: Record<string, string> | undefined
  },
  tensors: readonly Tensor[],
): { body: Uint8Array<ArrayBuffer>; jsonLength: number | undefined } {
  const binaries: Uint8Array[] = []
  const outputs = tensors.map(({ name, shape, isBinary, data }) => {
    const datatype = data instanceof Float32Array ? 'FP32' : 'BYTES'
    if (!isBinary) return { name, datatype, shape, data: Array.from<number | string>(data) }
    const bytes = data instanceof Float32Array ? new Uint8Array(data.buffer) : joinBytes(data)
    binaries.push(bytes)
    return { name, datatype, shape, parameters: { binary_data_size: bytes.length } }
  })
  const json = Buffer.from(JSON.stringify({ ...head, outputs }))
  const body = new Uint8Array(Buffer.concat([json, ...binaries]))
  return { body, jsonLength: binaries.length > 0 ? json.length : undefined }
}

function joinBytes(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(Buffer.byteLength(text))
      return [length, Buffer.from(text)]
    }),
  )
}

function invalid(message: string): GraftError {
  return new GraftError('invalid_request', `The request is not valid: ${message}.`)
}
