// Every limit of the platform: its unit, its default, and the environment variable that changes it.
import { GraftError } from './errors.ts'

const MIB = 1024 ** 2

export const LIMITS = {
  // uploads
  archiveBytes: [20 * 1024 * MIB, 'GRAFT_MAX_ARCHIVE_BYTES', 'bytes of one uploaded archive'],
  uploadSeconds: [
    24 * 3600,
    'GRAFT_UPLOAD_SECONDS',
    'seconds that a resumable upload waits for its next byte',
  ],
  archiveEntries: [200_000, 'GRAFT_MAX_ARCHIVE_ENTRIES', 'entries of one archive'],
  archiveExpandedBytes: [
    100 * 1024 * MIB,
    'GRAFT_MAX_EXPANDED_BYTES',
    'bytes of all files of an archive together',
  ],
  archiveRatio: [
    100,
    'GRAFT_MAX_ARCHIVE_RATIO',
    'bytes of a file for one of its compressed bytes, past the first MiB',
  ],
  pathBytes: [1024, 'GRAFT_MAX_PATH_BYTES', 'UTF-8 bytes of a path in an archive'],
  labelLength: [100, 'GRAFT_MAX_LABEL_LENGTH', 'characters of a label'],
  manifestBytes: [64 * MIB, 'GRAFT_MAX_MANIFEST_BYTES', 'bytes of the list of files of a pushed folder'],
  blobsAtOnce: [10_000, 'GRAFT_MAX_BLOBS_AT_ONCE', 'hashes of one question for missing blobs'],
  blobSeconds: [
    24 * 3600,
    'GRAFT_BLOB_SECONDS',
    'seconds that uploaded bytes are kept before a version names them',
  ],
  storedBytes: [
    1024 ** 5,
    'GRAFT_MAX_STORED_BYTES',
    'bytes of all images, and archives that wait for their prediction, that the platform stores',
  ],
  jsonBytes: [1 * MIB, 'GRAFT_MAX_JSON_BYTES', 'bytes of a JSON body'],
  // API keys
  requestsPerSecond: [1000, 'GRAFT_MAX_REQUESTS_PER_SECOND', 'requests of one API key in a second'],
  idempotencySeconds: [
    24 * 3600,
    'GRAFT_IDEMPOTENCY_SECONDS',
    'seconds that an Idempotency-Key is remembered',
  ],
  // webhooks
  webhookSeconds: [15, 'GRAFT_WEBHOOK_SECONDS', 'seconds that a receiver may take to answer'],
  webhookDays: [30, 'GRAFT_WEBHOOK_DAYS', 'days that the history of deliveries is kept'],
  // images
  imageBytes: [32 * MIB, 'GRAFT_MAX_IMAGE_BYTES', 'bytes of one image file'],
  imagePixels: [100_000_000, 'GRAFT_MAX_IMAGE_PIXELS', 'pixels of one image'],
  // data sets
  classes: [10_000, 'GRAFT_MAX_CLASSES', 'classes of a data set'],
  // prediction
  predictBytes: [64 * MIB, 'GRAFT_MAX_PREDICT_BYTES', 'bytes of one prediction request'],
  predictImages: [64, 'GRAFT_MAX_PREDICT_IMAGES', 'images of one prediction request'],
  predictBodyBytes: [512 * MIB, 'GRAFT_MAX_PREDICT_BODY_BYTES', 'bytes of all prediction requests in work'],
  predictWaitSeconds: [
    1.5,
    'GRAFT_MAX_PREDICT_WAIT_SECONDS',
    'seconds that those before a prediction may take',
  ],
  predictBatch: [2, 'GRAFT_MAX_PREDICT_BATCH', 'images that the network is run on at once'],
  networkCopies: [
    2,
    'GRAFT_MAX_NETWORK_COPIES',
    'copies of a network that is asked for more than it answers, each with a share of the cores; 1: none',
  ],
  batchesPerKey: [1000, 'GRAFT_MAX_BATCHES_PER_KEY', 'bulk predictions of one API key that wait or run'],
  batchDays: [30, 'GRAFT_BATCH_DAYS', 'days that the results of a bulk prediction are kept'],
  modelsInMemory: [8, 'GRAFT_MAX_MODELS_IN_MEMORY', 'models kept loaded'],
  modelBytes: [2048 * MIB, 'GRAFT_MAX_MODEL_BYTES', 'bytes of the models kept loaded'],
  modelIdleSeconds: [900, 'GRAFT_MODEL_IDLE_SECONDS', 'seconds without a request until a model is unloaded'],
  captureQueueBytes: [
    64 * MIB,
    'GRAFT_MAX_CAPTURE_QUEUE_BYTES',
    'bytes of images that an endpoint was asked about and that wait to be kept',
  ],
  feedbackDays: [30, 'GRAFT_FEEDBACK_DAYS', 'days that an image is kept that came with feedback'],
  driftDays: [90, 'GRAFT_DRIFT_DAYS', 'days that counts of answers are kept'],
  modelFileBytes: [512 * MIB, 'GRAFT_MAX_MODEL_FILE_BYTES', 'bytes of one file of weights that is imported'],
  importBodySeconds: [
    3600,
    'GRAFT_MAX_IMPORT_BODY_SECONDS',
    'seconds that the form of an import may take to arrive',
  ],
  importSeconds: [
    120,
    'GRAFT_MAX_IMPORT_SECONDS',
    'seconds that an imported file of weights may take to read',
  ],
  // lists and streams
  pageSize: [100, 'GRAFT_MAX_PAGE_SIZE', 'rows of one list page'],
  ssePingSeconds: [15, 'GRAFT_SSE_PING_SECONDS', 'seconds between two pings of an idle event stream'],
  // jobs
  leaseSeconds: [30, 'GRAFT_LEASE_SECONDS', 'seconds until a silent trainer loses its job'],
  dryRunSeconds: [120, 'GRAFT_MAX_DRY_RUN_SECONDS', 'seconds that a dry run may take, its wait included'],
  jobsPerKey: [20_000, 'GRAFT_MAX_JOBS_PER_KEY', 'jobs of one API key that wait or run'],
  evaluationsPerKey: [1000, 'GRAFT_MAX_EVALUATIONS_PER_KEY', 'evaluations of one API key that wait or run'],
  sweepJobs: [24, 'GRAFT_MAX_SWEEP_JOBS', 'jobs of one sweep'],
  // One image of them is 0.3 points of accuracy, the most that may be lost: fewer cannot tell.
  int8Images: [
    334,
    'GRAFT_MIN_INT8_IMAGES',
    'validation images on which a network in eight bits must be as often right before it may answer',
  ],
  jobAttempts: [3, 'GRAFT_MAX_JOB_ATTEMPTS', 'times that a job is started when its trainer is lost'],
  cachedPixelBytes: [
    2048 * MIB,
    'GRAFT_MAX_CACHED_PIXEL_BYTES',
    'bytes of decoded images that a job keeps in memory',
  ],
  // the process
  shutdownSeconds: [25, 'GRAFT_SHUTDOWN_SECONDS', 'seconds for a clean exit after SIGTERM'],
} as const satisfies Record<string, readonly [value: number, variable: string, unit: string]>

export type LimitName = keyof typeof LIMITS

/**
 * The limit's value: its environment variable when set, else its default.
 * @throws GraftError `invalid_request` when the variable is no positive number
 */
export function limit(name: LimitName, env: NodeJS.ProcessEnv = process.env): number {
  const [value, variable, unit] = LIMITS[name]
  const text = env[variable]
  if (text === undefined || text === '') return value
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new GraftError('invalid_request', `${variable}=${text} is no positive number (it counts ${unit}).`)
}
