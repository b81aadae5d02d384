// Writes a file that is there whole or not at all.
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** What the chunks throw is thrown, and leaves the file as it was. @param check throws where they are not what was asked for */
export async function writeWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  check: () => void = () => {},
): Promise<void> {
  const partial = `${path}.partial`
  try {
    await pipeline(chunks, createWriteStream(partial))
    check()
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
