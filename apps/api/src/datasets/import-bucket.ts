// Takes what lies below a prefix of an S3 bucket: its list is what is uploaded, and its objects are read at the ingest.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type Project, requireName } from '@graft/core/names'
import type { DatasetVersion } from '@graft/core/wire/datasets'
import { parseS3Location } from '@graft/store/open-store'
import { openS3Source, type S3Source, type SourceObject } from '@graft/store/s3-source'
import type { Context } from '../context.ts'
import { addVersion } from './add-version.ts'
import { toVersion } from './dataset-versions.ts'

/**
 * The version is ingested as one of an archive is. The same keys with the same entity tags again make none: the newest
 * version is answered. The list is streamed into the store.
 *
 * @throws GraftError `invalid_name`, `invalid_request` for a source that is none, `import_not_allowed`,
 *   `archive_too_many_entries`, `not_found` where nothing lies there, what store and database throw
 */
export async function importBucket(
  context: Context,
  project: Project,
  name: string,
  source: string,
): Promise<DatasetVersion> {
  requireName(name, 'data set')
  const place = requireAllowed(source)
  const bucket = openS3Source(place)
  try {
    const key = `uploads/${newId('up')}`
    const { sha256 } = await context.store.put(key, linesOf(place, bucket))
    return toVersion(name, await addVersion(context, project, name, { key, sha256, type: 's3' }))
  } finally {
    bucket.close()
  }
}

type Place = NonNullable<ReturnType<typeof parseS3Location>>

/**
 * GRAFT_IMPORT_BUCKETS lists what may be read, as `s3://bucket/prefix,s3://other`: whole segments, so that `s3://a/b`
 * allows `s3://a/b/c` and not `s3://a/bc`. Without it nothing may.
 */
function requireAllowed(source: string, env: NodeJS.ProcessEnv = process.env): Place {
  const place = parseS3Location(source)
  if (place === undefined || !isPlain(place.prefix)) {
    throw new GraftError('invalid_request', `${JSON.stringify(source)} is not s3://bucket/prefix.`)
  }
  const allowed = (env.GRAFT_IMPORT_BUCKETS ?? '')
    .split(/[\s,]+/)
    .flatMap((text) => parseS3Location(text) ?? [])
  const isWithin = ({ bucket, prefix }: Place) =>
    bucket === place.bucket && (prefix === '' || `${place.prefix}/`.startsWith(`${prefix}/`))
  if (allowed.some(isWithin)) return place
  throw new GraftError('import_not_allowed', `${source} is not below what GRAFT_IMPORT_BUCKETS allows.`)
}

/** Some stores are folders, where such segments would lead elsewhere. */
function isPlain(prefix: string): boolean {
  return prefix === '' || prefix.split('/').every((segment) => !['', '.', '..'].includes(segment))
}

/** The place, and then a line for each object. */
async function* linesOf(place: Place, bucket: S3Source): AsyncGenerator<Buffer> {
  yield toLine(place)
  const most = limit('archiveEntries')
  let count = 0
  for await (const object of bucket.list()) {
    if (object.key.endsWith('/')) continue // what some tools leave for a folder
    count += 1
    if (count > most) {
      throw new GraftError('archive_too_many_entries', `A version is made of at most ${most} files.`)
    }
    yield toLine(object)
  }
  if (count === 0)
    throw new GraftError('not_found', `There is nothing below s3://${place.bucket}/${place.prefix}.`)
}

function toLine(value: Place | SourceObject): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}
