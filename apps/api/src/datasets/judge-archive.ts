// Reads an archive and has each of its files judged.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type ArchiveEntry, type ArchiveType, readArchive } from '@graft/vision/archive'
import type { Context } from '../context.ts'
import { type JudgedFile, type NamedFile, openJudge, type RefusedFile } from './judge-file.ts'
import { mapConcurrently } from './map-concurrently.ts'

/**
 * Images in work at once: those that wait for the database or the disk share one statement, and one sync, so the more,
 * the less each costs, and others are decoded meanwhile. Decoders are fewer: one for each thread of the pool.
 */
const CONCURRENCY = 256
/** Bytes of files in work, past which no other is read: large ones are few at a time. */
const BYTES_IN_WORK = 64 * 1024 ** 2

/**
 * In the archive's order. Memory holds a few images at a time, and a line for each file.
 * @throws GraftError `archive_*` when the archive as a whole is refused; whatever store and database throw
 */
export async function judgeArchive(
  context: Context,
  archive: { key: string; type: ArchiveType },
  signal: AbortSignal,
): Promise<JudgedFile[]> {
  const { store, dataFolder } = context
  const { key, type } = archive
  const judge = openJudge(context)
  const judgeAll = (entries: AsyncIterable<ArchiveEntry>) =>
    mapConcurrently(withContent(entries, signal), CONCURRENCY, judge, {
      most: BYTES_IN_WORK,
      of: ({ bytes = 0 }) => bytes,
    })
  if (type !== 'zip') return await judgeAll(readArchive(type, await store.get(key)))

  // The directory of a zip stands at its end.
  const spooled = join(dataFolder, 'tmp', `${crypto.randomUUID()}.zip`)
  try {
    await pipeline(await store.get(key), createWriteStream(spooled), { signal })
    return await judgeAll(readArchive('zip', spooled))
  } finally {
    await rm(spooled, { force: true })
  }
}

/** Reads each file before the archive is asked for its next one, as the archive demands. */
async function* withContent(
  entries: AsyncIterable<ArchiveEntry>,
  signal: AbortSignal,
): AsyncGenerator<NamedFile | RefusedFile> {
  for await (const { path, size, bytes, error } of entries) {
    signal.throwIfAborted()
    if (error) {
      yield { path, bytes: size, error }
      continue
    }
    const content = await bytes()
    const sha256 = createHash('sha256').update(content).digest('hex')
    yield { path, sha256, bytes: content.length, content: async () => content }
  }
}
