// Reads and writes a zip in memory whose entries are stored and not compressed, as torch.save writes it.
//
// yauzl reads the directory; the entries' bytes are views of the file. Source of the format: PKWARE's APPNOTE, 4.3.
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise } from 'yauzl'

/** Data begin at multiples of this, so that a reader may map them; PyTorch does the same. */
const ALIGNMENT = 64
/** The id under which PyTorch's own extra field fills the gap. */
const PADDING_FIELD = Buffer.from('FB')

/**
 * The entries by name, as views of the bytes.
 *
 * @throws Error for what is no whole zip, for a compressed or encrypted entry, and for a wrong checksum
 */
export async function readStoredZip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const zip = await fromBufferPromise(file)
  const entries = new Map<string, Uint8Array>()
  let total = 0
  for await (const entry of zip.eachEntry()) {
    // Entries that share their bytes would make the checksums take as long as the file is many.
    total += entry.compressedSize
    if (total > file.length) throw new Error('its entries overlap')
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
    const data = file.subarray(fileDataStart, fileDataStart + entry.compressedSize)
    if (!isStored(entry)) throw new Error(`${JSON.stringify(entry.fileName)} is compressed or encrypted`)
    if (crc32(data) !== entry.crc32)
      throw new Error(`the checksum of ${JSON.stringify(entry.fileName)} is wrong`)
    if (entries.has(entry.fileName)) throw new Error(`${JSON.stringify(entry.fileName)} is there twice`)
    entries.set(entry.fileName, data)
  }
  return entries
}

function isStored(entry: Entry): boolean {
  return (
    entry.compressionMethod === 0 && !entry.isEncrypted() && entry.compressedSize === entry.uncompressedSize
  )
}

/** The entries in their order; below 4 GiB, since it has no zip64 fields. */
export function writeStoredZip(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let position = 0
  for (const [name, data] of entries) {
    const path = Buffer.from(name)
    const common = Buffer.alloc(26) // what the local header and the directory have alike
    common.writeUInt16LE(20, 0) // version needed: 2.0
    common.writeUInt16LE(0x800, 2) // names are UTF-8
    common.writeUInt16LE(0x21, 8) // 1 January 1980, the first day that the format knows
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(path.length, 22)
    const rest = Buffer.alloc(14) // attributes, and where the local header is
    rest.writeUInt32LE(position, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), Buffer.from(common), rest, path)

    const padding = paddingAt(position + 30 + path.length)
    common.writeUInt16LE(padding.length, 24)
    const header = [Buffer.from('PK\x03\x04', 'latin1'), common, path, padding]
    for (const part of [...header, data]) {
      parts.push(part)
      position += part.length
    }
  }
  const directorySize = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.size, 8)
  end.writeUInt16LE(entries.size, 10)
  end.writeUInt32LE(directorySize, 12)
  end.writeUInt32LE(position, 16)
  return Buffer.concat([...parts, ...directory, end])
}

/** An extra field, four bytes or more, up to the next place where data may begin. */
function paddingAt(position: number): Buffer {
  const size = 4 + ((2 * ALIGNMENT - ((position + 4) % ALIGNMENT)) % ALIGNMENT)
  const field = Buffer.alloc(size)
  PADDING_FIELD.copy(field)
  field.writeUInt16LE(size - 4, 2)
  return field
}
