// What is learnt from an endpoint in use: feedback, the images that are kept, and the data set made of them.
import { z } from 'zod'
import { datasetVersionSchema } from './datasets.ts'
import { predictionSchema } from './predictions.ts'

const time = z.iso.datetime({ offset: true })

export const predictionIdSchema = z.string().regex(/^pred_[0-9a-z]{26}$/, 'not the id of a prediction')

export const feedbackSchema = z.strictObject({
  prediction: predictionIdSchema,
  /** The right one; it may be one that the model does not know. */
  label: z.string().min(1),
  /** Base64; needed where the prediction's image was not kept. */
  image: z.string().optional(),
})

/** An image that an endpoint was asked about, with what it answered and, where somebody has told it, the right label. */
export const captureRecordSchema = z.object({
  /** Of the prediction. */
  id: z.string(),
  object: z.literal('capture'),
  endpoint: z.string(),
  /** Null, and `predictions` empty, where the image came with the feedback. */
  model: z.string().nullable(),
  /** The first five. */
  predictions: predictionSchema.shape.predictions,
  /**
   * Entropy of all confidences for that of a uniform answer: 0 is sure, 1 knows nothing (Settles, "Active Learning
   * Literature Survey", 2009, 2.1).
   */
  uncertainty: z.number().nullable(),
  label: z.string().nullable(),
  labelled_at: time.nullable(),
  sha256: z.string(),
  image_url: z.string(),
  created_at: time,
  /** Since then it is not kept any more. */
  expires_at: time,
})
export type CaptureRecord = z.infer<typeof captureRecordSchema>

export const pullFeedbackSchema = z.strictObject({
  /** Made when it is missing; else the next version is its newest one and the labelled images. */
  dataset: z.string(),
})

export const pulledFeedbackSchema = z.object({
  object: z.literal('feedback.pull'),
  /** Being ingested; where there was nothing new, the newest one. */
  version: datasetVersionSchema,
  /** Images that are new to the data set. */
  added: z.int(),
  /** Images of the data set that have another label now. */
  relabelled: z.int(),
  /** Images that it had, with that label. */
  known: z.int(),
})
export type PulledFeedback = z.infer<typeof pulledFeedbackSchema>
