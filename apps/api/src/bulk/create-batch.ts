// Orders a bulk prediction: what is asked, and as which revision of the endpoint it is answered.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type Project, parseReference } from '@graft/core/names'
import type { CreateBatch, Batch as WireBatch } from '@graft/core/wire'
import { type Batch, findBatch, insertBatch } from '@graft/db/batches'
import type { Database } from '@graft/db/database'
import { trafficAt } from '@graft/db/endpoints'
import { datasets, datasetVersions } from '@graft/db/schema'
import { manifestKey } from '@graft/store/object-store'
import { and, desc, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { requireArchiveType } from '../datasets/archive-upload.ts'
import { sniffed } from '../datasets/sniffed.ts'
import { errorOf } from '../row-error.ts'
import { streamedBody } from '../streamed-body.ts'
import { archiveKey } from './results.ts'

/** @throws GraftError `not_found`, `endpoint_empty`, `dataset_not_ready`, `invalid_request` where it has no image */
export async function createBatch(
  { db }: Pick<Context, 'db'>,
  project: Project,
  name: string,
  keyId: string,
  { dataset, split: asked }: CreateBatch,
): Promise<WireBatch> {
  const endpoint = await requireTraffic(db, project, name)
  const reference = parseReference(dataset, 'data set')
  if (typeof reference.version === 'string') {
    throw new GraftError('invalid_request', `${dataset}: a version of a data set is a number.`)
  }
  const [version] = await db
    .select({ row: datasetVersions })
    .from(datasetVersions)
    .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
    .where(
      and(
        eq(datasets.project, project),
        eq(datasets.name, reference.name),
        reference.version === undefined ? undefined : eq(datasetVersions.number, reference.version),
      ),
    )
    .orderBy(desc(datasetVersions.number))
    .limit(1)
  if (version === undefined) throw new GraftError('not_found', `There is no data set version ${dataset}.`)
  const { datasetId, number, state, splits } = version.row
  const exact = `${reference.name}@${number}`
  if (state !== 'ready') throw new GraftError('dataset_not_ready', `${exact} is ${state}.`)
  const split = asked ?? null
  const counted = split === null ? Object.values(splits) : [splits[split]]
  const images = counted.flatMap((counts) => Object.values(counts)).reduce((sum, count) => sum + count, 0)
  if (images === 0) throw new GraftError('invalid_request', `${exact} has no image in the split ${split}.`)
  return await registerBatch(db, project, {
    id: newId('batch'),
    keyId,
    archiveType: null,
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
 *   `archive_unreadable` by its first bytes, and what the store throws
 */
export async function prepareArchiveBatch(
  { db, store }: Pick<Context, 'db' | 'store'>,
  project: Project,
  name: string,
  keyId: string,
  request: Request,
): Promise<NewBatch> {
  const endpoint = await requireTraffic(db, project, name)
  requireArchiveType(request)
  const { type, body } = await sniffed(streamedBody(request, limit('archiveBytes'), 'payload_too_large'))
  const id = newId('batch')
  await store.put(archiveKey(id), body)
  const { id: endpointId, revision } = endpoint
  const none = { dataset: null, manifestKey: null, split: null, images: 0 }
  return { id, keyId, endpointId, revision, archiveType: type, ...none }
}

export async function registerBatch(db: Database, project: Project, batch: NewBatch): Promise<WireBatch> {
  await insertBatch(db, batch)
  return await readBatch({ db }, project, batch.id)
}

async function requireTraffic(db: Database, project: Project, name: string) {
  const endpoint = await trafficAt(db, project, name)
  if (endpoint === undefined)
    throw new GraftError('not_found', `There is no endpoint ${JSON.stringify(name)}.`)
  if (endpoint.traffic.length === 0)
    throw new GraftError('endpoint_empty', `The endpoint ${name} has no model.`)
  return endpoint
}

/** @throws GraftError `not_found` */
export async function requireBatch(
  { db }: Pick<Context, 'db'>,
  project: Project,
  id: string,
): Promise<Batch> {
  const batch = await findBatch(db, project, id)
  if (batch === undefined) throw new GraftError('not_found', `There is no batch ${JSON.stringify(id)}.`)
  return batch
}

/** @throws GraftError `not_found` */
export async function readBatch(
  context: Pick<Context, 'db'>,
  project: Project,
  id: string,
): Promise<WireBatch> {
  return toBatch(await requireBatch(context, project, id))
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
