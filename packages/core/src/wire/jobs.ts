// Fine-tuning jobs: what is ordered, how far they are, what happened.
import { z } from 'zod'
import { hyperparametersSchema, RECIPES, resolvedRecipeSchema } from '../recipes.ts'
import { JOB_REQUESTS, JOB_STATES } from '../states.ts'
import { keysOf, time } from './common.ts'

export const BASE_MODELS = ['resnet18'] as const
export const createJobSchema = z.strictObject({
  /** A base model, or `name@version` of a model: the training starts from its weights, and its head where labels are the same. */
  model: z.string().max(200).default('resnet18'),
  /** `name@version`; without a version the newest. */
  training_dataset: z.string(),
  recipe: z.enum(RECIPES).default('auto'),
  hyperparameters: hyperparametersSchema.default({}),
  /** Name of the model; the data set's name when left out. */
  name: z.string().optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  /** Endpoint that serves the model as soon as there is one. */
  deploy: z.string().optional(),
  /** Of the jobs that wait those with the highest run first. */
  priority: z.int().min(-100).max(100).default(0),
})
export type CreateJob = z.input<typeof createJobSchema>

export const jobMetricsSchema = z.object({
  test_accuracy: z.number().optional(),
  test_loss: z.number().optional(),
  validation_accuracy: z.number().optional(),
  validation_loss: z.number().optional(),
  train_accuracy: z.number().optional(),
  train_loss: z.number().optional(),
  images_per_second: z.number().optional(),
})
export type JobMetrics = z.infer<typeof jobMetricsSchema>

export const JOB_PHASES = ['loading', 'probe', 'training', 'evaluating', 'publishing'] as const
export const jobProgressSchema = z.object({
  phase: z.enum(JOB_PHASES),
  epoch: z.int(),
  epochs: z.int(),
  step: z.int(),
  steps: z.int(),
  loss: z.number().nullable(),
  images_per_second: z.number().nullable(),
  eta_seconds: z.number().nullable(),
})
export type JobProgress = z.infer<typeof jobProgressSchema>

export const jobSchema = z.object({
  id: z.string(),
  object: z.literal('fine_tuning.job'),
  status: z.enum(keysOf(JOB_STATES)),
  /** What its trainer was asked for: a job that succeeded after `stop` was not trained to its end. */
  requested: z.enum(JOB_REQUESTS).nullable(),
  model: z.string(),
  training_dataset: z.string(),
  recipe: z.enum(RECIPES),
  hyperparameters: resolvedRecipeSchema,
  name: z.string(),
  seed: z.int(),
  deploy: z.string().nullable(),
  priority: z.int(),
  /** While it waits for a trainer. */
  queue: z
    .object({
      /** 1 is the next. */
      position: z.int(),
      /** Until it starts, judged by how long the last jobs took; null while nothing tells. */
      expected_wait_seconds: z.number().nullable(),
    })
    .nullable(),
  attempt: z.int(),
  engine: z.string().nullable(),
  progress: jobProgressSchema.nullable(),
  metrics: jobMetricsSchema,
  fine_tuned_model: z.string().nullable(),
  /** What the training processes of all attempts have used: time of processors, and time with a GPU. */
  used: z.object({ cpu_seconds: z.number(), gpu_seconds: z.number() }),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
})
export type Job = z.infer<typeof jobSchema>

/** What a job would take, measured by a trainer beside whatever else it does. */
export const dryRunSchema = z.object({
  object: z.literal('fine_tuning.dry_run'),
  hyperparameters: resolvedRecipeSchema,
  engine: z.string(),
  images: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  /** Of the training's steps. */
  images_per_second: z.number(),
  /** From its start to its end; the wait for a trainer is not counted. */
  eta_seconds: z.number(),
  /** Resident memory of the training process. */
  peak_memory_bytes: z.number(),
})
export type DryRun = z.infer<typeof dryRunSchema>

export const jobEventSchema = z.object({
  /** The event's number in its job, from 1 without gaps: also the `id` of its server-sent event. */
  id: z.int(),
  object: z.literal('fine_tuning.job.event'),
  created_at: time,
  level: z.enum(['info', 'warn', 'error']),
  type: z.enum(['message', 'metrics']),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type JobEvent = z.infer<typeof jobEventSchema>

/** Weights that are kept of a job, and what was measured of them: a published version, or what an epoch has saved. */
export const checkpointSchema = z.object({
  id: z.string(),
  object: z.literal('fine_tuning.job.checkpoint'),
  fine_tuning_job_id: z.string(),
  created_at: time,
  /** Steps that had been taken. */
  step_number: z.int(),
  /** The version; null of what is kept only until the job ends, so that a trainer can go on from it. */
  fine_tuned_model_checkpoint: z.string().nullable(),
  metrics: jobMetricsSchema,
})
export type JobCheckpoint = z.infer<typeof checkpointSchema>
