// What zip and tar have in common: the entry that a reader yields, and how an entry and a fault are judged.
import { GraftError, isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { isIgnored } from './layout.ts'
import { safePath, shownPath } from './path.ts'

/** A file of an archive, or the reason why it is refused. `size` is in bytes, as the archive claims it. */
export type ArchiveEntry = ReadableEntry | RefusedEntry

export interface ReadableEntry {
  /** Checked and normalised by `safePath`. */
  path: string
  size: number
  /** The content; to be called, if at all, before the next entry is asked for. Throws `archive_*`. */
  bytes: () => Promise<Buffer>
  error?: never
}

export interface RefusedEntry {
  /** The path as it may be shown; not safe to use. */
  path: string
  size: number
  bytes?: never
  error: GraftError
}

export type EntryKind = 'file' | 'folder' | 'other'

/**
 * Decides by name, kind and claimed size, before a byte of the entry is read: refused, acceptable, or `undefined` for
 * what is skipped (folders, and what `isIgnored` says). Codes: `path_unsafe`, `entry_not_a_file`, `image_too_large`.
 */
export function judgeEntry(
  name: string,
  kind: EntryKind,
  size: number,
): RefusedEntry | { path: string; size: number; error?: never } | undefined {
  if (kind === 'folder') return undefined
  try {
    // `tar -c .` writes every path with a leading `./`, which means nothing.
    const path = safePath(name.startsWith('./') ? name.slice(2) : name)
    if (isIgnored(path)) return undefined
    if (kind === 'other') throw new GraftError('entry_not_a_file', 'Links, devices and pipes are not taken.')
    const most = limit('imageBytes')
    if (size > most) throw new GraftError('image_too_large', `The file has more than ${most} bytes.`)
    return { path, size }
  } catch (error) {
    if (!isGraftError(error)) throw error
    return { path: shownPath(name), size, error }
  }
}

/**
 * Reads the content once, however often it is asked for. The reader awaits `settled` before it goes on, so that a fault
 * of the archive ends the iteration even where the caller took it for a fault of the one file.
 */
export function readOnce(read: () => Promise<Buffer>) {
  let reading: Promise<Buffer> | undefined
  return {
    bytes: () => {
      reading ??= read().catch((error) => {
        throw archiveFault(error)
      })
      return reading
    },
    /** False when the content was never asked for. */
    settled: async () => (await reading) !== undefined,
  }
}

/** The whole of a stream of known size. */
export async function readExactly(stream: AsyncIterable<Uint8Array>, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size)
  let filled = 0
  for await (const chunk of stream) {
    if (filled + chunk.length > size) throw new Error('an entry is longer than it claims')
    bytes.set(chunk, filled)
    filled += chunk.length
  }
  if (filled < size) throw new Error('an entry is shorter than it claims')
  return bytes
}

/** Wraps what the archive's source throws, a disk or a network: that is no fault of the archive. */
export class SourceFault extends Error {}

/** What an archive library threw, as the user's error. Faults of the source, and our own errors, stay what they are. */
export function archiveFault(error: unknown): unknown {
  if (error instanceof SourceFault) return error.cause
  const isSystem = error instanceof Error && 'syscall' in error
  if (isGraftError(error) || isSystem) return error
  const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
  return new GraftError('archive_unreadable', `The archive cannot be read: ${shownPath(reason)}.`, [], {
    cause: error,
  })
}

/** Passes the entries on, and what the library throws as `archiveFault` has it. */
export async function* withArchiveFaults(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<ArchiveEntry> {
  try {
    yield* entries
  } catch (error) {
    throw archiveFault(error)
  }
}
