// Object storage in an S3 bucket: an object becomes visible by one request, sent when its bytes are known to be right.
import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { GraftError, isGraftError } from '@graft/core/errors'
import { hashBody } from './hashing.ts'
import { safeKey, safePrefix } from './key.ts'
import type { ObjectStore, PutOptions } from './object-store.ts'

export interface S3Options {
  bucket: string
  /** Before every key, without slashes at its ends; may be empty. */
  prefix: string
  region: string
  /** The URL of another store than AWS; its buckets are then named in the path. */
  endpoint?: string | undefined
  /** Without them the SDK looks where AWS's own tools do. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined
  /** Milliseconds until the headers of an answer, and until the next bytes of an object; ANSWER_MS when left out. */
  answerMs?: number
}

/** S3 allows 10,000 parts: this size carries 80 GiB. An upload holds up to `PARTS_AT_ONCE` + 1 parts in memory. */
const PART_BYTES = 8 * 1024 ** 2
const PARTS_AT_ONCE = 3
/** Of small objects that are put together. */
const PUTS_AT_ONCE = 16
/** Tries of one request, the waits between them growing; what S3 calls transient and broken connections are retried. */
const ATTEMPTS = 4
const CONNECTION_MS = 5_000
/** To complete an upload of many parts takes a store its time. */
const ANSWER_MS = 60_000
/** `~` is not in the alphabet of keys, so the marker hides no object. */
const MARKER = '~graft'

/**
 * Opens the bucket, which must exist. Parts of uploads that crashed are invisible but stored (and paid for): give
 * the bucket a lifecycle rule that aborts incomplete multipart uploads.
 * @throws GraftError `store_unavailable`, also when the store does not honour `If-None-Match`
 */
export async function openS3Store(options: S3Options): Promise<ObjectStore> {
  const { bucket: Bucket, prefix, answerMs = ANSWER_MS } = options
  const client = openS3Client(options)
  const root = prefix === '' ? '' : `${prefix}/`
  const place = (key: string) => ({ Bucket, Key: root + safeKey(key) })

  async function put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options: PutOptions = {}) {
    const target = { ...place(key), ...(options.ifAbsent && { IfNoneMatch: '*' }) }
    const hashed = hashBody(body, options.sha256)
    try {
      // Up to one part is one plain PUT. When the hash differs, `chunks` throws before the last part is sent, and the
      // upload is aborted: completing it is what makes the object visible.
      const params = { ...target, Body: Readable.from(hashed.chunks) }
      await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done()
      return hashed.stored()
    } catch (error) {
      // With ifAbsent, a try whose answer was lost may have stored the object: the next try finds it, and no writer is
      // told that it has won.
      throw hashed.fault()?.error ?? asGraftError(error, key)
    }
  }

  async function get(key: string, { start = 0 } = {}): Promise<Readable> {
    const range = start > 0 ? { Range: `bytes=${start}-` } : {} // no range fits an empty object
    try {
      const { Body } = await client.send(new GetObjectCommand({ ...place(key), ...range }))
      return readableOf(Body as Readable, key, answerMs)
    } catch (error) {
      if (errorName(error) === 'InvalidRange') return Readable.from([], { objectMode: false })
      throw asGraftError(error, key)
    }
  }

  /** Runs a request about the key; `what` is named in the error. */
  async function attempt<T>(what: string, request: () => Promise<T>): Promise<T> {
    return await request().catch((error) => Promise.reject(asGraftError(error, what)))
  }

  async function checkConditionalWrites(): Promise<void> {
    const marker = { Bucket, Key: root + MARKER, Body: new Uint8Array(0), IfNoneMatch: '*' }
    try {
      // The first succeeds in a bucket that is new to us, the second never.
      for (let i = 0; i < 2; i++) await attempt(MARKER, () => client.send(new PutObjectCommand(marker)))
    } catch (error) {
      if (isGraftError(error, 'precondition_failed')) return
      throw error
    }
    throw new GraftError(
      'store_unavailable',
      'The object store ignores If-None-Match, which Graft relies on.',
    )
  }

  await checkConditionalWrites()
  return {
    put,
    async putAll(objects) {
      const left = objects.values()
      const worker = async () => {
        for (const { key, body } of left) await put(key, body)
      }
      const ended = await Promise.allSettled(Array.from({ length: PUTS_AT_ONCE }, worker))
      for (const end of ended) if (end.status === 'rejected') throw end.reason
    },
    get,
    async read(key) {
      const chunks: Buffer[] = []
      for await (const chunk of await get(key)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    async size(key) {
      try {
        return (await attempt(key, () => client.send(new HeadObjectCommand(place(key))))).ContentLength
      } catch (error) {
        if (isGraftError(error, 'not_found')) return undefined
        throw error
      }
    },
    async *list(start) {
      const pages = paginateListObjectsV2({ client }, { Bucket, Prefix: root + safePrefix(start) })
      try {
        for await (const { Contents = [] } of pages)
          for (const { Key = '', Size = 0 } of Contents)
            if (Key !== root + MARKER) yield { key: Key.slice(root.length), bytes: Size }
      } catch (error) {
        throw asGraftError(error, start)
      }
    },
    async delete(key) {
      await attempt(key, () => client.send(new DeleteObjectCommand(place(key))))
    },
    async presignPut(key, { sha256, seconds }) {
      // The checksum is signed, so S3 itself refuses other bytes.
      const checksum = base64Of(sha256)
      const header = 'x-amz-checksum-sha256'
      const url = await getSignedUrl(
        client,
        new PutObjectCommand({ ...place(key), ChecksumSHA256: checksum }),
        {
          expiresIn: seconds,
          unhoistableHeaders: new Set([header]),
        },
      )
      return { url, headers: { [header]: checksum } }
    },
    async copy(from, to, { sha256 }) {
      const head = { ...place(from), ChecksumMode: 'ENABLED' as const }
      const { ChecksumSHA256 } = await attempt(from, () => client.send(new HeadObjectCommand(head)))
      // A store that ignores the checksum of an address has none, and has taken whatever was sent.
      if (ChecksumSHA256 !== base64Of(sha256)) {
        await put(to, await get(from), { sha256 })
        return
      }
      const source = `${Bucket}/${root}${safeKey(from)}`.split('/').map(encodeURIComponent).join('/')
      await attempt(from, () => client.send(new CopyObjectCommand({ ...place(to), CopySource: source })))
    },
    async check() {
      try {
        await client.send(new HeadBucketCommand({ Bucket }))
      } catch (error) {
        throw unavailable(error)
      }
    },
    async close() {
      client.destroy()
    },
  }
}

/** As S3 writes a hash. */
function base64Of(sha256: string): string {
  return Buffer.from(sha256, 'hex').toString('base64')
}

export function openS3Client(options: S3Options): S3Client {
  const { region, endpoint, credentials, answerMs = ANSWER_MS } = options
  return new S3Client({
    region,
    maxAttempts: ATTEMPTS,
    // Our own sha256 is what counts; CRC trailers, the SDK's default, are refused by some stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECTION_MS,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
    },
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
  })
}

/** An object's bytes as they are read. A connection can break, or fall silent, long after `get` has returned. */
export function readableOf(body: Readable, key: string, patience = ANSWER_MS): Readable {
  async function* chunks(): AsyncGenerator<Buffer> {
    const silent = () => body.destroy(new Error(`nothing came for ${patience} ms`))
    const all = body[Symbol.asyncIterator]()
    try {
      for (;;) {
        // Only while it is waited for: a reader may take its time.
        const late = setTimeout(silent, patience)
        const next = await all.next().finally(() => clearTimeout(late))
        if (next.done) return
        yield next.value
      }
    } catch (error) {
      throw asGraftError(error, key)
    }
  }
  // One that is destroyed before it is read would leave the connection open.
  return Readable.from(chunks(), { objectMode: false }).once('close', () => body.destroy())
}

function errorName(error: unknown): string {
  return (error as Error).name
}

export function asGraftError(error: unknown, key: string): GraftError {
  if (error instanceof GraftError) return error
  const { $metadata } = error as Partial<S3ServiceException>
  const name = errorName(error)
  const cause = { cause: error }
  // A bucket that is missing (NoSuchBucket) is not an object that is missing. HEAD has no body to tell them apart.
  if (name === 'NoSuchKey' || name === 'NotFound')
    return new GraftError('not_found', `There is no object ${key}.`, [], cause)
  if ($metadata?.httpStatusCode === 412)
    return new GraftError('precondition_failed', `The object ${key} exists already.`, [], cause)
  if ($metadata?.httpStatusCode === 507 || name === 'QuotaExceeded')
    return new GraftError('store_full', 'The object store is full.', [], cause)
  return unavailable(error)
}

function unavailable(error: unknown): GraftError {
  const { name, message } = error as Error
  return new GraftError('store_unavailable', `The object store failed: ${name} ${message}`, [], {
    cause: error,
  })
}
