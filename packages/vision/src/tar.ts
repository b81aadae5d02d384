// Reads a tar, tar.gz or tar.zst stream, one entry at a time. tar-stream parses; the limits are ours.
import { pipeline, Readable } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { type ArchiveBudget, openBudget } from './archive-budget.ts'
import {
  type ArchiveEntry,
  type EntryKind,
  judgeEntry,
  readExactly,
  readOnce,
  SourceFault,
} from './archive-entry.ts'

const BLOCK_BYTES = 512

export type Compression = 'gzip' | 'zstd'

/** Memory that a zstd stream may ask for, as a power of two: 32 MiB is what `zstd -19`, and more, needs. */
const ZSTD_WINDOW_LOG = 25

const DECOMPRESSORS = {
  gzip: () => createGunzip(),
  // Of several frames, as pzstd writes them, Node reads the first: then the tar's end is missing, and it is refused.
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
}

/** Throws as `readArchive`, and what tar-stream and zlib throw. */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  compression?: Compression,
): AsyncGenerator<ArchiveEntry> {
  const budget = openBudget()
  const whole = withSourceFaults(source)
  const input = Readable.from(requireEndMarker(compression ? expand(whole, compression, budget) : whole), {
    objectMode: false,
  })
  // Long names and pax headers are held in memory: tar-stream takes 4 MiB of them for an entry, and no more.
  const tar = extract()
  input.on('error', (error) => tar.destroy(error))
  tar.on('close', () => input.destroy())
  input.pipe(tar)
  for await (const entry of tar) {
    const { name, size = 0 } = entry.header
    budget.countEntries(1)
    if (compression === undefined) budget.countBytes(size)
    const judged = judgeEntry(name, kindOf(entry.header), size)
    if (judged?.error) yield judged
    if (judged === undefined || judged.error) {
      entry.resume()
      continue
    }
    const file = readOnce(() => readExactly(entry as AsyncIterable<Uint8Array>, size))
    yield { ...judged, bytes: file.bytes }
    if (!(await file.settled())) entry.resume()
  }
}

function kindOf({ type }: Header): EntryKind {
  if (type === 'directory') return 'folder'
  return type === 'file' || type === 'contiguous-file' ? 'file' : 'other'
}

async function* withSourceFaults(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source
  } catch (cause) {
    throw new SourceFault('the source failed', { cause })
  }
}

/** Expands piece by piece: what is ahead of the reader is never more than the buffers of two streams. */
async function* expand(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  budget: ArchiveBudget,
): AsyncGenerator<Uint8Array> {
  let compressed = 0
  let expanded = 0
  async function* counted() {
    for await (const chunk of source) {
      compressed += chunk.length
      yield chunk
    }
  }
  // A fault on either side destroys the other and reaches the loop below, so the callback has nothing to do.
  const chunks = pipeline(counted, DECOMPRESSORS[compression](), () => {}) as AsyncIterable<Uint8Array>
  for await (const chunk of chunks) {
    expanded += chunk.length
    budget.countBytes(chunk.length)
    budget.checkRatio(expanded, compressed)
    yield chunk
  }
}

/** A tar ends in zero blocks. Without them it was cut, maybe between two entries, where nothing else would show it. */
async function* requireEndMarker(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let tail: Uint8Array = Buffer.alloc(0)
  for await (const chunk of source) {
    tail = Buffer.concat([tail, chunk.subarray(-BLOCK_BYTES)]).subarray(-BLOCK_BYTES)
    yield chunk
  }
  if (tail.length < BLOCK_BYTES || tail.some((byte) => byte !== 0)) throw new Error('its end is missing')
}
