// Reads every blob of a store again and compares it with the hash that names it. Reports, and deletes nothing.
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { isGraftError } from '@graft/core/errors'
import type { ObjectStore } from './object-store.ts'

const BLOBS = 'blobs/sha256/'

export interface Damage {
  key: string
  /** What the bytes hash to; undefined where they cannot be read. */
  found?: string
  message: string
}

export interface Scrubbed {
  blobs: number
  bytes: number
  damaged: Damage[]
}

/**
 * One blob at a time, in flat memory. A blob that is collected meanwhile is no damage.
 * @param seen is told of each blob's bytes
 * @throws GraftError `store_unavailable` when the store cannot be listed
 */
export async function scrub(
  store: Pick<ObjectStore, 'list' | 'get'>,
  seen: (bytes: number) => void = () => {},
): Promise<Scrubbed> {
  const result: Scrubbed = { blobs: 0, bytes: 0, damaged: [] }
  for await (const { key, bytes } of store.list(BLOBS)) {
    const damage = await damageOf(store, key)
    if (damage === 'gone') continue
    result.blobs += 1
    result.bytes += bytes
    if (damage) result.damaged.push(damage)
    seen(bytes)
  }
  return result
}

async function damageOf(store: Pick<ObjectStore, 'get'>, key: string): Promise<Damage | 'gone' | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(await store.get(key), hash)
  } catch (error) {
    if (isGraftError(error, 'not_found')) return 'gone'
    return { key, message: `It cannot be read: ${(error as Error).message}` }
  }
  const found = hash.digest('hex')
  if (key.endsWith(`/${found}`)) return undefined
  return { key, found, message: `Its bytes hash to ${found}.` }
}
