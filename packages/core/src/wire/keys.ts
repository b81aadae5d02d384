// Who may ask: projects, API keys, and what is noted of their requests.
import { z } from 'zod'
import { time } from './common.ts'

/** `metrics` is for the program that reads `/metrics`; `admin` holds all of them. */
export const SCOPES = ['data', 'train', 'deploy', 'predict', 'metrics', 'admin'] as const
export type Scope = (typeof SCOPES)[number]
const storedBytesLimit = z
  .int()
  .min(0)
  .nullable()
  .meta({ description: 'Bytes of images that it may hold; null: as many as the platform.' })
export const createProjectSchema = z.strictObject({
  name: z.string(),
  stored_bytes_limit: storedBytesLimit.default(null),
})
export const patchProjectSchema = z.strictObject({ stored_bytes_limit: storedBytesLimit })
/** What separates teams: names are unique within one, and no key sees into another. */
export const projectSchema = z.object({
  object: z.literal('project'),
  name: z.string(),
  /** Of the images that it has sent. */
  stored_bytes: z.int(),
  stored_bytes_limit: z.int().nullable(),
  created_at: time,
})
export type ProjectRecord = z.output<typeof projectSchema>

export const createKeySchema = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum(SCOPES)).min(1),
  expires_at: time.optional(),
  /** Instead of the platform's limit. */
  requests_per_second: z.int().min(1).max(1_000_000).optional(),
})
export const rotateKeySchema = z.strictObject({
  /** How long the key before opens too: time to bring the new one to all who use it. */
  overlap_seconds: z
    .int()
    .min(0)
    .max(30 * 24 * 3600)
    .default(24 * 3600),
})
export const keySchema = z.object({
  id: z.string(),
  object: z.literal('api_key'),
  /** All that the key makes lies in it, and all that it sees. */
  project: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created_at: time,
  expires_at: time.nullable(),
  /** To the minute. */
  last_used_at: time.nullable(),
  /** Until when the key before the last rotation opens as well. */
  previous_valid_until: time.nullable(),
  requests_per_second: z.int().nullable(),
})
/** What a key may know of itself. */
export const ownKeySchema = keySchema.pick({
  id: true,
  object: true,
  project: true,
  name: true,
  scopes: true,
})
/** The answer to its creation, once: the only time that the key itself is shown. */
export const createdKeySchema = keySchema.extend({ key: z.string() })

export const auditEntrySchema = z.object({
  id: z.string(),
  object: z.literal('audit.entry'),
  at: time,
  key: z.object({ id: z.string(), name: z.string() }),
  method: z.string(),
  /** As in the OpenAPI document. */
  route: z.string(),
  path: z.string(),
  resource: z.string().nullable(),
  status: z.int(),
  request_id: z.string(),
})

/** What a key has asked for on a day (UTC). */
export const usageDaySchema = z.object({
  object: z.literal('usage.day'),
  day: z.iso.date(),
  key: z.string(),
  requests: z.int(),
  /** Requests answered with a status from 400 on. */
  failed: z.int(),
  /** Requests for predictions that were answered, and images that were answered in bulk. */
  predictions: z.int(),
  /** Time that all of them took to answer. */
  milliseconds: z.int(),
})
