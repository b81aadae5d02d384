// Speaks to a Graft platform from Node, Bun or a browser.
import createFetchClient, { type Client as FetchClient } from 'openapi-fetch'
import type { paths } from './api-types.ts'
import { type EventOptions, type JobChange, readEvents } from './job-events.ts'
import { errorOf, RequestError } from './request-error.ts'
import { type RetryOptions, sleep, withRetries } from './retry.ts'
import { type PieceOptions, sendInPieces } from './send-in-pieces.ts'
import type { DatasetVersion, Job, NewJob, Prediction } from './shapes.ts'

export interface ClientOptions extends Partial<RetryOptions> {
  /** As http://127.0.0.1:8080 */
  url: string
  apiKey: string
  /** With the platform's own key: the project to act in. Every other key has its own. */
  project?: string
}

/** What a fetch takes as a body. A Blob is read from its file, and again for a second try; a stream is sent once. */
export type Bytes = Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

export interface Graft {
  /**
   * Every route, typed, with retries: `await graft.http.GET('/v1/models')` answers `{ data, error, response }`. Each JSON
   * write carries an Idempotency-Key, so that a second try does nothing twice.
   */
  http: FetchClient<paths>
  /** Uploads an archive (zip, tar, tar.gz, tar.zst) of `[split/]label/image`. The version is ingested afterwards: `ready` waits. */
  upload(
    dataset: string,
    archive: Bytes,
    options?: { type?: string; signal?: AbortSignal },
  ): Promise<DatasetVersion>
  /** The same in pieces: with its progress, and after a cut it goes on where it was. */
  uploadInPieces(
    dataset: string,
    archive: Blob,
    options?: PieceOptions & { filename?: string },
  ): Promise<Pick<DatasetVersion, 'dataset' | 'version'>>
  /** The version once every file is judged. @throws RequestError with the reason for which it was rejected */
  ready(version: Pick<DatasetVersion, 'dataset' | 'version'>, signal?: AbortSignal): Promise<DatasetVersion>
  /** Begins to fine-tune. */
  train(job: NewJob): Promise<JobHandle>
  job(id: string): JobHandle
  /** Classifies an image. */
  predict(
    endpoint: string,
    image: Bytes,
    options?: { topK?: number; explain?: 'cam'; signal?: AbortSignal },
  ): Promise<Prediction>
}

export interface JobHandle {
  id: string
  read(): Promise<Job>
  cancel(): Promise<Job>
  pause(): Promise<Job>
  /** Paused, it goes on after its last epoch. */
  resume(): Promise<Job>
  /** Ends the training after its step; the job publishes the best so far, and succeeds. */
  stop(): Promise<Job>
  /** @example for await (const change of job.events()) if (change.type === 'event') console.log(change.event.message) */
  events(options?: EventOptions): AsyncGenerator<JobChange, void>
  /** The job as it succeeded. @throws RequestError with the reason where it did not */
  result(options?: EventOptions): Promise<Job>
}

/** Milliseconds between two looks at a version that is being ingested. */
const POLL = 500

/** All methods throw RequestError for what the platform refuses. */
export function createClient(options: ClientOptions): Graft {
  const { apiKey, project, retries = 4, delay = 250 } = options
  const url = options.url.replace(/\/+$/, '')
  const retry = { retries, delay, fetch: options.fetch ?? ((request: Request) => fetch(request)) }
  const identity = {
    authorization: `Bearer ${apiKey}`,
    ...(project !== undefined && { 'graft-project': project }),
  }

  async function sendJson(request: Request): Promise<Response> {
    const isJson = request.body === null || /\bjson\b/.test(request.headers.get('content-type') ?? '')
    if (!isJson) return await retry.fetch(request)
    if (!['GET', 'HEAD'].includes(request.method)) request.headers.set('idempotency-key', crypto.randomUUID())
    return await withRetries(() => request.clone(), retry)
  }
  const http = createFetchClient<paths>({ baseUrl: url, headers: identity, fetch: sendJson })

  /** The answer's JSON, to bytes. */
  async function send<T>(
    method: string,
    path: string,
    type: string,
    body: Bytes,
    signal?: AbortSignal,
  ): Promise<T> {
    const isStream = body instanceof ReadableStream
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      body,
      headers: { ...identity, 'content-type': type },
      ...(signal && { signal }),
      ...(isStream && { duplex: 'half' }),
    }
    const make = () => new Request(url + path, init)
    const response = await withRetries(make, { ...retry, ...(isStream && { retries: 0 }) })
    if (!response.ok) throw await errorOf(response)
    return (await response.json()) as T
  }

  function job(id: string): JobHandle {
    const path = { params: { path: { id } } }
    const open = (lastEventId: string, signal?: AbortSignal) => {
      const headers = { ...identity, accept: 'text/event-stream', 'last-event-id': lastEventId }
      const address = `${url}/v1/fine_tuning/jobs/${encodeURIComponent(id)}/events`
      return withRetries(() => new Request(address, { headers, ...(signal && { signal }) }), retry)
    }
    const events = (options?: EventOptions) => readEvents(open, options)
    return {
      id,
      events,
      read: async () => dataOf(await http.GET('/v1/fine_tuning/jobs/{id}', path)),
      cancel: async () => dataOf(await http.POST('/v1/fine_tuning/jobs/{id}/cancel', path)),
      pause: async () => dataOf(await http.POST('/v1/fine_tuning/jobs/{id}/pause', path)),
      resume: async () => dataOf(await http.POST('/v1/fine_tuning/jobs/{id}/resume', path)),
      stop: async () => dataOf(await http.POST('/v1/fine_tuning/jobs/{id}/stop', path)),
      async result(options) {
        for await (const change of events(options)) if (change.type === 'end') return succeeded(change.job)
        throw new Error('the events of a job end with the job')
      },
    }
  }

  return {
    http,
    job,
    upload: (dataset, archive, { type = typeOf(archive), signal } = {}) =>
      send('PUT', `/v1/datasets/${encodeURIComponent(dataset)}/archive`, type, archive, signal),
    uploadInPieces: (dataset, archive, { filename = 'archive', ...options } = {}) =>
      sendInPieces({ url, identity, retry }, { dataset, filename }, archive, options),
    async ready({ dataset: name, version }, signal) {
      for (;;) {
        const params = { path: { name, version } }
        const found = dataOf(await http.GET('/v1/datasets/{name}/versions/{version}', { params }))
        if (found.status === 'ready') return found
        if (found.status === 'rejected') {
          const { code, message } = found.error ?? { code: 'dataset_rejected', message: 'It was rejected.' }
          throw new RequestError(422, code, message)
        }
        await sleep(POLL, signal)
      }
    },
    async train(request) {
      const made = dataOf(await http.POST('/v1/fine_tuning/jobs', { body: request }))
      // A dry run, which this does not ask for, answers a plan without an id.
      if (!('id' in made)) throw new Error('the platform has answered a plan instead of a job')
      return job(made.id)
    },
    predict: (endpoint, image, { topK, explain, signal } = {}) => {
      const query = new URLSearchParams({
        ...(topK !== undefined && { top_k: String(topK) }),
        ...(explain && { explain }),
      })
      const path = `/v1/endpoints/${encodeURIComponent(endpoint)}/predict?${query}`
      return send(
        'POST',
        path,
        image instanceof Blob && image.type ? image.type : 'image/jpeg',
        image,
        signal,
      )
    },
  }
}

/** What an answer of `http` holds: undefined of one without a body. @throws RequestError with the problem where it is one */
export function dataOf<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (data !== undefined || response.ok) return data as T
  const {
    code = `http_${response.status}`,
    detail = code,
    errors = [],
  } = (error ?? {}) as Partial<RequestError> & {
    detail?: string
  }
  throw new RequestError(response.status, code, detail, errors)
}

function succeeded(job: Job): Job {
  if (job.status === 'succeeded') return job
  const { code, message } = job.error ?? { code: job.status, message: `The job ${job.id} is ${job.status}.` }
  throw new RequestError(422, code, message)
}

/** A zip unless it says otherwise: the platform looks at the bytes. */
function typeOf(archive: Bytes): string {
  return archive instanceof Blob && archive.type ? archive.type : 'application/zip'
}
