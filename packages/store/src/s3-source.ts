// Reads what lies below a prefix of a bucket that is not ours: nothing is ever written there.
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { GraftError } from '@graft/core/errors'
import { readS3Access } from './open-store.ts'
import { asGraftError, openS3Client, readableOf } from './s3-store.ts'

export interface SourceObject {
  /** Whole, with the prefix. Any characters: it is no key of ours. */
  key: string
  bytes: number
  /** Changes with the object's bytes. */
  etag: string
}

export interface S3Source {
  /** In the order of their keys. Throws `not_found` where there is no such bucket, `store_unavailable`. */
  list(): AsyncIterable<SourceObject>
  /** The bytes that were listed. Throws `not_found` when the object was changed or deleted since, `store_unavailable`. */
  read(object: Pick<SourceObject, 'key' | 'etag'>): Promise<Buffer>
  close(): void
}

/** With the endpoint and the credentials that `openStore` takes for the store. */
export function openS3Source(
  { bucket: Bucket, prefix }: { bucket: string; prefix: string },
  env: NodeJS.ProcessEnv = process.env,
): S3Source {
  const client = openS3Client({ bucket: Bucket, prefix, ...readS3Access(env) })
  return {
    async *list() {
      // With its slash: `photos` must not mean what lies in `photos-of-others`.
      const Prefix = prefix === '' ? '' : `${prefix}/`
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
          for (const { Key = '', Size = 0, ETag = '' } of Contents)
            yield { key: Key, bytes: Size, etag: ETag }
      } catch (error) {
        if ((error as Error).name === 'NoSuchBucket')
          throw new GraftError('not_found', `There is no bucket ${Bucket}.`, [], { cause: error })
        throw asGraftError(error, Prefix)
      }
    },
    async read({ key, etag }) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key, IfMatch: etag }))
        return await buffer(readableOf(Body as Readable, key))
      } catch (error) {
        const fault = asGraftError(error, key)
        if (fault.code !== 'precondition_failed' && fault.code !== 'not_found') throw fault
        const message = 'The object was changed or deleted after it was listed.'
        throw new GraftError('not_found', message, [], { cause: error })
      }
    },
    close: () => client.destroy(),
  }
}
