// The shapes that travel over HTTP, in the order of the story. The API answers them, the CLI and the tests read them.
import { z } from 'zod'
import { ERRORS } from './errors.ts'
import { preprocessingSchema } from './preprocessing.ts'
import { HYPERPARAMETERS, hyperparametersSchema, RECIPES, resolvedRecipeSchema } from './recipes.ts'
import {
  BATCH_STATES,
  DATASET_VERSION_STATES,
  JOB_REQUESTS,
  JOB_STATES,
  SWEEP_STATES,
  UPLOAD_STATES,
} from './states.ts'

const keysOf = <T extends string>(record: Record<T, unknown>) => Object.keys(record) as [T, ...T[]]
const time = z.iso.datetime({ offset: true })

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(keysOf(ERRORS)),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
})
export type Problem = z.infer<typeof problemSchema>

/** A cursor page: ask for the next with `?after=last_id`. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({
    object: z.literal('list'),
    data: z.array(row),
    has_more: z.boolean(),
    last_id: z.string().nullable(),
  })
export interface Page<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  last_id: string | null
}

// keys
/** `metrics` is for the program that reads `/metrics`; `admin` holds all of them. */
export const SCOPES = ['data', 'train', 'deploy', 'predict', 'metrics', 'admin'] as const
export type Scope = (typeof SCOPES)[number]
const storedBytesLimit = z
  .int()
  .min(0)
  .nullable()
  .meta({ description: 'Bytes of images that it may hold; null: as many as the platform.' })
export const createProjectSchema = z.strictObject({
  name: z.string(),
  stored_bytes_limit: storedBytesLimit.default(null),
})
export const patchProjectSchema = z.strictObject({ stored_bytes_limit: storedBytesLimit })
/** What separates teams: names are unique within one, and no key sees into another. */
export const projectSchema = z.object({
  object: z.literal('project'),
  name: z.string(),
  /** Of the images that it has sent. */
  stored_bytes: z.int(),
  stored_bytes_limit: z.int().nullable(),
  created_at: time,
})
export type ProjectRecord = z.output<typeof projectSchema>

export const createKeySchema = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum(SCOPES)).min(1),
  expires_at: time.optional(),
  /** Instead of the platform's limit. */
  requests_per_second: z.int().min(1).max(1_000_000).optional(),
})
export const rotateKeySchema = z.strictObject({
  /** How long the key before opens too: time to bring the new one to all who use it. */
  overlap_seconds: z
    .int()
    .min(0)
    .max(30 * 24 * 3600)
    .default(24 * 3600),
})
export const keySchema = z.object({
  id: z.string(),
  object: z.literal('api_key'),
  /** All that the key makes lies in it, and all that it sees. */
  project: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created_at: time,
  expires_at: time.nullable(),
  /** To the minute. */
  last_used_at: time.nullable(),
  /** Until when the key before the last rotation opens as well. */
  previous_valid_until: time.nullable(),
  requests_per_second: z.int().nullable(),
})
/** What a key may know of itself. */
export const ownKeySchema = keySchema.pick({
  id: true,
  object: true,
  project: true,
  name: true,
  scopes: true,
})
/** The answer to its creation, once: the only time that the key itself is shown. */
export const createdKeySchema = keySchema.extend({ key: z.string() })

export const auditEntrySchema = z.object({
  id: z.string(),
  object: z.literal('audit.entry'),
  at: time,
  key: z.object({ id: z.string(), name: z.string() }),
  method: z.string(),
  /** As in the OpenAPI document. */
  route: z.string(),
  path: z.string(),
  resource: z.string().nullable(),
  status: z.int(),
  request_id: z.string(),
})

/** What a key has asked for on a day (UTC). */
export const usageDaySchema = z.object({
  object: z.literal('usage.day'),
  day: z.iso.date(),
  key: z.string(),
  requests: z.int(),
  /** Requests answered with a status from 400 on. */
  failed: z.int(),
  /** Requests for predictions that were answered, and images that were answered in bulk. */
  predictions: z.int(),
  /** Time that all of them took to answer. */
  milliseconds: z.int(),
})

// data sets
export const SPLITS = ['train', 'validation', 'test'] as const
export type Split = (typeof SPLITS)[number]
export const splitCountsSchema = z.object({
  train: z.record(z.string(), z.int()),
  validation: z.record(z.string(), z.int()),
  test: z.record(z.string(), z.int()),
})
/** Accepted images for each split and label. */
export type SplitCounts = z.infer<typeof splitCountsSchema>

export const datasetVersionSchema = z.object({
  object: z.literal('dataset.version'),
  dataset: z.string(),
  version: z.int(),
  status: z.enum(keysOf(DATASET_VERSION_STATES)),
  /** Of the archive as it was uploaded, or of a pushed folder's `listingOf`: the same again makes no new version. */
  archive_sha256: z.string(),
  labels: z.array(z.string()),
  splits: splitCountsSchema,
  /** Splits that were cut from the training split because the upload had none. */
  cut_splits: z.array(z.enum(['validation', 'test'])),
  files: z.object({ accepted: z.int(), rejected: z.int(), duplicate: z.int() }),
  bytes: z.int(),
  tags: z.array(z.string()),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  finished_at: time.nullable(),
})
export type DatasetVersion = z.infer<typeof datasetVersionSchema>

export const datasetSchema = z.object({
  id: z.string(),
  object: z.literal('dataset'),
  name: z.string(),
  /** The newest version, if there is one. */
  latest: datasetVersionSchema.nullable(),
  created_at: time,
})
export type Dataset = z.infer<typeof datasetSchema>

export const FILE_STATUSES = ['accepted', 'rejected', 'duplicate'] as const
export const datasetFileSchema = z.object({
  object: z.literal('dataset.file'),
  path: z.string(),
  label: z.string().nullable(),
  split: z.enum(SPLITS).nullable(),
  sha256: z.string().nullable(),
  status: z.enum(FILE_STATUSES),
  /** Number of a group of images that look alike, where there are others; they never stand in two splits. */
  lookalike: z.int().nullable(),
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type DatasetFile = z.infer<typeof datasetFileSchema>

// archives that arrive in pieces
export const uploadSchema = z.object({
  id: z.string(),
  object: z.literal('upload'),
  dataset: z.string(),
  filename: z.string(),
  bytes: z.int(),
  /** Bytes that have arrived. */
  offset: z.int(),
  status: z.enum(keysOf(UPLOAD_STATES)),
  /** The version of the data set that it has become. */
  version: z.int().nullable(),
  expires_at: time,
  created_at: time,
})
export type Upload = z.infer<typeof uploadSchema>

// folders pushed by their hashes
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 is 64 lower-case hex digits')
export const missingBlobsSchema = z.strictObject({ sha256: z.array(sha256Schema) })
/** Where the bytes of each missing blob are sent: PUT, with these headers, before the address expires. */
export const blobTargetsSchema = z.object({
  missing: z.array(
    z.object({ sha256: z.string(), url: z.string(), headers: z.record(z.string(), z.string()) }),
  ),
})
export type BlobTargets = z.infer<typeof blobTargetsSchema>
export const blobSchema = z.object({ object: z.literal('blob'), sha256: z.string(), bytes: z.int() })
export const pushedFileSchema = z.strictObject({
  path: z.string(),
  sha256: sha256Schema,
  bytes: z.int().min(0).optional(),
})
export type PushedFile = z.infer<typeof pushedFileSchema>
export const pushFolderSchema = z.strictObject({ files: z.array(pushedFileSchema).min(1) })

/**
 * What the sha256 of a pushed folder is taken of: the lines of `sha256sum`, in the order of their paths.
 * @example listingOf([{ path: 'cat/1.jpg', sha256: '9f86..' }]) // '9f86..  cat/1.jpg\n'
 */
export function listingOf(files: readonly PushedFile[]): string {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return sorted.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')
}

const imagePlaceSchema = z.object({ path: z.string(), label: z.string(), split: z.enum(SPLITS) })
/** What became of an image between two versions; `moved` to another split. Null where it is not in the version. */
export const versionChangeSchema = z.object({
  change: z.enum(['added', 'removed', 'relabelled', 'moved']),
  sha256: z.string(),
  before: imagePlaceSchema.nullable(),
  after: imagePlaceSchema.nullable(),
})
export type VersionChange = z.infer<typeof versionChangeSchema>

const distributionSchema = z.object({
  least: z.number(),
  median: z.number(),
  p95: z.number(),
  greatest: z.number(),
  mean: z.number(),
})
export type Distribution = z.infer<typeof distributionSchema>
/** Of the accepted images; the measures are null where there are none. */
export const versionStatisticsSchema = z.object({
  object: z.literal('dataset.statistics'),
  dataset: z.string(),
  version: z.int(),
  images: z.int(),
  classes: z.int(),
  labels: z.record(z.string(), z.int()),
  /** Images of the largest class for one of the smallest. */
  imbalance: z.number().nullable(),
  bytes: distributionSchema.nullable(),
  /** Pixels, after the EXIF orientation. */
  width: distributionSchema.nullable(),
  height: distributionSchema.nullable(),
  /** Width for one of height. */
  aspect_ratio: distributionSchema.nullable(),
  /** Files that were not accepted, by the code of the reason. */
  reasons: z.record(z.string(), z.int()),
})
export type VersionStatistics = z.infer<typeof versionStatisticsSchema>

export const versionEditSchema = z.strictObject({
  /** Of an accepted image. */
  sha256: sha256Schema,
  label: z.string().min(1).optional(),
  split: z.enum(SPLITS).optional(),
  /** Leave it out. */
  exclude: z.boolean().optional(),
})
export type VersionEdit = z.infer<typeof versionEditSchema>
export const editVersionSchema = z.strictObject({ edits: z.array(versionEditSchema).min(1) })

const tagSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a tag is 1 to 63 of a-z, 0-9, ".", "_" and "-"')
const tagsSchema = z.array(tagSchema).max(32)
export const patchDatasetVersionSchema = z.strictObject({
  /** Instead of those that are there. */
  tags: tagsSchema,
})

export const importSchema = z.strictObject({
  /** `s3://bucket/prefix`, below which `[split/]label/image` lie. */
  source: z.string().max(1200),
})

/** The manifest in the store: the accepted images of a version, in archive order. */
export const manifestSchema = z.object({
  dataset: z.string(),
  version: z.int(),
  labels: z.array(z.string()),
  cut_splits: z.array(z.enum(['validation', 'test'])),
  images: z.array(
    z.object({
      path: z.string(),
      label: z.string(),
      split: z.enum(SPLITS),
      sha256: z.string(),
      bytes: z.int(),
      width: z.int(),
      height: z.int(),
    }),
  ),
})
export type Manifest = z.infer<typeof manifestSchema>

// jobs
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

// sweeps
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

// models
export const modelFileSchema = z.object({ key: z.string(), sha256: z.string(), bytes: z.int() })
export type ModelFile = z.infer<typeof modelFileSchema>

/** What is left out stays as it is. */
export const patchModelVersionSchema = z.strictObject({
  /** Instead of those that are there. */
  tags: tagsSchema.optional(),
  archived: z.boolean().optional(),
})
export type PatchModelVersion = z.infer<typeof patchModelVersionSchema>

export const modelVersionSchema = z.object({
  object: z.literal('model.version'),
  model: z.string(),
  version: z.int(),
  aliases: z.array(z.string()),
  tags: z.array(z.string()),
  /** Since then no bare name means it, and no endpoint takes it. */
  archived_at: time.nullable(),
  stage: z.enum(['probe', 'fine_tuned', 'imported']),
  architecture: z.string(),
  labels: z.array(z.string()),
  preprocessing: preprocessingSchema,
  metrics: jobMetricsSchema,
  /** Null of one that was imported. `parent` is the base model, or the version whose weights its job started from. */
  lineage: z
    .object({
      job: z.string(),
      dataset: z.string(),
      recipe: z.enum(RECIPES),
      seed: z.int(),
      parent: z.string(),
    })
    .nullable(),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.int(), url: z.string() })),
  created_at: time,
})
export type ModelVersion = z.infer<typeof modelVersionSchema>

export const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  name: z.string(),
  latest: modelVersionSchema,
  created_at: time,
})
export type Model = z.infer<typeof modelSchema>

/** Image hashes with the logits that the trainer saw: every load of the model replays them. */
export const goldenSchema = z.object({
  examples: z.array(z.object({ sha256: z.string(), logits: z.array(z.number()) })),
})
export type Golden = z.infer<typeof goldenSchema>

// endpoints
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

// predictions
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

// bulk predictions
export const createBatchSchema = z.strictObject({
  /** `name@version`; without a version the newest. */
  dataset: z.string(),
  /** All of them without it. */
  split: z.enum(SPLITS).optional(),
})
export type CreateBatch = z.infer<typeof createBatchSchema>
export const batchSchema = z.object({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: z.string(),
  /** As which revision the endpoint answers. */
  revision: z.int(),
  /** Null where it is asked about an archive. */
  dataset: z.string().nullable(),
  split: z.enum(SPLITS).nullable(),
  status: z.enum(keysOf(BATCH_STATES)),
  /** `images` is 0 until those of an archive are counted. `failed` of those `done` could not be answered: their lines say why. */
  progress: z.object({ images: z.int(), done: z.int(), failed: z.int() }),
  /** Once it has succeeded, until they are deleted after some days. */
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.int(), url: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
})
export type Batch = z.infer<typeof batchSchema>
/** A line of the results, one for each image, in the order of the data set or archive; of a data set with its label. */
const batchImageSchema = z.object({
  path: z.string(),
  split: z.enum(SPLITS).nullable(),
  label: z.string().nullable(),
  /** Null where the archive's entry was not read. */
  sha256: z.string().nullable(),
})
export const batchLineSchema = z.union([
  batchImageSchema.extend({
    ...predictionSchema.pick({
      model: true,
      fallback: true,
      predictions: true,
      decision: true,
      threshold: true,
    }).shape,
  }),
  batchImageSchema.extend({ error: z.object({ code: z.string(), message: z.string() }) }),
])
export type BatchLine = z.infer<typeof batchLineSchema>

// evaluations
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

// webhooks
export const WEBHOOK_EVENTS = [
  'job.succeeded',
  'job.failed',
  'job.cancelled',
  'dataset.version.ready',
  'dataset.version.rejected',
  'endpoint.changed',
] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]
export const createWebhookSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1),
})
export const webhookSchema = z.object({
  id: z.string(),
  object: z.literal('webhook'),
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  created_at: time,
})
/** The answer to its creation, once: the secret that verifies signatures. */
export const createdWebhookSchema = webhookSchema.extend({ secret: z.string() })

export const webhookDeliverySchema = z.object({
  id: z.string(),
  object: z.literal('webhook.delivery'),
  /** The `webhook-id` that it is sent with. */
  message: z.string(),
  type: z.enum(WEBHOOK_EVENTS),
  data: z.record(z.string(), z.unknown()),
  status: z.enum(['pending', 'delivered', 'failed']),
  next_attempt_at: time.nullable(),
  attempts: z.array(
    z.object({
      at: time,
      /** What the receiver answered; null where it did not. */
      status: z.int().nullable(),
      error: z.string().nullable(),
      milliseconds: z.int(),
    }),
  ),
  created_at: time,
})
