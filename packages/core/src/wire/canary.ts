// A canary: a new model version that is given more of an endpoint's traffic step by step, while it does well.
import { z } from 'zod'
import { CANARY_STATES } from '../states.ts'

const time = z.iso.datetime({ offset: true })
const share = z.number().min(0).max(1)

export const startCanarySchema = z.strictObject({
  model: z.string(),
  /** Percent of the traffic, one after the other; the last is 100. */
  steps: z
    .array(z.int().min(1).max(100))
    .min(1)
    .max(20)
    .default([5, 25, 50, 100])
    .refine((steps) => steps.at(-1) === 100 && steps.every((step, at) => step > (steps[at - 1] ?? 0)), {
      message: 'steps rise, and the last is 100',
    }),
  /** No step is shorter. */
  minutes_per_step: z
    .number()
    .min(0)
    .max(7 * 24 * 60)
    .default(10),
  /** Of the images whose turn it was: those that it could not answer through no fault of theirs. */
  max_error_rate: share.default(0.01),
  /** Of those compared with the traffic before: those with another first label. */
  max_disagreement: share.default(0.2),
  /** Answers, and comparisons, that each step rests on. */
  min_requests: z.int().min(1).max(1_000_000).default(100),
})
export type StartCanary = z.output<typeof startCanarySchema>

export const canarySchema = z.object({
  id: z.string(),
  object: z.literal('canary'),
  endpoint: z.string(),
  status: z.enum(Object.keys(CANARY_STATES) as [keyof typeof CANARY_STATES]),
  /** `name@number` */
  model: z.string(),
  /** Percent of the traffic that it has, or had when it ended. */
  share: z.int(),
  minutes_per_step: z.number(),
  max_error_rate: z.number(),
  max_disagreement: z.number(),
  min_requests: z.int(),
  steps: z.array(
    z.object({
      share: z.int(),
      answered: z.int(),
      failed: z.int(),
      compared: z.int(),
      disagreed: z.int(),
    }),
  ),
  /** Why it has ended, or what it waits for. */
  reason: z.string(),
  step_since: time,
  created_at: time,
  finished_at: time.nullable(),
})
export type Canary = z.infer<typeof canarySchema>
