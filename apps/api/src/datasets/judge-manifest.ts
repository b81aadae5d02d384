// Has each file of a pushed folder judged: the manifest names them, and their bytes are in the store.
import { createHash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import { type PushedFile, pushedFileSchema } from '@graft/core/wire/datasets'
import { blobKey } from '@graft/store/object-store'
import { judgeEntry } from '@graft/vision/archive-entry'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { dropBlob } from './blobs.ts'
import { type JudgedFile, type NamedFile, openJudge, type RefusedFile } from './judge-file.ts'
import { mapConcurrently } from './map-concurrently.ts'

/** Files in work at once: those that wait for the database share one statement, as an archive's do. */
const CONCURRENCY = 256
/** Bytes of files in work, past which no other is begun: their content may have to be read. */
const BYTES_IN_WORK = 64 * 1024 ** 2

/**
 * In the order of their paths. An image that an earlier version has judged costs a look at its row.
 * @throws GraftError `checksum_mismatch` for bytes in the store that are not what their hash says, `blobs_missing`, and
 *   what store and database throw
 */
export async function judgeManifest(
  context: Context,
  project: Project,
  key: string,
  signal: AbortSignal,
): Promise<JudgedFile[]> {
  const text = String(await context.store.read(key))
  const files = z.array(pushedFileSchema).parse(JSON.parse(text))
  return await mapConcurrently(named(context, files, signal), CONCURRENCY, openJudge(context, project), {
    most: BYTES_IN_WORK,
    of: ({ bytes = limit('imageBytes') }) => bytes,
  })
}

/** Paths are judged as those in an archive are: the same folder is the same data set, however it has come. */
async function* named(
  context: Context,
  files: readonly PushedFile[],
  signal: AbortSignal,
): AsyncGenerator<NamedFile | RefusedFile> {
  for (const { path, sha256, bytes } of files) {
    signal.throwIfAborted()
    const entry = judgeEntry(path, 'file', bytes ?? 0)
    if (entry === undefined) continue
    if (entry.error) yield { path: entry.path, bytes: entry.size, error: entry.error }
    else yield { path: entry.path, sha256, bytes, isNamed: true, content: () => read(context, sha256) }
  }
}

async function read(context: Context, sha256: string): Promise<Buffer> {
  const content = await context.store.read(blobKey(sha256))
  if (createHash('sha256').update(content).digest('hex') === sha256) return content
  await dropBlob(context, sha256)
  throw new GraftError(
    'checksum_mismatch',
    `The bytes that were sent for ${sha256} hash to something else: push again.`,
  )
}
