// Reads a zip file from disk, one entry at a time. yauzl parses; the limits and the checksum are ours.
import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { GraftError } from '@graft/core/errors'
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import { openBudget } from './archive-budget.ts'
import { type ArchiveEntry, type EntryKind, judgeEntry, readExactly, readOnce } from './archive-entry.ts'

/** Begins each entry of the directory (APPNOTE 4.3.12). */
const ENTRY_MARK = 'PK\x01\x02'

/** `path` names a file: the directory of a zip stands at its end. Throws as `readArchive`, and what yauzl throws. */
export async function* readZip(path: string): AsyncGenerator<ArchiveEntry> {
  // Names are decoded here and not by yauzl, which would refuse the whole archive for one unsafe path.
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false }).catch(encryptedOrNot)
  const budget = openBudget()
  try {
    budget.countEntries(zip.entryCount)
    let packed = 0
    for await (const entry of entriesOf(zip)) {
      if (entry.isEncrypted()) throw new GraftError('archive_encrypted')
      budget.countBytes(entry.uncompressedSize)
      budget.checkRatio(entry.uncompressedSize, entry.compressedSize)
      packed += entry.compressedSize
      if (packed > zip.fileSize)
        throw new GraftError('archive_bomb', 'Entries of the archive share their bytes.')

      const judged = judgeEntry(nameOf(entry), kindOf(entry), entry.uncompressedSize)
      if (judged === undefined) continue
      if (judged.error) {
        yield judged
        continue
      }
      const file = readOnce(() => readEntry(zip, entry))
      yield { ...judged, bytes: file.bytes }
      await file.settled()
    }
    await requireDirectoryEnd(path, zip)
  } finally {
    zip.close()
  }
}

/** A count that is too small would lose the entries behind it, and nobody would know. */
async function requireDirectoryEnd(path: string, zip: ZipFile): Promise<void> {
  const end = Number(zip.readEntryCursor) // a position, which its types call a boolean
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, end)
    if (buffer.toString('latin1') === ENTRY_MARK) throw new Error('it has more entries than it says')
  } finally {
    await file.close()
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry()
  } catch (error) {
    encryptedOrNot(error)
  }
}

/** The one kind of encryption that yauzl itself refuses. */
function encryptedOrNot(error: unknown): never {
  if (error instanceof Error && error.message.startsWith('strong encryption'))
    throw new GraftError('archive_encrypted')
  throw error
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const bytes = await readExactly(await zip.openReadStreamPromise(entry), entry.uncompressedSize)
  if (crc32(bytes) === entry.crc32) return bytes
  throw new GraftError(
    'archive_checksum_mismatch',
    `The checksum of ${JSON.stringify(nameOf(entry))} is wrong.`,
  )
}

function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)
}

/** By the Unix mode, which stands in the upper half of the attributes where the archiver wrote one. */
function kindOf(entry: Entry): EntryKind {
  const format = (entry.externalFileAttributes >>> 16) & 0o170000
  if (format === 0o040000 || nameOf(entry).endsWith('/')) return 'folder'
  return format === 0 || format === 0o100000 ? 'file' : 'other'
}
