// Reads an archive and has each of its files judged.
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Project } from '@graft/core/names'
import type { ArchiveEntry, ArchiveType } from '@graft/vision/archive'
import type { Context } from '../context.ts'
import { type JudgedFile, type NamedFile, openJudge, type RefusedFile } from './judge-file.ts'
import { mapConcurrently } from './map-concurrently.ts'
import { readStoredArchive } from './stored-archive.ts'

/**
 * Images in work at once: those that wait for the database or the disk share one statement, and one sync, so the more,
 * the less each costs, and others are decoded meanwhile: four times as many again are no faster. Decoders are fewer: one
 * for each thread of the pool.
 */
const CONCURRENCY = 1024
/** Bytes of files in work, past which no other is read: large ones are few at a time, but enough for each core. */
const BYTES_IN_WORK = Math.min(32, 8 * availableParallelism()) * 1024 ** 2

/**
 * In the archive's order. Memory holds a few images at a time, and a line for each file.
 * @throws GraftError `archive_*` when the archive as a whole is refused; whatever store and database throw
 */
export async function judgeArchive(
  context: Context,
  project: Project,
  archive: { key: string; type: ArchiveType },
  signal: AbortSignal,
): Promise<JudgedFile[]> {
  const judge = openJudge(context, project)
  const files = withContent(readStoredArchive(context, archive, signal), signal)
  return await mapConcurrently(files, CONCURRENCY, judge, {
    most: BYTES_IN_WORK,
    of: ({ bytes = 0 }) => bytes,
  })
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
