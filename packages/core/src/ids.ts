// Prefixed identifiers: `ds_01j...`; sortable by time of creation, safe in URLs and file names.
import { decodeTime, ulid } from 'ulid'

export type IdPrefix =
  | 'ds'
  | 'up'
  | 'ftjob'
  | 'sweep'
  | 'mdl'
  | 'import'
  | 'eval'
  | 'ep'
  | 'batch'
  | 'canary'
  | 'pred'
  | 'key'
  | 'wh'

/** For some hundred ids: the generator asks for a byte at a time, and to ask the system for one costs microseconds. */
const bytes = new Uint8Array(4096)
let used = bytes.length

/** From 0 to less than 1, in steps that the generator's 32 letters divide. */
function random(): number {
  if (used === bytes.length) {
    crypto.getRandomValues(bytes)
    used = 0
  }
  return (bytes[used++] ?? 0) / 256
}

/** @example newId('ds') // 'ds_01jd8w0x4q9v6k2m8n3r5t7y9z' */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid(undefined, random).toLowerCase()}`
}

/** When the id was made. @example timeOf('ds_01jd8w0x4q9v6k2m8n3r5t7y9z') */
export function timeOf(id: string): Date {
  return new Date(decodeTime(id.slice(id.indexOf('_') + 1).toUpperCase()))
}
