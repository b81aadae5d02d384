// The closed list of error codes, and the one error class that carries them to the user.

/** Every code that Graft answers with, its HTTP status and its title. Codes are stable: add, never rename. */
export const ERRORS = {
  // the request
  unauthorized: [401, 'No valid API key'],
  forbidden: [403, 'The API key lacks the scope'],
  not_found: [404, 'No such resource'],
  method_not_allowed: [405, 'Method not allowed'],
  invalid_request: [400, 'The request is not valid'],
  invalid_json: [400, 'The body is not JSON'],
  invalid_name: [400, 'The name is not valid'],
  already_exists: [409, 'The resource exists already'],
  state_conflict: [409, 'The state does not allow this'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  rate_limited: [429, 'Too many requests of this API key'],
  idempotency_key_reused: [422, 'The Idempotency-Key belongs to another request'],
  idempotency_in_progress: [409, 'The request with this Idempotency-Key still runs'],
  body_incomplete: [400, 'The body ended early'],
  body_too_slow: [408, 'The body took too long to arrive'],
  tus_version_unsupported: [412, 'Another version of the tus protocol'],
  offset_mismatch: [409, 'The upload is not at this offset'],
  // archives and their files
  archive_unreadable: [422, 'The archive cannot be read'],
  archive_encrypted: [422, 'The archive is encrypted'],
  archive_bomb: [422, 'The archive expands beyond the limits'],
  archive_too_many_entries: [422, 'The archive has too many entries'],
  archive_checksum_mismatch: [422, 'A checksum in the archive is wrong'],
  path_unsafe: [422, 'The path is not safe'],
  entry_not_a_file: [422, 'The entry is no regular file'],
  layout_unknown: [422, 'The path is not [split/]label/image'],
  label_invalid: [422, 'The label is not valid'],
  path_twin: [422, 'Another path differs only in case'],
  label_twin: [422, 'Another label differs only in case'],
  // data sets
  import_not_allowed: [403, 'The operator does not allow this source'],
  blobs_missing: [409, 'Files of the version are not uploaded'],
  dataset_not_ready: [409, 'The data set version is not ready'],
  dataset_rejected: [422, 'The data set version was rejected'],
  too_few_classes: [422, 'Fewer than two classes'],
  too_many_classes: [422, 'Too many classes'],
  too_few_images: [422, 'Too few images in a class'],
  duplicate_image: [422, 'The same image is there already'],
  lookalike_image: [422, 'An image of another split looks the same'],
  conflicting_labels: [422, 'The same image stands under two labels'],
  // images
  image_empty: [422, 'The file is empty'],
  image_type_unsupported: [415, 'The content is no supported image'],
  image_undecodable: [422, 'The image cannot be decoded'],
  image_too_large: [413, 'The image is too large'],
  // jobs and models
  too_many_jobs: [429, 'Too many jobs of this API key'],
  too_many_batches: [429, 'Too many bulk predictions of this API key'],
  too_many_evaluations: [429, 'Too many evaluations of this API key'],
  sweep_empty: [422, 'No job of the sweep has a result'],
  labels_unknown: [422, 'The model does not know a label'],
  engine_unavailable: [503, 'The training engine is not installed'],
  diverged: [422, 'The training diverged'],
  out_of_memory: [422, 'The training needs more memory than there is'],
  trainer_crashed: [500, 'The training process crashed'],
  trainer_silent: [503, 'No trainer answers'],
  trainer_lost: [500, 'The trainer was lost'],
  lease_lost: [409, 'Another trainer holds the job'],
  weights_invalid: [422, 'The weights cannot be read'],
  weights_too_slow: [422, 'The weights take too long to read'],
  model_corrupt: [500, 'The model does not reproduce its golden examples'],
  endpoint_empty: [409, 'The endpoint has no model'],
  webhook_target_refused: [422, 'The address is not one that webhooks are sent to'],
  // the platform
  database_unavailable: [503, 'The database does not answer'],
  store_full: [507, 'The object store is full'],
  store_unavailable: [503, 'The object store does not answer'],
  precondition_failed: [412, 'The object exists already'],
  checksum_mismatch: [422, 'The bytes do not match their checksum'],
  data_directory_in_use: [409, 'Another Graft uses the data directory'],
  request_abandoned: [499, 'The caller has closed the connection'],
  deadline_exceeded: [504, 'The deadline of the request has passed'],
  overloaded: [503, 'Too many requests at once'],
  shutting_down: [503, 'The service is shutting down'],
  internal: [500, 'Internal error'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ErrorCode = keyof typeof ERRORS

/** One fault in a request: where (a JSON path or a file path), which, and what to do. */
export interface ErrorItem {
  path: string
  code: string
  message: string
}

/**
 * An error that the user may see.
 *
 * @example throw new GraftError('not_found', 'There is no data set "hotdog".')
 */
export class GraftError extends Error {
  override readonly name = 'GraftError'
  readonly code: ErrorCode
  readonly errors: ErrorItem[]

  constructor(code: ErrorCode, message?: string, errors: ErrorItem[] = [], options?: ErrorOptions) {
    super(message ?? `${ERRORS[code][1]}.`, options)
    this.code = code
    this.errors = errors
  }

  get status(): number {
    return ERRORS[this.code][0]
  }

  get title(): string {
    return ERRORS[this.code][1]
  }
}

export function isGraftError(error: unknown, code?: ErrorCode): error is GraftError {
  return error instanceof GraftError && (code === undefined || error.code === code)
}
