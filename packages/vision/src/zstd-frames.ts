// Expands zstd of any number of frames: Node's decompressor ends with the first. `pzstd` writes a frame for each of its
// threads' pieces, behind a frame that only says how long it is.
import { constants, createZstdDecompress, type ZstdDecompress } from 'node:zlib'

/** Memory that a stream may ask for, as a power of two: 32 MiB is what `zstd -19`, and more, needs. */
const WINDOW_LOG = 25
/** Each frame costs a decompressor of its own: pzstd makes one of some megabytes, a hostile archive of nine bytes. */
const MOST_FRAMES = 10_000

// RFC 8878, 3.1.2: its number, the length of what is in it, and what is in it.
const SKIPPABLE = 0x184d2a50
const SKIPPABLE_HEAD = 8

/** @returns what is in all frames, one after the other; throws what zlib throws, and for more frames than are taken */
export async function* expandZstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = openInput(source)
  try {
    for (let frames = 0; await input.fill(1); frames += 1) {
      if (frames === MOST_FRAMES) throw new Error(`it has more than ${MOST_FRAMES} zstd frames`)
      if (await skip(input)) continue
      yield* expandFrame(input)
    }
  } finally {
    await input.close()
  }
}

interface Input {
  /** Waits until so many bytes are at hand; false where the source ends before. */
  fill(bytes: number): Promise<boolean>
  /** All bytes at hand, or the next that come; undefined at the end. */
  take(): Promise<Uint8Array | undefined>
  /** Bytes that were taken too much. */
  putBack(bytes: Uint8Array): void
  close(): Promise<void>
}

function openInput(source: AsyncIterable<Uint8Array>): Input {
  const chunks = source[Symbol.asyncIterator]()
  let atHand: Uint8Array = new Uint8Array()
  async function fill(bytes: number): Promise<boolean> {
    while (atHand.length < bytes) {
      const { done, value } = await chunks.next()
      if (done) return false
      atHand = atHand.length === 0 ? value : Buffer.concat([atHand, value])
    }
    return true
  }
  return {
    fill,
    async take() {
      if (!(await fill(1))) return undefined
      const taken = atHand
      atHand = new Uint8Array()
      return taken
    },
    putBack(bytes) {
      atHand = atHand.length === 0 ? bytes : Buffer.concat([bytes, atHand])
    },
    async close() {
      await chunks.return?.()
    },
  }
}

/** Passes over a skippable frame; false where there is none. */
async function skip(input: Input): Promise<boolean> {
  if (!(await input.fill(SKIPPABLE_HEAD))) return false
  const head = (await input.take()) ?? new Uint8Array()
  const view = new DataView(head.buffer, head.byteOffset)
  const isSkippable = (view.getUint32(0, true) & 0xfffffff0) === SKIPPABLE
  if (!isSkippable) {
    input.putBack(head)
    return false
  }
  let left = view.getUint32(4, true) + SKIPPABLE_HEAD
  for (let chunk: Uint8Array | undefined = head; ; chunk = await input.take()) {
    if (chunk === undefined) throw new Error('its last frame is cut')
    if (chunk.length >= left) {
      input.putBack(chunk.subarray(left))
      return true
    }
    left -= chunk.length
  }
}

/** A frame that ends where a piece does is not told from the next one: then both are expanded here. */
async function* expandFrame(input: Input): AsyncGenerator<Uint8Array> {
  const frame = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } })
  let fed = 0
  async function feed(): Promise<void> {
    for (let chunk = await input.take(); chunk && !frame.destroyed; chunk = await input.take()) {
      fed += chunk.length
      await write(frame, chunk)
      const over = fed - frame.bytesWritten
      if (over === 0) continue
      input.putBack(chunk.subarray(chunk.length - over))
      return
    }
    frame.end()
  }
  const feeding = feed().catch((error: Error) => {
    frame.destroy(error)
  })
  try {
    yield* frame as AsyncIterable<Uint8Array>
    await feeding
  } finally {
    frame.destroy()
  }
}

/** Ends when the chunk has been used up, or as much of it as the frame had use for. */
function write(frame: ZstdDecompress, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    frame.write(chunk, () => resolve())
  })
}
