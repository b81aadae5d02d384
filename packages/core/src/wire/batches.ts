// Bulk predictions.
import { z } from 'zod'
import { BATCH_STATES } from '../states.ts'
import { keysOf, time } from './common.ts'
import { SPLITS } from './datasets.ts'
import { predictionSchema } from './predictions.ts'

export const createBatchSchema = z.strictObject({
  /** `name@version`; without a version the newest. */
  dataset: z.string(),
  /** All of them without it. */
  split: z.enum(SPLITS).optional(),
})
export type CreateBatch = z.infer<typeof createBatchSchema>
export const batchSchema = z.object({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: z.string(),
  /** As which revision the endpoint answers. */
  revision: z.int(),
  /** Null where it is asked about an archive. */
  dataset: z.string().nullable(),
  split: z.enum(SPLITS).nullable(),
  status: z.enum(keysOf(BATCH_STATES)),
  /** `images` is 0 until those of an archive are counted. `failed` of those `done` could not be answered: their lines say why. */
  progress: z.object({ images: z.int(), done: z.int(), failed: z.int() }),
  /** Once it has succeeded, until they are deleted after some days. */
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.int(), url: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
})
export type Batch = z.infer<typeof batchSchema>
/** A line of the results, one for each image, in the order of the data set or archive; of a data set with its label. */
const batchImageSchema = z.object({
  path: z.string(),
  split: z.enum(SPLITS).nullable(),
  label: z.string().nullable(),
  /** Null where the archive's entry was not read. */
  sha256: z.string().nullable(),
})
export const batchLineSchema = z.union([
  batchImageSchema.extend({
    ...predictionSchema.pick({
      model: true,
      fallback: true,
      predictions: true,
      decision: true,
      threshold: true,
    }).shape,
  }),
  batchImageSchema.extend({ error: z.object({ code: z.string(), message: z.string() }) }),
])
export type BatchLine = z.infer<typeof batchLineSchema>
