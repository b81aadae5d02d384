// Reads kept images as they travel over HTTP.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { CaptureRecord } from '@graft/core/wire/feedback'
import { type CapturePlace, type CaptureRow, findCapture } from '@graft/db/captures'
import { blobKey } from '@graft/store/object-store'
import type { Context } from '../context.ts'
import { findEndpoint } from './find-endpoint.ts'

export function toCapture(endpoint: string, row: CaptureRow): CaptureRecord {
  const { id, model, predictions, label, sha256 } = row
  return {
    id,
    object: 'capture',
    endpoint,
    model,
    predictions,
    uncertainty: model === null ? null : row.uncertainty,
    label,
    labelled_at: row.labelledAt?.toISOString() ?? null,
    sha256,
    image_url: `/v1/endpoints/${endpoint}/captures/${id}/image`,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
  }
}

/** The bytes as they came, and their type. @throws GraftError `not_found` */
export async function readCaptureImage(
  { db, store }: Pick<Context, 'db' | 'store'>,
  project: Project,
  name: string,
  id: string,
): Promise<{ type: string; bytes: Buffer }> {
  const row = await findCapture(db, (await findEndpoint(db, project, name)).id, id)
  if (row === undefined) throw notKept(id)
  return { type: `image/${row.type}`, bytes: await store.read(blobKey(row.sha256)) }
}

export function notKept(id: string): GraftError {
  return new GraftError('not_found', `The image of ${id} is not kept.`)
}

/** As a page names it: ids alone do not tell where a row stands among those of other uncertainties. */
export function placeOf({ uncertainty, id }: CapturePlace): string {
  return `${uncertainty}:${id}`
}

/** @throws GraftError `invalid_request` */
export function readPlace(text: string): CapturePlace {
  const [uncertainty = '', id = ''] = text.split(':')
  const place = { uncertainty: Number(uncertainty), id }
  if (uncertainty !== '' && id !== '' && place.uncertainty >= 0 && place.uncertainty <= 1) return place
  throw new GraftError('invalid_request', `${JSON.stringify(text)} is no last_id of this order.`)
}
