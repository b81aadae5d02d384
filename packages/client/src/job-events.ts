// The events of a job as they come, over any number of broken connections.
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { errorOf, RequestError } from './request-error.ts'
import { sleep } from './retry.ts'
import type { Job, JobEvent, JobProgress } from './shapes.ts'

export type JobChange =
  /** A message or metrics, each once and in their order: `event.id` counts from 1. */
  | { type: 'event'; event: JobEvent }
  /** How far it is; what lies between two of them is not told. */
  | { type: 'progress'; progress: JobProgress }
  /** The last: the job as it ended. */
  | { type: 'end'; job: Job }

export interface EventOptions {
  /** Begin behind this event. */
  after?: number
  signal?: AbortSignal
}

/** How one who opens connections in a way of its own tells of them. */
export interface Connecting {
  /** Whether to try again after what `open` has thrown. */
  isPassing?: (error: unknown) => boolean
  /** Hears that a connection has broken, or was not made. */
  onBroken?: () => void
}

/** Milliseconds before a stream that broke is asked for again, and how often in a row without a message. */
const RETRY_DELAY = 500
const RETRIES = 120

/** @throws RequestError when the platform refuses, or sends nothing for a minute; and what `open` throws */
export async function* readEvents(
  open: (lastEventId: string, signal?: AbortSignal) => Promise<Response>,
  { after = 0, signal, isPassing = () => false, onBroken }: EventOptions & Connecting = {},
): AsyncGenerator<JobChange, void> {
  let last = String(after)
  let fault: unknown
  for (let failures = 0; failures <= RETRIES; failures += 1) {
    fault = undefined
    const response = await open(last, signal).catch((error: unknown) => {
      if (!isPassing(error)) throw error
      fault = error
    })
    if (response && !response.ok) throw await errorOf(response)
    for await (const { id, event, data } of response ? messagesOf(response, signal) : []) {
      failures = 0
      last = id ?? last
      const value = JSON.parse(data)
      if (event === 'end') return yield { type: 'end', job: value as Job }
      if (event === 'progress') yield { type: 'progress', progress: value as JobProgress }
      else yield { type: 'event', event: value as JobEvent }
    }
    onBroken?.()
    await sleep(RETRY_DELAY, signal)
  }
  throw fault ?? new RequestError(0, 'unreachable', 'The event stream breaks again and again.')
}

/** The messages of one connection; that it breaks is its end. */
async function* messagesOf({ body }: Response, signal: AbortSignal | undefined) {
  if (body === null) return
  const reader = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (error) {
    if (signal?.aborted) throw error
  } finally {
    await reader.cancel().catch(() => {})
  }
}
