// Takes an uploaded archive: its bytes pass into the store, then a version's row and its ingest message are written.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { requireName } from '@graft/core/names'
import type { DatasetVersion } from '@graft/core/wire'
import type { Transaction } from '@graft/db/database'
import { datasets, datasetVersions } from '@graft/db/schema'
import { ARCHIVE_HEAD_BYTES, type ArchiveType, sniffArchive } from '@graft/vision/archive'
import { desc, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { toVersion, type VersionRow } from './dataset-versions.ts'

/** What a sender may call an archive. Which it is, its first bytes tell. */
export const ARCHIVE_MEDIA_TYPES = [
  'application/zip',
  'application/x-zip-compressed',
  'application/x-tar',
  'application/gzip',
  'application/x-gzip',
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
  name: string,
  request: Request,
): Promise<DatasetVersion> {
  requireName(name, 'data set')
  requireMediaType(request.headers.get('content-type') ?? '')
  const key = `uploads/${newId('up')}`
  const { type, body } = await sniffed(bounded(request))
  const { sha256 } = await context.store.put(key, body)
  const row = await addVersion(context, name, { key, sha256, type }).catch(async (error) => {
    await context.store.delete(key)
    throw error
  })
  if (row.archiveKey !== key) await context.store.delete(key)
  return toVersion(name, row)
}

interface Archive {
  key: string
  sha256: string
  type: ArchiveType
}

/** One transaction: there is never a version that nobody ingests, nor a message without its version. */
async function addVersion({ db, queue }: Context, name: string, archive: Archive): Promise<VersionRow> {
  return await db.transaction(async (tx) => {
    const datasetId = await lockDataset(tx, name)
    const [newest] = await tx
      .select()
      .from(datasetVersions)
      .where(eq(datasetVersions.datasetId, datasetId))
      .orderBy(desc(datasetVersions.number))
      .limit(1)
    if (newest?.archiveSha256 === archive.sha256 && newest.state !== 'rejected') return newest
    const [row] = await tx
      .insert(datasetVersions)
      .values({
        datasetId,
        number: (newest?.number ?? 0) + 1,
        archiveKey: archive.key,
        archiveSha256: archive.sha256,
        archiveType: archive.type,
      })
      .returning()
    if (row === undefined) throw new Error('an insert returns its row')
    await queue.send(tx, 'ingest', { dataset_id: datasetId, version: row.number })
    return row
  })
}

/** Holds the data set's row, so that of uploads at the same time each gets a number of its own. */
async function lockDataset(tx: Transaction, name: string): Promise<string> {
  await tx
    .insert(datasets)
    .values({ id: newId('ds'), name })
    .onConflictDoNothing()
  const [row] = await tx
    .select({ id: datasets.id })
    .from(datasets)
    .where(eq(datasets.name, name))
    .for('update')
  if (row === undefined) throw new Error('the row is there, for data sets are never deleted')
  return row.id
}

function requireMediaType(header: string): void {
  const essence = header.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (ARCHIVE_MEDIA_TYPES.some((type) => type === essence)) return
  throw new GraftError(
    'unsupported_media_type',
    `The Content-Type ${JSON.stringify(header)} is no archive: send application/zip, application/x-tar or application/gzip.`,
  )
}

/** The body's chunks until they are more than the limit. A length that is told ahead is refused ahead. */
async function* bounded(request: Request): AsyncGenerator<Uint8Array> {
  const most = limit('archiveBytes')
  const tooLarge = () => new GraftError('payload_too_large', `An archive has at most ${most} bytes.`)
  if (Number(request.headers.get('content-length')) > most) throw tooLarge()
  let bytes = 0
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength
      if (bytes > most) throw tooLarge()
      yield chunk
    }
  } catch (error) {
    if (error instanceof GraftError) throw error
    throw new GraftError('body_incomplete', 'The upload ended before its last byte.', [], { cause: error })
  }
}

/** Looks at the first bytes, and gives all of them on. */
async function sniffed(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ type: ArchiveType; body: AsyncIterable<Uint8Array> }> {
  let head: Uint8Array = Buffer.alloc(0)
  while (head.length < ARCHIVE_HEAD_BYTES) {
    const { done, value } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  const type = sniffArchive(head)
  if (type === undefined) {
    const what = head.length === 0 ? 'The body is empty' : 'The content is no zip, tar or tar.gz archive'
    throw new GraftError('archive_unreadable', `${what}.`)
  }
  async function* whole() {
    yield head
    yield* chunks
  }
  return { type, body: whole() }
}
