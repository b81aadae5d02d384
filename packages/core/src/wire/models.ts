// Models and their versions.
import { z } from 'zod'
import { preprocessingSchema } from '../preprocessing.ts'
import { RECIPES } from '../recipes.ts'
import { time } from './common.ts'
import { tagsSchema } from './datasets.ts'
import { jobMetricsSchema } from './jobs.ts'

export const modelFileSchema = z.object({ key: z.string(), sha256: z.string(), bytes: z.int() })
export type ModelFile = z.infer<typeof modelFileSchema>

/** What is left out stays as it is. */
export const patchModelVersionSchema = z.strictObject({
  /** Instead of those that are there. */
  tags: tagsSchema.optional(),
  archived: z.boolean().optional(),
})
export type PatchModelVersion = z.infer<typeof patchModelVersionSchema>

export const modelVersionSchema = z.object({
  object: z.literal('model.version'),
  model: z.string(),
  version: z.int(),
  aliases: z.array(z.string()),
  tags: z.array(z.string()),
  /** Since then no bare name means it, and no endpoint takes it. */
  archived_at: time.nullable(),
  stage: z.enum(['probe', 'fine_tuned', 'imported']),
  architecture: z.string(),
  labels: z.array(z.string()),
  preprocessing: preprocessingSchema,
  metrics: jobMetricsSchema,
  /** Null of one that was imported. `parent` is the base model, or the version whose weights its job started from. */
  lineage: z
    .object({
      job: z.string(),
      dataset: z.string(),
      recipe: z.enum(RECIPES),
      seed: z.int(),
      parent: z.string(),
    })
    .nullable(),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.int(), url: z.string() })),
  created_at: time,
})
export type ModelVersion = z.infer<typeof modelVersionSchema>

export const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  name: z.string(),
  latest: modelVersionSchema,
  created_at: time,
})
export type Model = z.infer<typeof modelSchema>

/** Image hashes with the logits that the trainer saw: every load of the model replays them. */
export const goldenSchema = z.object({
  examples: z.array(z.object({ sha256: z.string(), logits: z.array(z.number()) })),
})
export type Golden = z.infer<typeof goldenSchema>
