// Orders a bulk prediction: what is asked, and as which revision of the endpoint it is answered.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type Project, parseReference } from '@graft/core/names'
import type { CreateBatch, Batch as WireBatch } from '@graft/core/wire/batches'
import { type Batch, findBatch, insertBatch } from '@graft/db/batches'
import type { Database } from '@graft/db/database'
import { manifestKey } from '@graft/store/object-store'
import type { Caller, Context } from '../context.ts'
import { requireArchiveType } from '../datasets/archive-upload.ts'
import { sniffed } from '../datasets/sniffed.ts'
import { findEndpoint } from '../endpoints/find-endpoint.ts'
import { lockVersion } from '../jobs/create-job.ts'
import { requireRoom } from '../keys/require-room.ts'
import { errorOf } from '../row-error.ts'
import { streamedBody } from '../streamed-body.ts'
import { archiveKey } from './results.ts'

/**
 * @throws GraftError `not_found`, `endpoint_empty`, `dataset_not_ready`, `too_many_batches`; `invalid_request` where it
 *   has no image
 */
export async function createBatch(
  db: Database,
  key: Caller,
  name: string,
  { dataset, split: asked }: CreateBatch,
): Promise<WireBatch> {
  const endpoint = await requireTraffic(db, key.project, name)
  const reference = parseReference(dataset, 'data set')
  const version = await lockVersion(db, key.project, reference)
  const { datasetId, number, state, splits } = version
  const exact = `${reference.name}@${number}`
  if (state !== 'ready') throw new GraftError('dataset_not_ready', `${exact} is ${state}.`)
  const split = asked ?? null
  const counted = split === null ? Object.values(splits) : [splits[split]]
  const images = counted.flatMap((counts) => Object.values(counts)).reduce((sum, count) => sum + count, 0)
  if (images === 0) throw new GraftError('invalid_request', `${exact} has no image in the split ${split}.`)
  return await registerBatch(db, key, {
    id: newId('batch'),
    keyId: key.id,
    archiveType: null,
    archiveBytes: 0,
    endpointId: endpoint.id,
    revision: endpoint.revision,
    dataset: exact,
    manifestKey: manifestKey(datasetId, number),
    split,
    images,
  })
}

type NewBatch = Parameters<typeof insertBatch>[1]

/**
 * Takes an archive into the store: the batch that asks about all of its files only lacks its row.
 *
 * @throws GraftError `not_found`, `endpoint_empty`, `unsupported_media_type`, `payload_too_large`, `body_incomplete`,
 *   `archive_unreadable` by its first bytes, `too_many_batches`, and what the store throws
 */
export async function prepareArchiveBatch(
  { db, store }: Pick<Context, 'db' | 'store'>,
  { id: keyId, project }: Caller,
  name: string,
  request: Request,
): Promise<NewBatch> {
  const endpoint = await requireTraffic(db, project, name)
  requireArchiveType(request)
  await requireRoom(db, 'batches', keyId, 1)
  const { type, body } = await sniffed(streamedBody(request, limit('archiveBytes'), 'payload_too_large'))
  const id = newId('batch')
  const { bytes: archiveBytes } = await store.put(archiveKey(id), body)
  const { id: endpointId, revision } = endpoint
  const none = { dataset: null, manifestKey: null, split: null, images: 0 }
  return { id, keyId, endpointId, revision, archiveType: type, archiveBytes, ...none }
}

/** @throws GraftError `too_many_batches` */
export async function registerBatch(db: Database, key: Caller, batch: NewBatch): Promise<WireBatch> {
  await requireRoom(db, 'batches', key.id, 1)
  await insertBatch(db, batch)
  return await readBatch(db, key, batch.id)
}

async function requireTraffic(db: Database, project: Project, name: string) {
  const endpoint = await findEndpoint(db, project, name)
  if (endpoint.traffic.length === 0)
    throw new GraftError('endpoint_empty', `The endpoint ${name} has no model.`)
  return endpoint
}

/** Whose batches the key may see: their names are data, so without its scope only its own; undefined for all. */
export function ownerSeenBy({ id, scopes }: Caller): string | undefined {
  return scopes.includes('data') || scopes.includes('admin') ? undefined : id
}

/** @throws GraftError `not_found`, also where it is another key's and this one may not see it */
export async function requireBatch(db: Database, key: Caller, id: string): Promise<Batch> {
  const batch = await findBatch(db, key.project, id)
  const owner = ownerSeenBy(key)
  if (batch !== undefined && (owner === undefined || owner === batch.keyId)) return batch
  throw new GraftError('not_found', `There is no batch ${JSON.stringify(id)}.`)
}

/** @throws GraftError as `requireBatch` */
export async function readBatch(db: Database, key: Caller, id: string): Promise<WireBatch> {
  return toBatch(await requireBatch(db, key, id))
}

export function toBatch(row: Batch): WireBatch {
  const { id, endpoint, revision, dataset, split, state, images, done, failed } = row
  const files = Object.entries(row.files).map(([name, { sha256, bytes }]) => {
    return [name, { sha256, bytes, url: `/v1/batches/${id}/files/${name}` }] as const
  })
  return {
    id,
    object: 'batch',
    endpoint,
    revision,
    dataset,
    split,
    status: state,
    progress: { images, done, failed },
    files: Object.fromEntries(files),
    error: errorOf(row),
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}
