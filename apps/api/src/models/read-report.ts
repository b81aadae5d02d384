// Reads a model version's report from the store, and the thumbnails that its page shows.
import { GraftError, isGraftError } from '@graft/core/errors'
import { type Report, reportSchema } from '@graft/core/wire/report'
import type { ModelVersionRecord } from '@graft/db/models'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { makeThumbnail } from '@graft/vision/decode'

/** Pixels of a thumbnail's longer side. */
const THUMBNAIL = 160

/** @throws GraftError `not_found` for a version from before there were reports */
export async function readReport(store: ObjectStore, version: ModelVersionRecord): Promise<Report> {
  const file = version.files['report.json']
  if (file === undefined) {
    throw new GraftError('not_found', `${version.name}@${version.number} has no report.`)
  }
  return reportSchema.parse(JSON.parse((await store.read(file.key)).toString()))
}

/** Undefined for a version from before there were reports, or one that was imported. */
export async function findReport(
  store: ObjectStore,
  version: ModelVersionRecord,
): Promise<Report | undefined> {
  return 'report.json' in version.files ? await readReport(store, version) : undefined
}

/** Data URIs by sha256. An image that is gone from the store, with its data set, has none. */
export async function readThumbnails(store: ObjectStore, report: Report): Promise<Map<string, string>> {
  const hashes = new Set(
    Object.values(report.splits)
      .flatMap((split) => split?.top_losses ?? [])
      .map(({ sha256 }) => sha256),
  )
  const thumbnails = new Map<string, string>()
  for (const sha256 of hashes) {
    const bytes = await store.read(blobKey(sha256)).catch((error: unknown) => {
      if (!isGraftError(error, 'not_found')) throw error
    })
    if (bytes === undefined) continue
    const image = await makeThumbnail(bytes, THUMBNAIL)
    thumbnails.set(sha256, `data:image/webp;base64,${image.toString('base64')}`)
  }
  return thumbnails
}
