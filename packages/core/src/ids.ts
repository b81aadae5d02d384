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

/** @example newId('ds') // 'ds_01jd8w0x4q9v6k2m8n3r5t7y9z' */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid().toLowerCase()}`
}

/** When the id was made. @example timeOf('ds_01jd8w0x4q9v6k2m8n3r5t7y9z') */
export function timeOf(id: string): Date {
  return new Date(decodeTime(id.slice(id.indexOf('_') + 1).toUpperCase()))
}
