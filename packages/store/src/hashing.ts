// Counts and hashes the bytes of a body on their way into a store.
import { createHash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import type { StoredObject } from './object-store.ts'

export type Body = Uint8Array | AsyncIterable<Uint8Array>

export interface HashedBody {
  /** The body's bytes. After the last of them throws `checksum_mismatch` when they do not hash to `expected`. */
  chunks: AsyncIterable<Uint8Array>
  /** What has passed, once `chunks` has ended. */
  stored(): StoredObject
  /** What `chunks` has thrown: a fault of the bytes or of their source, not of the store. */
  fault(): { error: unknown } | undefined
}

export function hashBody(body: Body, expected?: string): HashedBody {
  const hash = createHash('sha256')
  let bytes = 0
  let stored: StoredObject | undefined
  let fault: { error: unknown } | undefined

  async function* pass(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        hash.update(chunk)
        bytes += chunk.byteLength
        yield chunk
      }
      const sha256 = hash.digest('hex')
      if (expected !== undefined && expected !== sha256)
        throw new GraftError('checksum_mismatch', `The bytes hash to ${sha256}, not to ${expected}.`)
      stored = { sha256, bytes }
    } catch (error) {
      fault = { error }
      throw error
    }
  }

  return {
    chunks: pass(),
    stored() {
      if (!stored) throw new Error('The body has not been read to its end.')
      return stored
    },
    fault: () => fault,
  }
}
