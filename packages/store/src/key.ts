// The one rule for keys of objects: what may name one, on a disk as in a bucket.
import { GraftError } from '@graft/core/errors'

const SEGMENT = /^[A-Za-z0-9._-]{1,200}$/

/** Returns the key. @throws GraftError `path_unsafe` */
export function safeKey(key: string): string {
  const segments = key.split('/')
  const safe = segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..')
  if (safe && key.length <= 900) return key
  throw new GraftError('path_unsafe', `${JSON.stringify(key.slice(0, 200))} cannot be the key of an object.`)
}

/** Returns the start of keys: none, or whole segments and the start of one. @throws GraftError `path_unsafe` */
export function safePrefix(prefix: string): string {
  if (prefix !== '') safeKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix)
  return prefix
}
