// Reads a tar, tar.gz or tar.zst stream, one entry at a time. tar-stream parses; the limits are ours.
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
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
import { expandZstd } from './zstd-frames.ts'

const BLOCK_BYTES = 512

export type Compression = 'gzip' | 'zstd'

const EXPANDERS = {
  // A fault on either side destroys the other and reaches who reads, so the callback has nothing to do.
  gzip: (source: AsyncIterable<Uint8Array>) =>
    pipeline(source, createGunzip(), () => {}) as AsyncIterable<Uint8Array>,
  zstd: expandZstd,
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
  for await (const chunk of EXPANDERS[compression](counted())) {
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
