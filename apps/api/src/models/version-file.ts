// A file of a model version as it is downloaded: one that is stored, or one that is made of it.
import { GraftError } from '@graft/core/errors'
import type { ModelVersionRecord } from '@graft/db/models'
import type { ObjectStore } from '@graft/store/object-store'
import { webStream } from '../web-stream.ts'
import { makeStateDict, STATE_DICT, stateDictSource } from './state-dict.ts'

export interface VersionFile {
  etag: string
  /** Undefined of one that is made: it is not made to count them. */
  bytes?: number
  read(): Promise<Uint8Array<ArrayBuffer> | ReadableStream>
}

/** @throws GraftError `not_found` */
export function fileOf(store: ObjectStore, version: ModelVersionRecord, name: string): VersionFile {
  const { files } = version
  const stored = Object.hasOwn(files, name) ? files[name] : undefined
  if (stored !== undefined) {
    const { key, sha256, bytes } = stored
    return { etag: `"${sha256}"`, bytes, read: async () => webStream(await store.get(key)) }
  }
  const source = name === STATE_DICT ? stateDictSource(version) : undefined
  if (source !== undefined) {
    return { etag: source.etag, read: async () => new Uint8Array(await makeStateDict(store, source)) }
  }
  const names = Object.keys(files).join(', ')
  const reference = `${version.name}@${version.number}`
  throw new GraftError('not_found', `${reference} has no file ${JSON.stringify(name)}; it has ${names}.`)
}
