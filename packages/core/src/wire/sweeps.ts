// Sweeps: one job for each combination of hyper-parameters.
import { z } from 'zod'
import { HYPERPARAMETERS } from '../recipes.ts'
import { JOB_STATES, SWEEP_STATES } from '../states.ts'
import { keysOf, time } from './common.ts'
import { createJobSchema, jobMetricsSchema } from './jobs.ts'

/** @example { learning_rate: [1e-3, 2e-3], epochs: [3, 6] } // four jobs */
export const sweepValuesSchema = z.partialRecord(
  z.enum(keysOf(HYPERPARAMETERS)),
  z
    .array(z.union([z.number(), z.string()]))
    .min(1)
    .max(100),
)
export type SweepValues = z.infer<typeof sweepValuesSchema>
export const createSweepSchema = createJobSchema.extend({
  values: sweepValuesSchema.refine((values) => Object.keys(values).length > 0, 'name a hyper-parameter'),
  /** Points at the best version in the end. */
  alias: z.string().optional(),
})
const choiceSchema = z.partialRecord(z.enum(keysOf(HYPERPARAMETERS)), z.union([z.number(), z.string()]))
export type SweepChoice = z.infer<typeof choiceSchema>
export const sweepSchema = z.object({
  id: z.string(),
  object: z.literal('fine_tuning.sweep'),
  status: z.enum(keysOf(SWEEP_STATES)),
  name: z.string(),
  training_dataset: z.string(),
  values: sweepValuesSchema,
  alias: z.string().nullable(),
  deploy: z.string().nullable(),
  /** The best first, by the loss on the validation images; those without one last. */
  jobs: z.array(
    z.object({
      id: z.string(),
      status: z.enum(keysOf(JOB_STATES)),
      /** Where it differs from the others. */
      hyperparameters: choiceSchema,
      metrics: jobMetricsSchema,
      model: z.string().nullable(),
    }),
  ),
  /** Once it has succeeded: the version that did best on the validation images. */
  best: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  finished_at: time.nullable(),
})
export type Sweep = z.infer<typeof sweepSchema>
