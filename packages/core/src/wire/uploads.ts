// Archives that arrive in pieces.
import { z } from 'zod'
import { UPLOAD_STATES } from '../states.ts'
import { keysOf, time } from './common.ts'

export const uploadSchema = z.object({
  id: z.string(),
  object: z.literal('upload'),
  dataset: z.string(),
  filename: z.string(),
  bytes: z.int(),
  /** Bytes that have arrived. */
  offset: z.int(),
  status: z.enum(keysOf(UPLOAD_STATES)),
  /** The version of the data set that it has become. */
  version: z.int().nullable(),
  expires_at: time,
  created_at: time,
})
export type Upload = z.infer<typeof uploadSchema>
