// Reads an archive and judges each of its files by its content; accepted images go to the store by their hash.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type GraftError, isGraftError } from '@graft/core/errors'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { type ArchiveEntry, type ArchiveType, readArchive } from '@graft/vision/archive'
import { inspectImage } from '@graft/vision/decode'
import { mapConcurrently } from './map-concurrently.ts'

/** Images in work at once; each may hold its bytes and its decoder's memory. */
const CONCURRENCY = 4

/** A file of the archive: an image whose bytes are in the store, or why it is refused. */
export type JudgedFile = GoodImage | RefusedFile

export interface GoodImage {
  /** Safe, as `readArchive` yields it. */
  path: string
  sha256: string
  bytes: number
  width: number
  height: number
  error?: never
}

export interface RefusedFile {
  path: string
  /** Undefined where the file was refused before it was read. */
  sha256?: string
  bytes: number
  error: GraftError
}

export interface ArchiveSource {
  store: ObjectStore
  key: string
  type: ArchiveType
  /** For the spooled file of a zip. */
  temporaryFolder: string
}

/**
 * In the archive's order. Memory holds a few images at a time, and a line for each file.
 * @throws GraftError `archive_*` when the archive as a whole is refused; whatever the store throws
 */
export async function judgeArchive(source: ArchiveSource, signal: AbortSignal): Promise<JudgedFile[]> {
  const { store, key, type, temporaryFolder } = source
  const judge = (entry: ReadEntry) => judgeEntry(store, entry)
  const judgeAll = (entries: AsyncIterable<ArchiveEntry>) =>
    mapConcurrently(withContent(entries, signal), CONCURRENCY, judge)
  if (type !== 'zip') return await judgeAll(readArchive(type, await store.get(key)))

  const spooled = join(temporaryFolder, `${crypto.randomUUID()}.zip`)
  try {
    await pipeline(await store.get(key), createWriteStream(spooled), { signal })
    return await judgeAll(readArchive('zip', spooled))
  } finally {
    await rm(spooled, { force: true })
  }
}

type ReadEntry = { path: string; content: Buffer } | RefusedFile

/** Reads each file before the archive is asked for its next one, as the archive demands. */
async function* withContent(
  entries: AsyncIterable<ArchiveEntry>,
  signal: AbortSignal,
): AsyncGenerator<ReadEntry> {
  for await (const entry of entries) {
    signal.throwIfAborted()
    if (entry.error) yield { path: entry.path, bytes: entry.size, error: entry.error }
    else yield { path: entry.path, content: await entry.bytes() }
  }
}

async function judgeEntry(store: ObjectStore, entry: ReadEntry): Promise<JudgedFile> {
  if ('error' in entry) return entry
  const { path, content } = entry
  const sha256 = createHash('sha256').update(content).digest('hex')
  const facts = { path, sha256, bytes: content.length }
  try {
    const { width, height } = await inspectImage(content)
    await putOnce(store, sha256, content)
    return { ...facts, width, height }
  } catch (error) {
    if (isGraftError(error) && error.code.startsWith('image_')) return { ...facts, error }
    throw error
  }
}

/** The same image may be there already, from this archive or another: one look is cheaper than its bytes again. */
async function putOnce(store: ObjectStore, sha256: string, content: Buffer): Promise<void> {
  const key = blobKey(sha256)
  if ((await store.size(key)) !== undefined) return
  await store.put(key, content, { sha256 })
}
