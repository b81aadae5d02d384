// Takes an uploaded archive: its bytes pass into the store, then a version's row and its ingest message are written.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type Project, requireName } from '@graft/core/names'
import type { DatasetVersion } from '@graft/core/wire/datasets'
import type { Context } from '../context.ts'
import { streamedBody } from '../streamed-body.ts'
import { addVersion } from './add-version.ts'
import { toVersion } from './dataset-versions.ts'
import { sniffed } from './sniffed.ts'

/** What a sender may call an archive. Which it is, its first bytes tell. */
export const ARCHIVE_MEDIA_TYPES = [
  'application/zip',
  'application/x-zip-compressed',
  'application/x-tar',
  'application/gzip',
  'application/x-gzip',
  'application/zstd',
  'application/x-zstd',
  'application/octet-stream',
] as const

/**
 * Makes the data set when it is missing, and its next version. An archive with the very bytes of the newest version's
 * makes none: that version is answered, unless it was rejected, for the limits may be others today.
 *
 * @throws GraftError `invalid_name`, `unsupported_media_type`, `payload_too_large`, `body_incomplete`,
 *   `archive_unreadable`, and what the store throws
 */
export async function uploadArchive(
  context: Context,
  project: Project,
  name: string,
  request: Request,
): Promise<DatasetVersion> {
  requireName(name, 'data set')
  requireArchiveType(request)
  const key = `uploads/${newId('up')}`
  const { type, body } = await sniffed(streamedBody(request, limit('archiveBytes'), 'payload_too_large'))
  const { sha256 } = await context.store.put(key, body)
  return toVersion(name, await addVersion(context, project, name, { key, sha256, type }))
}

/** @throws GraftError `unsupported_media_type` */
export function requireArchiveType(request: Request): void {
  const header = request.headers.get('content-type') ?? ''
  const essence = header.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (ARCHIVE_MEDIA_TYPES.some((type) => type === essence)) return
  throw new GraftError(
    'unsupported_media_type',
    `The Content-Type ${JSON.stringify(header)} is no archive: send application/zip, application/x-tar, application/gzip or application/zstd.`,
  )
}
