// The one interface of object storage: a directory and an S3 bucket behave the same behind it.
import type { Readable } from 'node:stream'

export interface StoredObject {
  /** sha256 of the bytes, lower-case hex. */
  sha256: string
  bytes: number
}

export interface PutOptions {
  /** Refuse bytes that do not hash to this: `checksum_mismatch`, and nothing is stored. */
  sha256?: string
  /** Refuse to replace an object: `precondition_failed`. Of many writers at once exactly one wins. */
  ifAbsent?: boolean
}

export interface SmallObject {
  key: string
  body: Uint8Array
}

/** An address, and the headers that a PUT to it must have. */
export interface PutTarget {
  url: string
  headers: Record<string, string>
}

/**
 * Keys are `/`-separated segments of `a-z A-Z 0-9 . _ -`, none of them `.` or `..`; other keys throw `path_unsafe`.
 * No key may be a folder of another (`a` and `a/b`): a file system cannot hold both.
 * An object appears whole or not at all, and once `put` returns it survives a crash of the machine.
 * All methods throw `store_unavailable` when the store does not answer, and `put` throws `store_full` when it has
 * no room. What the source of a body throws, `put` throws as it is.
 */
export interface ObjectStore {
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredObject>
  /**
   * Puts many small objects for less than each would cost alone. Once it returns all of them survive a crash of the
   * machine; where it throws some may be there, each whole.
   */
  putAll(objects: readonly SmallObject[]): Promise<void>
  /** The bytes as a stream, from `start` (0) on; none where `start` lies behind the end. Throws `not_found`. */
  get(key: string, options?: { start?: number }): Promise<Readable>
  /** The bytes at once: for objects known to be small. Throws `not_found`. */
  read(key: string): Promise<Buffer>
  /** The object's size in bytes, or undefined where there is none. */
  size(key: string): Promise<number | undefined>
  /** The objects whose keys start with `prefix`, in the order of their keys. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number }>
  /** Deletes the object; deleting what is not there is no error. */
  delete(key: string): Promise<void>
  /**
   * Where anybody may PUT exactly these bytes, for some seconds, without a key of the store. Only where the store has
   * such addresses.
   */
  presignPut?(key: string, options: { sha256: string; seconds: number }): Promise<PutTarget>
  /**
   * Within the store, where it has `presignPut`: what was sent straight to it comes to its place so. Bytes for whose hash
   * the store itself does not vouch are read and written once more. Throws `not_found`, and `checksum_mismatch`.
   */
  copy?(from: string, to: string, options: { sha256: string }): Promise<void>
  /** Resolves when the store answers. */
  check(): Promise<void>
  close(): Promise<void>
}

/** Where the original bytes of an image lie. */
export function blobKey(sha256: string): string {
  return `blobs/sha256/${sha256.slice(0, 2)}/${sha256}`
}

/** Where the accepted images of a data set version are listed. */
export function manifestKey(datasetId: string, number: number): string {
  return `datasets/${datasetId}/${number}/manifest.json`
}

export function thumbnailKey(sha256: string): string {
  return `thumbnails/sha256/${sha256.slice(0, 2)}/${sha256}.webp`
}
