// The tables. Truth is a row here: an object in the store that no row names does not exist.
import type { Project } from '@graft/core/names'
import type { Preprocessing } from '@graft/core/preprocessing'
import type { Hyperparameters, RecipeName, ResolvedRecipe } from '@graft/core/recipes'
import type {
  BatchState,
  CanaryState,
  DatasetVersionState,
  JobRequest,
  JobState,
  SweepState,
} from '@graft/core/states'
import type { SplitCounts } from '@graft/core/wire/datasets'
import type { CanaryStep, Capture, TrafficShare } from '@graft/core/wire/endpoints'
import type { EvaluationMetrics } from '@graft/core/wire/evaluations'
import type { JobMetrics, JobProgress } from '@graft/core/wire/jobs'
import type { Scope } from '@graft/core/wire/keys'
import type { ModelFile } from '@graft/core/wire/models'
import type { Prediction } from '@graft/core/wire/predictions'
import type { SweepValues } from '@graft/core/wire/sweeps'
import type { WebhookEvent } from '@graft/core/wire/webhooks'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })
const createdAt = () => at('created_at').notNull().defaultNow()
/** Without a default here, so that an insert that forgets it does not compile; the database has one, for the code before. */
const project = () =>
  text('project')
    .$type<Project>()
    .notNull()
    .references(() => projects.name)

/** What separates teams: everything that somebody owns hangs on one, and none is deleted while anything does. */
export const projects = pgTable('projects', {
  name: text('name').$type<Project>().primaryKey(),
  /** Bytes of images that it may hold; null: as many as the platform. */
  storedBytes: bigint('stored_bytes', { mode: 'number' }),
  createdAt: createdAt(),
})

export const apiKeys = pgTable('api_keys', {
  id: text('id').primaryKey(),
  project: project(),
  name: text('name').notNull(),
  /** sha256 of the key, hex: the key itself is shown once and kept nowhere. */
  hash: text('hash').notNull().unique(),
  scopes: jsonb('scopes').$type<Scope[]>().notNull(),
  createdAt: createdAt(),
  expiresAt: at('expires_at'),
  /** To the minute: a write for each request would cost more than it tells. */
  lastUsedAt: at('last_used_at'),
  /** The key before the rotation, which opens until that time as well. */
  previousHash: text('previous_hash').unique(),
  previousUntil: at('previous_until'),
  /** Null: the platform's limit. */
  requestsPerSecond: integer('requests_per_second'),
})

/** The answer to a write that carried an Idempotency-Key, so that the same request hears it again. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** The API key that asked, with the project where that is not its own: callers cannot see, or block, each other's. */
    caller: text('caller').notNull(),
    key: text('key').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    /** sha256 of the body, or what is known of a streamed one. */
    body: text('body').notNull(),
    /** While a streamed request runs: who runs it, and until when that is believed. */
    claim: text('claim'),
    claimedUntil: at('claimed_until'),
    /** Null until the request has succeeded. */
    status: integer('status'),
    headers: jsonb('headers').$type<Record<string, string>>().notNull().default({}),
    /** Encrypted with the caller's API key: it may show a secret that is kept nowhere else. */
    sealed: text('sealed'),
    createdAt: at('created_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [primaryKey({ columns: [t.caller, t.key] }), index('idempotency_keys_age').on(t.createdAt)],
)

/** Every write that somebody with a key has asked for. Rows are only added. */
export const auditLog = pgTable(
  'audit_log',
  {
    number: bigint('number', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: at('at').notNull().default(sql`clock_timestamp()`),
    /** No references: what a revoked key has done stays, and a project can be deleted. */
    project: text('project').$type<Project>().notNull(),
    keyId: text('key_id').notNull(),
    keyName: text('key_name').notNull(),
    method: text('method').notNull(),
    /** As in the OpenAPI document. */
    route: text('route').notNull(),
    path: text('path').notNull(),
    /** Id of what the answer speaks of, where it has one. */
    resource: text('resource'),
    status: integer('status').notNull(),
    requestId: text('request_id').notNull(),
  },
  (t) => [index('audit_log_key').on(t.keyId, t.number), index('audit_log_project').on(t.project, t.number)],
)

/** What each key has asked for on each day (UTC). */
export const usageDays = pgTable(
  'usage_days',
  {
    day: date('day').notNull(),
    /** The key's own. No reference, as in the audit log. */
    project: text('project').$type<Project>().notNull(),
    keyId: text('key_id').notNull(),
    requests: bigint('requests', { mode: 'number' }).notNull().default(0),
    /** Answered with a status from 400 on. */
    failed: bigint('failed', { mode: 'number' }).notNull().default(0),
    predictions: bigint('predictions', { mode: 'number' }).notNull().default(0),
    milliseconds: bigint('milliseconds', { mode: 'number' }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.day, t.keyId] })],
)

export const datasets = pgTable(
  'datasets',
  {
    id: text('id').primaryKey(),
    project: project(),
    name: text('name').notNull(),
    /** The highest number of a version that was deleted: no version gets it again. */
    lastDeleted: integer('last_deleted').notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [unique('datasets_name').on(t.project, t.name)],
)

export const datasetVersions = pgTable(
  'dataset_versions',
  {
    datasetId: text('dataset_id')
      .notNull()
      .references(() => datasets.id),
    number: integer('number').notNull(),
    state: text('state').$type<DatasetVersionState>().notNull().default('ingesting'),
    /** Store key of what was uploaded, and its sha256. Dropped from the store after the ingest. */
    archiveKey: text('archive_key').notNull(),
    archiveSha256: text('archive_sha256').notNull(),
    /** `manifest`: a folder pushed by its hashes; `s3`: the list of what lay below a prefix. */
    archiveType: text('archive_type')
      .$type<'zip' | 'tar' | 'tar.gz' | 'tar.zst' | 'manifest' | 's3'>()
      .notNull(),
    tags: jsonb('tags').$type<string[]>().notNull().default([]),
    labels: jsonb('labels').$type<string[]>().notNull().default([]),
    splits: jsonb('splits').$type<SplitCounts>().notNull().default({ train: {}, validation: {}, test: {} }),
    /** Splits that Graft cut itself because the upload had none. */
    cutSplits: jsonb('cut_splits').$type<('validation' | 'test')[]>().notNull().default([]),
    accepted: integer('accepted').notNull().default(0),
    rejected: integer('rejected').notNull().default(0),
    duplicate: integer('duplicate').notNull().default(0),
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    manifestSha256: text('manifest_sha256'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: createdAt(),
    finishedAt: at('finished_at'),
  },
  (t) => [primaryKey({ columns: [t.datasetId, t.number] })],
)

export const datasetFiles = pgTable(
  'dataset_files',
  {
    datasetId: text('dataset_id').notNull(),
    number: integer('number').notNull(),
    /** Order in the archive, from 1. */
    position: integer('position').notNull(),
    path: text('path').notNull(),
    label: text('label'),
    split: text('split').$type<'train' | 'validation' | 'test'>(),
    status: text('status').$type<'accepted' | 'rejected' | 'duplicate'>().notNull(),
    sha256: text('sha256'),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    width: integer('width'),
    height: integer('height'),
    /** Position of the first image that this one looks like; the same for all of them, itself included. */
    lookalike: integer('lookalike'),
    reasonCode: text('reason_code'),
    reasonMessage: text('reason_message'),
  },
  (t) => [
    primaryKey({ columns: [t.datasetId, t.number, t.position] }),
    foreignKey({
      columns: [t.datasetId, t.number],
      foreignColumns: [datasetVersions.datasetId, datasetVersions.number],
    }),
    index('dataset_files_status').on(t.datasetId, t.number, t.status),
    index('dataset_files_sha256').on(t.sha256),
  ],
)

/** The original bytes of files, by hash. `apps/api/src/datasets/blobs.ts` has the rules by which they stay and go. */
export const blobs = pgTable(
  'blobs',
  {
    sha256: text('sha256').primaryKey(),
    /** True once the bytes are in the store, and until they are about to be deleted. */
    isStored: boolean('is_stored').notNull().default(false),
    /** When somebody last relied on it, to the hour. */
    claimedAt: at('claimed_at').notNull().default(sql`clock_timestamp()`),
    bytes: bigint('bytes', { mode: 'number' }),
    /** Of an image whose pixels are known to decode, after the EXIF orientation. */
    width: integer('width'),
    height: integer('height'),
    /** Of such an image, 16 hex digits: images that look alike have hashes that differ in few bits. */
    perceptualHash: text('perceptual_hash'),
  },
  (t) => [index('blobs_claimed_at').on(t.claimedAt)],
)

/** Which blobs a project has sent, itself: to know the hash of another's opens nothing. */
export const projectBlobs = pgTable(
  'project_blobs',
  {
    project: text('project')
      .$type<Project>()
      .notNull()
      .references(() => projects.name, { onDelete: 'cascade' }),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256, { onDelete: 'cascade' }),
    /** As `blobs.claimedAt`, for this project. */
    claimedAt: at('claimed_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    primaryKey({ columns: [t.project, t.sha256] }),
    index('project_blobs_sha256').on(t.sha256),
    index('project_blobs_claimed_at').on(t.claimedAt),
  ],
)

/**
 * What each statement on `blobs` has added to the bytes that are stored, or taken from them; their sum is all of them.
 * Triggers on `blobs` insert these rows (see the migration), whoever writes there; they are added up into one by
 * `stored-bytes.ts`. One row that is changed each time would make every upload wait for
 * the one before it to commit, and a sum over the blobs takes 0.2 s for a million of them.
 */
export const storedBytes = pgTable('stored_bytes', { bytes: bigint('bytes', { mode: 'number' }).notNull() })

/** Archives that arrive in pieces, by the tus protocol. */
export const uploads = pgTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    project: project(),
    /** Name of the data set. */
    dataset: text('dataset').notNull(),
    filename: text('filename').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    /** As the sender wrote it: it is answered as it came. */
    metadata: text('metadata').notNull(),
    state: text('state').$type<'open' | 'sealed'>().notNull().default('open'),
    /** The version that it became, once it is sealed. */
    version: integer('version'),
    expiresAt: at('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('uploads_expires_at').on(t.expiresAt)],
)

/** Jobs on one data set version that differ in their hyper-parameters. */
export const sweeps = pgTable(
  'sweeps',
  {
    id: text('id').primaryKey(),
    project: project(),
    state: text('state').$type<SweepState>().notNull().default('running'),
    modelName: text('model_name').notNull(),
    /** Each hyper-parameter that varies, with its values. */
    values: jsonb('values').$type<SweepValues>().notNull(),
    /** What is made of the best version once all jobs have ended. */
    alias: text('alias'),
    deploy: text('deploy'),
    best: text('best'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: createdAt(),
    finishedAt: at('finished_at'),
  },
  (t) => [index('sweeps_open').on(t.createdAt).where(sql`state = 'running'`)],
)

export const jobs = pgTable(
  'jobs',
  {
    id: text('id').primaryKey(),
    project: project(),
    state: text('state').$type<JobState>().notNull(),
    /** The fence: each trainer that takes the job raises it, and every later write must name it. */
    attempt: integer('attempt').notNull().default(0),
    leaseExpiresAt: at('lease_expires_at'),
    /** What its trainer, who looks at each heartbeat, is asked for. */
    requested: text('requested').$type<JobRequest>(),
    /** Jobs that wait are taken by it, the highest first, and then by the time since which they wait. */
    priority: integer('priority').notNull().default(0),
    queuedAt: at('queued_at').notNull().default(sql`clock_timestamp()`),
    baseModel: text('base_model').notNull(),
    /** `name@number`: the version whose weights it starts from. No reference: the name stays when the version is deleted. */
    parent: text('parent'),
    /** The API key that asked for it, and the sweep that it is a part of. */
    keyId: text('key_id'),
    sweepId: text('sweep_id').references(() => sweeps.id),
    datasetId: text('dataset_id').notNull(),
    datasetVersion: integer('dataset_version').notNull(),
    recipe: text('recipe').$type<RecipeName>().notNull(),
    hyperparameters: jsonb('hyperparameters').$type<Hyperparameters>().notNull(),
    resolved: jsonb('resolved').$type<ResolvedRecipe>().notNull(),
    seed: integer('seed').notNull(),
    /** Name of the model that the job makes a version of, and of the endpoint that it deploys to, if any. */
    modelName: text('model_name').notNull(),
    deploy: text('deploy'),
    engine: text('engine'),
    progress: jsonb('progress').$type<JobProgress>(),
    metrics: jsonb('metrics').$type<JobMetrics>().notNull().default({}),
    fineTunedModel: text('fine_tuned_model'),
    /** What the training processes of all attempts have used: time, processor time, and time with a GPU. */
    trainingSeconds: doublePrecision('training_seconds').notNull().default(0),
    cpuSeconds: doublePrecision('cpu_seconds').notNull().default(0),
    gpuSeconds: doublePrecision('gpu_seconds').notNull().default(0),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    /** Number of the newest event: events count 1, 2, 3 without gaps within their job. */
    lastEvent: integer('last_event').notNull().default(0),
    createdAt: createdAt(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    foreignKey({
      columns: [t.datasetId, t.datasetVersion],
      foreignColumns: [datasetVersions.datasetId, datasetVersions.number],
    }),
    index('jobs_state').on(t.state),
    index('jobs_succeeded').on(t.finishedAt).where(sql`state = 'succeeded'`),
    index('jobs_queue').on(t.priority.desc(), t.queuedAt, t.id).where(sql`state = 'queued'`),
    index('jobs_dataset').on(t.datasetId, t.datasetVersion),
    index('jobs_project').on(t.project, t.id),
    index('jobs_parent').on(t.project, t.parent).where(sql`parent is not null`),
    index('jobs_sweep').on(t.sweepId).where(sql`sweep_id is not null`),
    index('jobs_open').on(t.keyId).where(sql`state not in ('succeeded', 'failed', 'cancelled')`),
  ],
)

export const jobEvents = pgTable(
  'job_events',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => jobs.id),
    number: integer('number').notNull(),
    createdAt: createdAt(),
    level: text('level').$type<'info' | 'warn' | 'error'>().notNull(),
    type: text('type').$type<'message' | 'metrics'>().notNull(),
    message: text('message').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.number] })],
)

export const models = pgTable(
  'models',
  {
    id: text('id').primaryKey(),
    project: project(),
    name: text('name').notNull(),
    /** The highest number of a version that was deleted: no version gets it again. */
    lastDeleted: integer('last_deleted').notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [unique('models_name').on(t.project, t.name)],
)

export const modelVersions = pgTable(
  'model_versions',
  {
    modelId: text('model_id')
      .notNull()
      .references(() => models.id),
    number: integer('number').notNull(),
    /** Null: it was not trained here, but imported. */
    jobId: text('job_id').references(() => jobs.id),
    /** `probe`: the linear probe on the frozen trunk; `fine_tuned`: the job's best checkpoint. */
    stage: text('stage').$type<'probe' | 'fine_tuned' | 'imported'>().notNull(),
    architecture: text('architecture').notNull(),
    labels: jsonb('labels').$type<string[]>().notNull(),
    preprocessing: jsonb('preprocessing').$type<Preprocessing>().notNull(),
    metrics: jsonb('metrics').$type<JobMetrics>().notNull(),
    /** File name -> store key, sha256 and size. */
    files: jsonb('files').$type<Record<string, ModelFile>>().notNull(),
    tags: jsonb('tags').$type<string[]>().notNull().default([]),
    /** Since then no bare name means it, and no endpoint takes it. */
    archivedAt: at('archived_at'),
    /** Why it could not be served when it was last loaded; null where it could, or nobody has tried. */
    fault: jsonb('fault').$type<{ message: string; at: string }>(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.modelId, t.number] }),
    unique('model_versions_once_per_stage').on(t.jobId, t.stage),
  ],
)

export const modelAliases = pgTable(
  'model_aliases',
  {
    modelId: text('model_id').notNull(),
    alias: text('alias').notNull(),
    number: integer('number').notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.modelId, t.alias] }),
    foreignKey({
      columns: [t.modelId, t.number],
      foreignColumns: [modelVersions.modelId, modelVersions.number],
    }),
  ],
)

export const endpoints = pgTable(
  'endpoints',
  {
    id: text('id').primaryKey(),
    project: project(),
    name: text('name').notNull(),
    createdAt: createdAt(),
  },
  (t) => [unique('endpoints_name').on(t.project, t.name)],
)

/** The history of an endpoint: the newest revision serves; none is ever changed. */
export const endpointRevisions = pgTable(
  'endpoint_revisions',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id),
    revision: integer('revision').notNull(),
    traffic: jsonb('traffic').$type<TrafficShare[]>().notNull(),
    /** Least confidence of an accepted answer. */
    threshold: doublePrecision('threshold').notNull().default(0),
    /** Instead of it: the share of accepted answers that shall be right, by the report of the model that answers. */
    precision: doublePrecision('precision'),
    /** Instead of it, by label. */
    thresholds: jsonb('thresholds').$type<Record<string, number>>().notNull().default({}),
    /** The model version that is asked as well and never answers. */
    shadow: text('shadow'),
    /** Null: the platform's limit. */
    idleTimeoutSeconds: integer('idle_timeout_seconds'),
    /** The share of its images that is kept, and for how long; null: none. */
    capture: jsonb('capture').$type<Capture>(),
    /** The step of the canary that made this split; null where none runs. */
    canary: jsonb('canary').$type<CanaryStep>(),
    /** Who made it: an API key's id, a job's or a canary's. */
    actor: text('actor').notNull(),
    createdAt: at('created_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [primaryKey({ columns: [t.endpointId, t.revision] })],
)

/** How often an endpoint's shadow said the same as the model that answered. */
export const shadowCounts = pgTable(
  'shadow_counts',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id),
    model: text('model').notNull(),
    shadow: text('shadow').notNull(),
    compared: bigint('compared', { mode: 'number' }).notNull().default(0),
    /** Of these, with the same first label. */
    agreed: bigint('agreed', { mode: 'number' }).notNull().default(0),
    failed: bigint('failed', { mode: 'number' }).notNull().default(0),
    /** Not asked, since callers would have waited longer for it. */
    skipped: bigint('skipped', { mode: 'number' }).notNull().default(0),
    /** Sum over those compared: by how much the confidences of the answered label differ. */
    difference: doublePrecision('difference').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.endpointId, t.model, t.shadow] })],
)

/**
 * A new model version that is given more of an endpoint's traffic step by step. `apps/api/src/endpoints/canary-loop.ts`
 * moves them.
 */
export const canaries = pgTable(
  'canaries',
  {
    id: text('id').primaryKey(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id),
    state: text('state').$type<CanaryState>().notNull().default('running'),
    model: text('model').notNull(),
    /** The revision that it returns to. */
    stableRevision: integer('stable_revision').notNull(),
    /** The last one that it made itself: a newer one is somebody else's, and ends it. */
    revision: integer('revision').notNull(),
    /** Percent of the traffic, one after the other. */
    steps: jsonb('steps').$type<number[]>().notNull(),
    /** Place of the present one. */
    step: integer('step').notNull().default(0),
    stepSince: at('step_since').notNull().default(sql`clock_timestamp()`),
    minutesPerStep: doublePrecision('minutes_per_step').notNull(),
    maxErrorRate: doublePrecision('max_error_rate').notNull(),
    maxDisagreement: doublePrecision('max_disagreement').notNull(),
    minRequests: integer('min_requests').notNull(),
    /** The API key that asked for it: the audit log has its steps as its writes. */
    keyId: text('key_id').notNull(),
    keyName: text('key_name').notNull(),
    /** Why it has ended; null while it runs. */
    reason: text('reason'),
    createdAt: at('created_at').notNull().default(sql`clock_timestamp()`),
    finishedAt: at('finished_at'),
  },
  (t) => [
    uniqueIndex('canaries_running').on(t.endpointId).where(sql`state = 'running'`),
    index('canaries_endpoint').on(t.endpointId, t.id),
  ],
)

/** What came of the images whose turn it was to be answered by a canary, by its steps. */
export const canaryCounts = pgTable(
  'canary_counts',
  {
    canaryId: text('canary_id')
      .notNull()
      .references(() => canaries.id),
    step: integer('step').notNull(),
    answered: bigint('answered', { mode: 'number' }).notNull().default(0),
    failed: bigint('failed', { mode: 'number' }).notNull().default(0),
    /** Of those answered the stable split was asked about as well. */
    compared: bigint('compared', { mode: 'number' }).notNull().default(0),
    /** Of these, with another first label. */
    disagreed: bigint('disagreed', { mode: 'number' }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.canaryId, t.step] })],
)

/** Images that endpoints were asked about and keep, each with its answer, until they expire. */
export const captures = pgTable(
  'captures',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id),
    /** The prediction's. */
    id: text('id').notNull(),
    /** Of the image, which is a blob. */
    sha256: text('sha256').notNull(),
    type: text('type').$type<'jpeg' | 'png' | 'webp' | 'gif'>().notNull(),
    /** What has answered; null where the image came with the feedback. */
    model: text('model'),
    /** The first labels of the answer. */
    predictions: jsonb('predictions').$type<Prediction['predictions']>().notNull().default([]),
    /** Of the whole answer, 0 (sure) to 1. */
    uncertainty: doublePrecision('uncertainty').notNull().default(0),
    /** The right one, where somebody has told it. */
    label: text('label'),
    labelledAt: at('labelled_at'),
    createdAt: at('created_at').notNull().default(sql`clock_timestamp()`),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.endpointId, t.id] }),
    index('captures_uncertain').on(t.endpointId, t.uncertainty, t.id),
    index('captures_expires_at').on(t.expiresAt),
    index('captures_sha256').on(t.sha256),
  ],
)

/** How often each version answered what, and how surely, by the hour: nothing of any image. */
export const answerCounts = pgTable(
  'answer_counts',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id),
    hour: at('hour').notNull(),
    model: text('model').notNull(),
    label: text('label').notNull(),
    /** Tenth of the confidence: 0 holds those below 0.1, 9 those from 0.9 on. */
    bin: integer('bin').notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.endpointId, t.hour, t.model, t.label, t.bin] }),
    index('answer_counts_hour').on(t.hour),
  ],
)

/** An endpoint asked about all images of a data set version or of an archive. `apps/api/src/bulk` runs them. */
export const batches = pgTable(
  'batches',
  {
    id: text('id').primaryKey(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id),
    /** The endpoint answers as this revision says, whatever is changed meanwhile. */
    revision: integer('revision').notNull(),
    /** Who ordered it: its answers count in the usage of this key. Null: from before that was kept. */
    keyId: text('key_id'),
    /** `name@number`. No reference: results stay when the version is deleted. Null: the images are those of an archive. */
    dataset: text('dataset'),
    manifestKey: text('manifest_key'),
    /** The archive lies with the batch's other objects. */
    archiveType: text('archive_type').$type<'zip' | 'tar' | 'tar.gz' | 'tar.zst'>(),
    /** Of the archive, as long as it lies in the store. */
    archiveBytes: bigint('archive_bytes', { mode: 'number' }).notNull().default(0),
    /** Null: all of them. */
    split: text('split').$type<'train' | 'validation' | 'test'>(),
    state: text('state').$type<BatchState>().notNull().default('queued'),
    /** 0 until those of an archive are counted. */
    images: integer('images').notNull(),
    /** Images whose answers, or faults, are in the store: the first so many. */
    done: integer('done').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    /** Raised by each process that takes it up: what an earlier one still writes is refused. */
    attempt: integer('attempt').notNull().default(0),
    /** Times that it was taken up since its last progress. */
    stalls: integer('stalls').notNull().default(0),
    leaseUntil: at('lease_until'),
    /** File name -> store key, sha256 and size. */
    files: jsonb('files').$type<Record<string, ModelFile>>().notNull().default({}),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: createdAt(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    index('batches_open').on(t.createdAt).where(sql`state in ('queued', 'running')`),
    index('batches_of_key').on(t.keyId).where(sql`state not in ('succeeded', 'failed', 'cancelled')`),
    index('batches_archive').on(t.archiveBytes).where(sql`archive_bytes > 0`),
  ],
)

/** A model version measured on a data set version. A trainer runs them, beside its job. */
export const evaluations = pgTable(
  'evaluations',
  {
    id: text('id').primaryKey(),
    project: project(),
    /** Who ordered it. Null: from before that was kept. */
    keyId: text('key_id'),
    /** `name@number`, as `dataset`. No references: what was measured stays when either is deleted. */
    model: text('model').notNull(),
    dataset: text('dataset').notNull(),
    manifestKey: text('manifest_key').notNull(),
    split: text('split').$type<'train' | 'validation' | 'test'>().notNull(),
    state: text('state').$type<BatchState>().notNull().default('queued'),
    images: integer('images').notNull(),
    done: integer('done').notNull().default(0),
    /** Raised by each trainer that takes it up: what an earlier one still writes is refused. */
    attempt: integer('attempt').notNull().default(0),
    /** Times that it was taken up, but for those when its trainer stopped in good order. */
    stalls: integer('stalls').notNull().default(0),
    leaseUntil: at('lease_until'),
    metrics: jsonb('metrics').$type<EvaluationMetrics>(),
    report: jsonb('report').$type<ModelFile>(),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: createdAt(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    index('evaluations_open').on(t.createdAt).where(sql`state in ('queued', 'running')`),
    index('evaluations_of_key').on(t.keyId).where(sql`state not in ('succeeded', 'failed', 'cancelled')`),
    index('evaluations_model').on(t.project, t.model, t.id),
  ],
)

/** Who wants to hear of which events. */
export const webhooks = pgTable('webhooks', {
  id: text('id').primaryKey(),
  project: project(),
  url: text('url').notNull(),
  events: jsonb('events').$type<WebhookEvent[]>().notNull(),
  /** Signs what is sent, so it cannot be a hash. */
  secret: text('secret').notNull(),
  createdAt: createdAt(),
})

/**
 * One event for one webhook. Triggers on the tables of jobs, data set versions and endpoint revisions insert these (see
 * the migration), so an event is committed with the change that it tells of, whoever makes the change.
 */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    number: bigint('number', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    webhookId: text('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** The same each time that the event is sent: receivers know by it what they have seen. */
    messageId: text('message_id').notNull(),
    type: text('type').$type<WebhookEvent>().notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    state: text('state').$type<'pending' | 'delivered' | 'failed'>().notNull().default('pending'),
    attempts: integer('attempts').notNull().default(0),
    nextAt: at('next_at').notNull().default(sql`clock_timestamp()`),
    createdAt: at('created_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    index('webhook_deliveries_due').on(t.nextAt).where(sql`state = 'pending'`),
    index('webhook_deliveries_webhook').on(t.webhookId, t.number),
  ],
)

export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    delivery: bigint('delivery', { mode: 'number' })
      .notNull()
      .references(() => webhookDeliveries.number, { onDelete: 'cascade' }),
    attempt: integer('attempt').notNull(),
    at: at('at').notNull().default(sql`clock_timestamp()`),
    /** What the receiver answered; null where it did not. */
    status: integer('status'),
    error: text('error'),
    milliseconds: integer('milliseconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.delivery, t.attempt] })],
)
