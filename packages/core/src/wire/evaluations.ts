// How well a version answers on other images.
import { z } from 'zod'
import { BATCH_STATES } from '../states.ts'
import { keysOf, time } from './common.ts'
import { SPLITS } from './datasets.ts'

export const evaluationMetricsSchema = z.object({ accuracy: z.number(), loss: z.number() })
export type EvaluationMetrics = z.infer<typeof evaluationMetricsSchema>
export const createEvaluationSchema = z.strictObject({
  /** `name@version`; without a version the newest. */
  dataset: z.string(),
  split: z.enum(SPLITS).default('test'),
})
export const evaluationSchema = z.object({
  id: z.string(),
  object: z.literal('model.evaluation'),
  model: z.string(),
  dataset: z.string(),
  split: z.enum(SPLITS),
  status: z.enum(keysOf(BATCH_STATES)),
  progress: z.object({ images: z.int(), done: z.int() }),
  /** Once it has succeeded; its report tells more. `loss` is the mean cross-entropy in nats. */
  metrics: evaluationMetricsSchema.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
})
export type Evaluation = z.infer<typeof evaluationSchema>
