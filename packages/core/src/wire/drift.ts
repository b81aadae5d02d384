// How far an endpoint's answers have moved from those that its model gave on its held-out images.
import { z } from 'zod'

const time = z.iso.datetime({ offset: true })

/**
 * `too_few`: nothing can be said of so few predictions. `shifted`: the index has reached the threshold, which is no less
 * than what chance alone would exceed once in a hundred times.
 */
export const DRIFT_STATUSES = ['stable', 'shifted', 'too_few'] as const

const comparisonSchema = z.object({
  /** Population stability index; null where there is nothing to compare with. */
  psi: z.number().nullable(),
  threshold: z.number().nullable(),
  status: z.enum(DRIFT_STATUSES).nullable(),
})

export const driftSchema = z.object({
  object: z.literal('endpoint.drift'),
  endpoint: z.string(),
  /** Answers are counted by the hour: the begin of the one that was asked for. */
  since: time,
  models: z.array(
    z.object({
      model: z.string(),
      /** What all of this rests on. */
      predictions: z.int(),
      /** The images that the model's report has answers for; null where it has none. */
      reference: z.object({ split: z.enum(['test', 'validation']), images: z.int() }).nullable(),
      confidence: comparisonSchema.extend({
        bins: z.array(
          z.object({ from: z.number(), to: z.number(), served: z.int(), reference: z.int().nullable() }),
        ),
      }),
      labels: comparisonSchema.extend({
        counts: z.array(z.object({ label: z.string(), served: z.int(), reference: z.int().nullable() })),
      }),
    }),
  ),
})
export type Drift = z.infer<typeof driftSchema>
