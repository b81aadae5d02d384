// A model's report: how its training went, and how well it answers on images that it was not trained on.
import { z } from 'zod'

/** Rates whose denominator is zero are null. */
const rate = z.number().min(0).max(1).nullable()

/** What was answered for an image, beside its label. */
const answerSchema = z.object({
  path: z.string(),
  sha256: z.string(),
  label: z.string(),
  predicted: z.string(),
  confidence: z.number(),
})

export const splitReportSchema = z.object({
  images: z.int(),
  accuracy: z.number(),
  /** Mean cross-entropy, nats. */
  loss: z.number(),
  /** Images of the row's label that were answered with the column's. */
  confusion: z.array(z.array(z.int())),
  classes: z.array(
    z.object({ label: z.string(), precision: rate, recall: rate, f1: rate, support: z.int() }),
  ),
  calibration: z.object({
    /** Expected calibration error, and what it would be without the model's temperature. */
    ece: z.number(),
    ece_uncalibrated: z.number(),
    bins: z.array(z.object({ confidence: z.number(), accuracy: z.number(), images: z.int() })),
  }),
  /** For each least confidence: the share of images that get an answer, and the share of right ones among these. */
  thresholds: z.array(z.object({ threshold: z.number(), coverage: z.number(), accuracy: rate })),
  /** The images that the model is most wrong about, the worst first. */
  top_losses: z.array(answerSchema.extend({ loss: z.number() })),
  /** What was answered for each image. */
  answers: z.array(answerSchema).optional(),
})
export type SplitReport = z.infer<typeof splitReportSchema>

/** A version on images of any data set version; `calibration.ece_uncalibrated` is without the model's temperature. */
export const evaluationReportSchema = splitReportSchema.required({ answers: true }).extend({
  object: z.literal('model.evaluation.report'),
  /** `name@number` */
  model: z.string(),
  dataset: z.string(),
  split: z.enum(['train', 'validation', 'test']),
  labels: z.array(z.string()),
})
export type EvaluationReport = z.infer<typeof evaluationReportSchema>

export const reportSchema = z.object({
  object: z.literal('model.report'),
  labels: z.array(z.string()),
  /** The probe, each epoch and the average, in the order of the training. */
  curve: z.array(
    z.object({
      stage: z.enum(['probe', 'fine_tuned', 'average']),
      epoch: z.int(),
      train_loss: z.number().optional(),
      train_accuracy: z.number().optional(),
      validation_loss: z.number().optional(),
      validation_accuracy: z.number().optional(),
      test_loss: z.number().optional(),
      test_accuracy: z.number().optional(),
    }),
  ),
  /** How the training went; null in the report of a probe, which is published before it. */
  training: z
    .object({
      /** Of the whole job until its publication. */
      seconds: z.number(),
      /** Over the steps. */
      images_per_second: z.number(),
      /** The share of the steps' time in which they waited for their batch. */
      waiting: z.number(),
      /** Resident memory of the training process at its highest. */
      peak_memory_bytes: z.number(),
    })
    .nullable()
    .default(null),
  /** The network in eight bits, and whether it is what answers; null where there were too few validation images to tell. */
  int8: z
    .object({
      served: z.boolean(),
      /** How many times as fast as in float32 one image was answered where the model was made. */
      speedup: z.number(),
      /** On the validation images; not measured in eight bits where it was no faster. */
      accuracy: z.object({ float32: z.number(), int8: z.number().nullable() }),
    })
    .nullable()
    .default(null),
  /** The logits were divided by it, so that confidences fit the validation images; 1 where nothing was fitted. */
  temperature: z.number(),
  /** `train` only where the data set had too few images to hold any out. */
  splits: z.object({
    train: splitReportSchema.optional(),
    validation: splitReportSchema.optional(),
    test: splitReportSchema.optional(),
  }),
})
export type Report = z.infer<typeof reportSchema>
