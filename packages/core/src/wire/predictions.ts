// What an endpoint says of an image.
import { z } from 'zod'
import { ERRORS } from '../errors.ts'
import { keysOf } from './common.ts'

/** Milliseconds: waiting, decoding and preprocessing, running the network, all together. */
const timings = z.object({ queue: z.number(), decode: z.number(), run: z.number(), total: z.number() })
/** The version whose turn it was, and why it cannot answer: `model` is of the last revision before that can. */
const fallback = z.object({ instead_of: z.string(), code: z.enum(keysOf(ERRORS)) }).optional()
export const predictionSchema = z.object({
  /** Feedback names it. */
  id: z.string(),
  object: z.literal('prediction'),
  endpoint: z.string(),
  model: z.string(),
  fallback,
  predictions: z.array(z.object({ label: z.string(), confidence: z.number() })),
  decision: z.enum(['accept', 'abstain']),
  /** What the decision compared the first confidence with; null where no threshold gives the stated precision. */
  threshold: z.number().nullable(),
  /** Where `?explain=cam` asks for it. */
  explanation: z
    .object({
      /** Class activation map: how much each place of the last feature map speaks for the first label. */
      method: z.literal('cam'),
      label: z.string(),
      /** Rows from the top, 0 (least) to 1 (most), over the square that the network sees. */
      grid: z.array(z.array(z.number())),
      /** That square with the map over it: a PNG as base64. */
      overlay_png: z.string(),
    })
    .optional(),
  timings,
})
export type Prediction = z.infer<typeof predictionSchema>

export const embeddingSchema = z.object({
  object: z.literal('embedding'),
  endpoint: z.string(),
  model: z.string(),
  fallback,
  /** The trunk's features, averaged over the image: 512 numbers. */
  embedding: z.array(z.number()),
  timings,
})
export type Embedding = z.infer<typeof embeddingSchema>
