// Reads the files of an archive that lies in the store.
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type ArchiveEntry, type ArchiveType, readArchive } from '@graft/vision/archive'
import type { Context } from '../context.ts'

/** @throws as `readArchive`, and what the store throws */
export async function* readStoredArchive(
  { store, dataFolder }: Pick<Context, 'store' | 'dataFolder'>,
  { key, type }: { key: string; type: ArchiveType },
  signal: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  if (type !== 'zip') {
    yield* readArchive(type, await store.get(key))
    return
  }
  // The directory of a zip stands at its end.
  const spooled = join(dataFolder, 'tmp', `${crypto.randomUUID()}.zip`)
  try {
    await pipeline(await store.get(key), createWriteStream(spooled), { signal })
    yield* readArchive('zip', spooled)
  } finally {
    await rm(spooled, { force: true })
  }
}
