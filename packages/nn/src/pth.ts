// Reads and writes a state_dict as PyTorch does (`.pth`): a zip of a pickle and of the raw numbers of each storage.
//
// Source: torch/serialization.py and torch/_utils.py, the format since PyTorch 1.6.
import { GraftError } from '@graft/core/errors'
import { z } from 'zod'
import { type NumberFormat, toFloat32, WIDTHS } from './number-format.ts'
import { PickleError, type PickleWorld, readPickle } from './pickle.ts'
import { readStoredZip, writeStoredZip } from './stored-zip.ts'
import type { Weight, Weights } from './weights.ts'

/** Bytes of the pickle that names the tensors: that of a ResNet-152 takes 150 kB. */
const MAX_PICKLE = 1024 ** 2

const MAX_AXES = 8

const count = z.int().min(0)

/** What a pickle calls a storage: kind, type, key in the zip, device, and how many numbers it has. */
const storageSchema = z.tuple([
  z.literal('storage'),
  z.enum(Object.keys(WIDTHS) as NumberFormat[]),
  z.string(),
  z.string(),
  count,
])

/** How a pickle calls `_rebuild_tensor_v2`: storage, offset, size, strides, and two that are about gradients. */
const viewSchema = z.tuple([
  z.instanceof(Float32Array),
  count,
  z.array(count).max(MAX_AXES),
  z.array(count).max(MAX_AXES),
  z.boolean(),
  z.instanceof(Map),
])

const stateSchema = z.map(z.string(), z.object({ shape: z.array(count), data: z.instanceof(Float32Array) }))

function invalid(reason: string, cause?: unknown): GraftError {
  return new GraftError('weights_invalid', `This is no state_dict as torch.save writes it: ${reason}.`, [], {
    cause,
  })
}

/**
 * All tensors as float32, by name. What `torch.save(model.state_dict())` writes can be read and nothing else: no
 * class is looked up and no code is run. The counts of batches, which only an average without momentum needs, are
 * left out, and so is the `module.` that DataParallel puts before each name.
 *
 * @throws GraftError `weights_invalid`
 */
export async function readPth(bytes: Uint8Array): Promise<Weights> {
  if (bytes[0] === 0x80)
    throw invalid('its format is from before PyTorch 1.6; load it there and save it again')
  const entries = await readStoredZip(bytes).catch((error: Error) => {
    throw invalid(error.message, error)
  })
  return named(stateOf(entries, bytes.length))
}

function stateOf(entries: ReadonlyMap<string, Uint8Array>, fileBytes: number): Weights {
  const [first = ''] = entries.keys()
  const root = first.slice(0, first.indexOf('/') + 1) // any name, the same for all entries
  const pickle = entries.get(`${root}data.pkl`)
  if (pickle === undefined) throw invalid('it has no data.pkl')
  if (pickle.length > MAX_PICKLE) throw invalid('its data.pkl is too large')
  const order = entries.get(`${root}byteorder`)
  if (order !== undefined && Buffer.from(order).toString() !== 'little')
    throw invalid('it is not little-endian')

  const storages = new Map<string, Float32Array>()
  const load = (id: unknown): Float32Array => {
    const { success, data } = storageSchema.safeParse(id)
    if (!success) throw invalid('a storage is malformed')
    const [, format, key, , numbers] = data
    const stored = entries.get(`${root}data/${key}`)
    if (stored?.length !== numbers * WIDTHS[format])
      throw invalid(`it has no ${numbers} numbers in data/${key}`)
    const values = storages.get(`${format} ${key}`) ?? toFloat32(format, stored)
    storages.set(`${format} ${key}`, values)
    return values
  }

  // Tensors may share a storage, and a small file could ask for it many times over.
  let total = 0
  const rebuild = (values: unknown): Weight => {
    const { success, data } = viewSchema.safeParse(values)
    if (!success) throw invalid('a tensor is malformed')
    const [storage, offset, shape, strides] = data
    total += sizeOf(shape)
    if (total > fileBytes) throw invalid('its tensors are larger than the file')
    return { shape, data: gather(storage, offset, shape, strides) }
  }

  const globals = new Map<string, unknown>([
    ['collections OrderedDict', orderedDict],
    ['torch._utils _rebuild_tensor_v2', rebuild],
    ['torch FloatStorage', 'F32'],
    ['torch HalfStorage', 'F16'],
    ['torch BFloat16Storage', 'BF16'],
    ['torch DoubleStorage', 'F64'],
    ['torch LongStorage', 'I64'],
  ])
  const { success, data, error } = stateSchema.safeParse(unpickled(pickle, { globals, load }))
  if (success) return data
  const [name] = error.issues[0]?.path ?? []
  throw invalid(name === undefined ? 'it is no dictionary' : `${JSON.stringify(name)} is no name of a tensor`)
}

function unpickled(pickle: Uint8Array, world: PickleWorld): unknown {
  try {
    return readPickle(pickle, world)
  } catch (error) {
    throw error instanceof PickleError ? invalid(error.message, error) : error
  }
}

function orderedDict(values: unknown[]): Map<unknown, unknown> {
  if (values.length > 0) throw invalid('a dictionary is malformed')
  return new Map()
}

/** The tensor's numbers in their order, out of a storage where they may lie in any. */
function gather(storage: Float32Array, offset: number, shape: number[], strides: number[]): Float32Array {
  const size = sizeOf(shape)
  const end = shape.reduce((last, side, axis) => last + (side - 1) * (strides[axis] ?? 0), offset)
  if (strides.length !== shape.length || size > storage.length || (size > 0 && end >= storage.length)) {
    throw invalid('a tensor does not lie within its storage')
  }
  const values = new Float32Array(size)
  let filled = 0
  const fill = (axis: number, from: number) => {
    const [side, stride] = [shape[axis], strides[axis] ?? 0]
    if (side === undefined) {
      values[filled] = storage[from] ?? 0
      filled += 1
      return
    }
    for (let index = 0; index < side; index += 1) fill(axis + 1, from + index * stride)
  }
  if (size > 0) fill(0, offset)
  return values
}

function named(state: Weights): Weights {
  const weights = [...state].filter(([name]) => !name.endsWith('.num_batches_tracked'))
  const parallel = weights.every(([name]) => name.startsWith('module.'))
  return new Map(weights.map(([name, weight]) => [parallel ? name.slice('module.'.length) : name, weight]))
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

/**
 * A file that `torch.load(weights_only=True)` reads. Its numbers are float32, and its names those of the weights: for
 * `load_state_dict`, PyTorch itself sets the counts of batches, which are not among them, to 0.
 */
export function writePth(weights: Weights): Uint8Array {
  const entries = [...weights]
  const tensors = entries.map(([name, weight], key) => [text(name), tensor(String(key), weight)])
  const pickle = [PROTOCOL, EMPTY_DICT, '(', ...tensors.flat(), 'u.'].join('')
  return writeStoredZip(
    new Map([
      ['archive/data.pkl', Buffer.from(pickle, 'latin1')],
      ['archive/byteorder', Buffer.from('little')],
      ...entries.map(
        ([, { data }], key) =>
          [`archive/data/${key}`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)] as const,
      ),
      ['archive/version', Buffer.from('3\n')],
    ]),
  )
}

// Pickle's words as strings of bytes (latin1): see pickle.ts.

const PROTOCOL = '\x80\x02'
const FALSE = '\x89'
const global = (module: string, name: string) => `c${module}\n${name}\n`
const EMPTY_DICT = `${global('collections', 'OrderedDict')})R`
const tuple = (...items: string[]) => `(${items.join('')}t`

function integer(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return `J${bytes.toString('latin1')}`
}

function text(value: string): string {
  const utf8 = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(utf8.length)
  return `X${length.toString('latin1')}${utf8.toString('latin1')}`
}

function tensor(key: string, { shape, data }: Weight): string {
  const id = tuple(
    text('storage'),
    global('torch', 'FloatStorage'),
    text(key),
    text('cpu'),
    integer(data.length),
  )
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const sides = [shape, strides].map((values) => tuple(...values.map(integer)))
  return `${global('torch._utils', '_rebuild_tensor_v2')}${tuple(`${id}Q`, integer(0), ...sides, FALSE, EMPTY_DICT)}R`
}
