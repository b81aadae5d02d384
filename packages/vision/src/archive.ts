// Opens an uploaded archive, whatever its format: paths and bytes of its files, one at a time.
import type { ArchiveEntry } from './archive-entry.ts'
import { withArchiveFaults } from './archive-entry.ts'
import { type Compression, readTar } from './tar.ts'
import { readZip } from './zip.ts'

export type { ArchiveEntry } from './archive-entry.ts'
export type ArchiveType = 'zip' | 'tar' | 'tar.gz' | 'tar.zst'

/** Bytes that `sniffArchive` looks at. */
export const ARCHIVE_HEAD_BYTES = 262

/** The format by content: media types are the sender's claim. */
export function sniffArchive(head: Uint8Array): ArchiveType | undefined {
  const text = Buffer.from(head.subarray(0, ARCHIVE_HEAD_BYTES)).toString('latin1')
  // The second is an empty zip.
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'zip'
  if (text.startsWith('\x1f\x8b')) return 'tar.gz'
  // The second is a frame to be skipped, as pzstd begins with.
  if (text.startsWith('\x28\xb5\x2f\xfd') || text.startsWith('\x50\x2a\x4d\x18')) return 'tar.zst'
  return text.startsWith('ustar', 257) ? 'tar' : undefined
}

/** What a tar is packed in. */
const COMPRESSIONS: Partial<Record<ArchiveType, Compression>> = { 'tar.gz': 'gzip', 'tar.zst': 'zstd' }

/** A zip is read from a file (its path), for its directory stands at the end; a tar from a stream. */
export interface ArchiveSources {
  zip: string
  tar: AsyncIterable<Uint8Array>
  'tar.gz': AsyncIterable<Uint8Array>
  'tar.zst': AsyncIterable<Uint8Array>
}

/**
 * Yields the files in the archive's order; folders and what `isIgnored` names are skipped. Memory holds one file, of at
 * most `imageBytes`. An entry that is refused (`path_unsafe`, `entry_not_a_file`, `image_too_large`) is yielded with its
 * error, and the rest goes on.
 *
 * @throws GraftError, from the iteration and from `bytes()`, when the archive as a whole is refused:
 * `archive_unreadable`, `archive_encrypted`, `archive_bomb`, `archive_too_many_entries`, `archive_checksum_mismatch`.
 * An error of the source itself is thrown as it is.
 * @example
 * for await (const entry of readArchive('zip', '/tmp/upload')) {
 *   if (entry.error) reject(entry.path, entry.error)
 *   else accept(entry.path, await entry.bytes())
 * }
 */
export function readArchive<T extends ArchiveType>(
  type: T,
  source: ArchiveSources[T],
): AsyncIterable<ArchiveEntry> {
  return withArchiveFaults(typeof source === 'string' ? readZip(source) : readTar(source, COMPRESSIONS[type]))
}
