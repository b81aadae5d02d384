// Takes a pushed folder: a list of paths and hashes, whose bytes have come before.
import { createHash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type Project, requireName } from '@graft/core/names'
import type { DatasetVersion, PushedFile } from '@graft/core/wire/datasets'
import { listingOf } from '@graft/core/wire/datasets'
import type { Context } from '../context.ts'
import { addVersion } from './add-version.ts'
import { missingBlobs } from './blobs.ts'
import { toVersion } from './dataset-versions.ts'

/** Missing blobs that a refusal names. */
const SHOWN_BLOBS = 100

/**
 * The version is ingested as one of an archive is. The same paths and hashes again make none: the newest version is
 * answered.
 *
 * @throws GraftError `invalid_name`, `archive_too_many_entries`, `invalid_request` for a path that comes twice,
 *   `blobs_missing` with the first hashes that are not there, what store and database throw
 */
export async function pushFolder(
  context: Context,
  project: Project,
  name: string,
  files: readonly PushedFile[],
): Promise<DatasetVersion> {
  requireName(name, 'data set')
  requireDistinct(files)
  const most = limit('archiveEntries')
  if (files.length > most) {
    throw new GraftError('archive_too_many_entries', `A version is made of at most ${most} files.`)
  }
  await requireBlobs(context, project, files)
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const key = `uploads/${newId('up')}`
  await context.store.put(key, Buffer.from(JSON.stringify(sorted)))
  const sha256 = createHash('sha256').update(listingOf(files)).digest('hex')
  return toVersion(name, await addVersion(context, project, name, { key, sha256, type: 'manifest' }))
}

function requireDistinct(files: readonly PushedFile[]): void {
  const paths = new Set<string>()
  for (const { path } of files) {
    if (paths.has(path)) {
      throw new GraftError('invalid_request', `The path ${JSON.stringify(path)} comes twice.`)
    }
    paths.add(path)
  }
}

/** Claims them for the version that is about to be made. A file that is too large to be taken needs no bytes. */
async function requireBlobs(context: Context, project: Project, files: readonly PushedFile[]): Promise<void> {
  const most = limit('imageBytes')
  const needed = files.filter(({ bytes = 0 }) => bytes <= most).map(({ sha256 }) => sha256)
  const missing = await missingBlobs(context, project, needed)
  if (missing.length === 0) return
  throw new GraftError(
    'blobs_missing',
    `The bytes of ${missing.length} files are not there: send them with PUT /v1/blobs/{sha256}.`,
    missing
      .slice(0, SHOWN_BLOBS)
      .map((sha256) => ({ path: sha256, code: 'blobs_missing', message: 'It is not there.' })),
  )
}
