// Counts and hashes the bytes of a body on their way into a store.
import { createHash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import type { StoredObject } from './object-store.ts'

export type Body = Uint8Array | AsyncIterable<Uint8Array>

export interface HashedBody {
  chunks: AsyncIterable<Uint8Array>
  /** What has passed, once `chunks` has ended. @throws GraftError `checksum_mismatch` when it is not `expected` */
  finish(expected?: string): StoredObject
}

export function hashBody(body: Body): HashedBody {
  const hash = createHash('sha256')
  let bytes = 0
  async function* pass(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      hash.update(chunk)
      bytes += chunk.byteLength
      yield chunk
    }
  }
  return {
    chunks: pass(),
    finish(expected) {
      const sha256 = hash.digest('hex')
      if (expected === undefined || expected === sha256) return { sha256, bytes }
      throw new GraftError('checksum_mismatch', `The bytes hash to ${sha256}, not to ${expected}.`)
    },
  }
}
