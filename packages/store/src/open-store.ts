// Opens the store that GRAFT_STORE names.
import { resolve } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { openDirectoryStore } from './directory-store.ts'
import { safeKey } from './key.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store, type S3Options } from './s3-store.ts'

/**
 * `file:PATH` (relative to the working directory) or `s3://bucket[/prefix]`. For S3, GRAFT_S3_ENDPOINT names a store
 * other than AWS, and AWS_REGION (us-east-1), AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN mean what
 * they do to AWS's own tools.
 *
 * @example const store = await openStore('file:.graft/data/store')
 * @throws GraftError `invalid_request` for another location, `store_unavailable`
 */
export async function openStore(
  location: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ObjectStore> {
  const path = parseDirectoryLocation(location)
  if (path !== undefined) return await openDirectoryStore(resolve(path))

  const place = parseS3Location(location)
  if (place === undefined) {
    const shapes = 'file:PATH or s3://bucket/prefix'
    throw new GraftError(
      'invalid_request',
      `${JSON.stringify(location)} names no object store: it is ${shapes}.`,
    )
  }
  return await openS3Store({ ...readS3Access(env), ...place, prefix: place.prefix && safeKey(place.prefix) })
}

/** The path of `file:PATH`, or undefined for anything else. */
export function parseDirectoryLocation(location: string): string | undefined {
  return /^file:(.+)$/.exec(location)?.[1]
}

/** The parts of `s3://bucket[/prefix]`, or undefined for anything else. */
export function parseS3Location(location: string): { bucket: string; prefix: string } | undefined {
  const [, bucket, prefix = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+(.*?))?\/*$/.exec(location) ?? []
  return bucket === undefined ? undefined : { bucket, prefix }
}

/** @throws GraftError `invalid_request` for an endpoint that is none */
export function readS3Access(
  env: NodeJS.ProcessEnv = process.env,
): Pick<S3Options, 'region' | 'endpoint' | 'credentials'> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  const { AWS_SESSION_TOKEN: sessionToken, GRAFT_S3_ENDPOINT: endpoint } = env
  if (endpoint && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new GraftError('invalid_request', `GRAFT_S3_ENDPOINT=${endpoint} is no http or https URL.`)
  return {
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1',
    endpoint,
    credentials:
      accessKeyId && secretAccessKey
        ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
        : undefined,
  }
}
