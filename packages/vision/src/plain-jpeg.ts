// Decodes small photos that are plain JPEG, without libvips: to set up its pipeline costs several times as much as such a
// photo's pixels. The decoder is libjpeg-turbo as libvips has it, in WebAssembly, whose memory ends at its own border.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { limit } from '@graft/core/limits'
import type { Pixels } from './pixels.ts'

/** Larger ones gain nothing, and would be memory that no thread gives back. */
const MOST_BYTES = 128 * 1024
const MOST_PIXELS = 320 * 320

// ITU-T T.81, table B.1; which application uses which segment: JFIF and EXIF 2.3.
const START_OF_IMAGE = 0xffd8
const BASELINE = 0xffc0
const START_OF_SCAN = 0xffda
/** Tables, a restart interval, a comment, JFIF's header, and what Photoshop leaves: none changes how pixels are read. */
const HARMLESS = new Set([0xffc4, 0xffdb, 0xffdd, 0xfffe, 0xffe0, 0xffed])

/** Its pixels are red, green, blue. */
const TJPF_RGB = 0
/** What is broken is read no further. */
const TJFLAG_STOPONWARNING = 8192

interface Decoder {
  memory: WebAssembly.Memory
  malloc(bytes: number): number
  free(pointer: number): void
  tjInitDecompress(): number
  tjDestroy(handle: number): number
  tjDecompress2(
    handle: number,
    file: number,
    bytes: number,
    pixels: number,
    width: number,
    pitch: number,
    height: number,
    format: number,
    flags: number,
  ): number
}

let program: WebAssembly.Module | undefined
let decoder: Decoder | undefined

/**
 * Of what an encoder has made, equal to the bit to what sharp decodes. Undefined for all that is not plain: progressive, a
 * scan for each colour, four colours, EXIF, a colour profile, large, more pixels than an image may have, or broken.
 */
export function decodePlainJpeg(bytes: Uint8Array, mostPixels = MOST_PIXELS): Pixels | undefined {
  const size = sizeOfPlain(bytes)
  const most = Math.min(mostPixels, limit('imagePixels'))
  if (size === undefined || size.width * size.height > most) return undefined
  try {
    decoder ??= startDecoder()
    return decode(decoder, bytes, size)
  } catch {
    // It gives up in the middle of its work, so what it held then is never freed: the next one starts anew.
    decoder = undefined
    return undefined
  }
}

/** By its header: what follows may be broken. */
export const isPlainJpeg = (bytes: Uint8Array): boolean => sizeOfPlain(bytes) !== undefined

/** From its header; undefined where it is not plain. */
function sizeOfPlain(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length > MOST_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4 || view.getUint16(0) !== START_OF_IMAGE) return undefined
  let size: { width: number; height: number } | undefined
  let components = 0
  for (let at = 2; at + 10 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker === START_OF_SCAN) {
      // Each scan of some colours is one more pass over the image, and small ones are thousands in a file.
      const isWhole = view.getUint8(at + 4) === components
      return size && isWhole && size.width * size.height <= MOST_PIXELS ? size : undefined
    }
    if (marker === BASELINE && size === undefined) {
      // Length, precision, height, width, components.
      const precision = view.getUint8(at + 4)
      components = view.getUint8(at + 9)
      if (precision !== 8 || (components !== 1 && components !== 3)) return undefined
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    } else if (!HARMLESS.has(marker)) return undefined
  }
  return undefined
}

function decode(
  { malloc, free, tjInitDecompress, tjDecompress2, tjDestroy, memory }: Decoder,
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
): Pixels | undefined {
  const length = width * height * 3
  const handle = tjInitDecompress()
  const file = malloc(bytes.length)
  const pixels = malloc(length)
  if (handle === 0 || file === 0 || pixels === 0) throw new Error('the decoder has no memory')
  new Uint8Array(memory.buffer, file, bytes.length).set(bytes)
  const [pitch, flags] = [width * 3, TJFLAG_STOPONWARNING]
  const status = tjDecompress2(handle, file, bytes.length, pixels, width, pitch, height, TJPF_RGB, flags)
  const data = status === 0 ? new Uint8Array(memory.buffer, pixels, length).slice() : undefined
  free(pixels)
  free(file)
  tjDestroy(handle)
  return data && { data, width, height }
}

function startDecoder(): Decoder {
  const file = createRequire(import.meta.url).resolve('@cwasm/jpeg-turbo/jpeg-turbo.wasm')
  program ??= new WebAssembly.Module(readFileSync(file))
  const giveUp = () => {
    throw new Error('the decoder gives up')
  }
  const instance = new WebAssembly.Instance(program, {
    // libjpeg leaves by longjmp on what it cannot go on from.
    env: { setjmp: () => 0, longjmp: giveUp },
    wasi_snapshot_preview1: {
      environ_sizes_get: () => 0,
      environ_get: giveUp,
      proc_exit: giveUp,
      fd_close: giveUp,
      fd_seek: giveUp,
      fd_write: giveUp,
    },
  })
  return instance.exports as unknown as Decoder
}
