// Endpoints: which versions answer, and how that has changed.
import { z } from 'zod'
import { time } from './common.ts'

export const trafficShareSchema = z.strictObject({ model: z.string(), weight: z.number().gt(0).max(100) })
export type TrafficShare = z.infer<typeof trafficShareSchema>
const confidence = z.number().min(0).max(1)
/** A number, or the share of accepted answers that shall be right: the report of each model says what that means. */
export const thresholdSchema = z.union([confidence, z.strictObject({ precision: z.number().gt(0).max(1) })])
/** Images that were asked about are kept with their answers: this share of them, by chance, for so long. */
export const captureSchema = z.strictObject({
  share: z.number().gt(0).max(1),
  retention_days: z.int().min(1).max(365).default(30),
})
export type Capture = z.infer<typeof captureSchema>
/** Which step of which canary a revision is, and what the canary is compared with. */
export interface CanaryStep {
  id: string
  model: string
  step: number
  /** Percent of the traffic. */
  share: number
  stable: TrafficShare[]
  min_requests: number
}
export const putEndpointSchema = z.strictObject({
  /** Weights are shares of their sum. */
  traffic: z.array(trafficShareSchema).min(1).max(10),
  /** Least confidence of an accepted answer; below it the decision is `abstain`. */
  threshold: thresholdSchema.default(0),
  /** Instead of it, for answers with that label. */
  thresholds: z.record(z.string(), confidence).default({}),
  /** A model version that is asked as well and compared, and never answers. */
  shadow: z.string().nullable().default(null),
  /** Seconds without a request after which the endpoint's models leave the memory; null: the platform's limit. */
  idle_timeout_seconds: z
    .int()
    .min(1)
    .max(30 * 24 * 3600)
    .nullable()
    .default(null),
  /** Null: no image is kept. */
  capture: captureSchema.nullable().default(null),
})
/**
 * `fallback`: a model of the traffic could not be loaded, or did not reproduce its golden examples, and the split in
 * `fallback` answers instead of it. `failing`: there is none.
 */
export const endpointStatusSchema = z.object({
  status: z.enum(['ready', 'fallback', 'failing']),
  faults: z.array(z.object({ model: z.string(), message: z.string(), at: time })),
  fallback: z.array(trafficShareSchema).nullable(),
})
export type EndpointStatus = z.infer<typeof endpointStatusSchema>
export const endpointSchema = z.object({
  id: z.string(),
  object: z.literal('endpoint'),
  name: z.string(),
  revision: z.int(),
  ...endpointStatusSchema.shape,
  traffic: z.array(trafficShareSchema),
  threshold: thresholdSchema,
  thresholds: z.record(z.string(), z.number()),
  shadow: z.string().nullable(),
  idle_timeout_seconds: z.int().nullable(),
  capture: captureSchema.nullable(),
  /** The canary of which the traffic is a step, and percent of the traffic that it has. */
  canary: z.object({ id: z.string(), model: z.string(), share: z.number() }).nullable(),
  url: z.string(),
  updated_at: time,
  created_at: time,
})
export type Endpoint = z.infer<typeof endpointSchema>

/** What an endpoint was from `created_at` on, until the next revision. */
export const endpointRevisionSchema = endpointSchema
  .pick({ revision: true, traffic: true, threshold: true, thresholds: true, shadow: true, created_at: true })
  .extend({
    object: z.literal('endpoint.revision'),
    /** Id of the API key or the job that asked for it. */
    actor: z.string(),
  })
export type EndpointRevision = z.infer<typeof endpointRevisionSchema>

export const shadowComparisonSchema = z.object({
  object: z.literal('shadow.comparison'),
  /** The version that answered. */
  model: z.string(),
  shadow: z.string(),
  compared: z.int(),
  /** Of these, with the same first label. */
  agreed: z.int(),
  /** Mean difference of the confidences of the answered label. */
  difference: z.number(),
  failed: z.int(),
  /** Not asked, since callers would have waited longer for it. */
  skipped: z.int(),
})
export type ShadowComparison = z.infer<typeof shadowComparisonSchema>
