// What the registry tells of versions beside each other: where they come from, what came of them, how they differ.
import { z } from 'zod'
import { RECIPES } from '../recipes.ts'
import { jobSchema } from './jobs.ts'

/** An endpoint that serves a version now. */
const servingSchema = z.object({
  endpoint: z.string(),
  /** `name@number` */
  model: z.string(),
  /** Its share of the traffic's weights; null where it is the shadow only. */
  weight: z.number().nullable(),
  shadow: z.boolean(),
})
export type ServingLink = z.infer<typeof servingSchema>

/** Backwards to the data, and forwards to what serves the version and to what was trained on from it. */
export const modelLineageSchema = z.object({
  object: z.literal('model.lineage'),
  model: z.string(),
  /** The base model, or the version whose weights the job started from; null, as what follows, where it was imported. */
  parent: z.string().nullable(),
  dataset: z.string().nullable(),
  job: z.string().nullable(),
  /** All versions of that job. */
  versions: z.array(z.string()),
  recipe: z.enum(RECIPES).nullable(),
  /** Jobs that started from its weights, the newest first. */
  children: z.array(
    z.object({ job: z.string(), status: jobSchema.shape.status, versions: z.array(z.string()) }),
  ),
  endpoints: z.array(servingSchema),
})
export type ModelLineage = z.infer<typeof modelLineageSchema>

/** A job on a data set version, and what came of it. */
export const jobLineageSchema = z.object({
  object: z.literal('fine_tuning.job.lineage'),
  job: z.string(),
  status: jobSchema.shape.status,
  recipe: z.enum(RECIPES),
  versions: z.array(z.string()),
  endpoints: z.array(servingSchema),
})
export type JobLineage = z.infer<typeof jobLineageSchema>

const sideSchema = z.object({
  model: z.string(),
  labels: z.array(z.string()),
  /** Over all images of its own split. */
  images: z.int(),
  accuracy: z.number(),
  loss: z.number(),
  confusion: z.array(z.array(z.int())),
})
const answerSchema = z.object({ predicted: z.string(), confidence: z.number() })

export const comparisonSchema = z.object({
  object: z.literal('model.comparison'),
  split: z.string(),
  a: sideSchema,
  b: sideSchema,
  /** Images that both were measured on, known by their bytes, and how the two did on these. */
  common: z.object({
    images: z.int(),
    both_right: z.int(),
    only_a_right: z.int(),
    only_b_right: z.int(),
    both_wrong: z.int(),
    /**
     * McNemar's exact test: how likely two networks that are equally good differ as much, or more. Null where none was
     * right alone.
     */
    p_value: z.number().nullable(),
    /** Images with two answers. */
    disagreements: z.int(),
  }),
  /** The disagreements of which the two are surest, at most a page of them. */
  disagreements: z.array(
    z.object({ path: z.string(), sha256: z.string(), label: z.string(), a: answerSchema, b: answerSchema }),
  ),
})
export type Comparison = z.infer<typeof comparisonSchema>
