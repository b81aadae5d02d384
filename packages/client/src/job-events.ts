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

/** Milliseconds before a stream that broke is asked for again, and how often in a row without a message. */
const RETRY_DELAY = 500
const RETRIES = 120

/** @throws RequestError when the platform refuses, or sends nothing for a minute */
export async function* readEvents(
  open: (lastEventId: string, signal?: AbortSignal) => Promise<Response>,
  { after = 0, signal }: EventOptions = {},
): AsyncGenerator<JobChange, void> {
  let last = String(after)
  for (let failures = 0; failures <= RETRIES; failures += 1) {
    const response = await open(last, signal)
    if (!response.ok) throw await errorOf(response)
    for await (const { id, event, data } of messagesOf(response, signal)) {
      failures = 0
      last = id ?? last
      const value = JSON.parse(data)
      if (event === 'end') return yield { type: 'end', job: value as Job }
      if (event === 'progress') yield { type: 'progress', progress: value as JobProgress }
      else yield { type: 'event', event: value as JobEvent }
    }
    await sleep(RETRY_DELAY, signal)
  }
  throw new RequestError(0, 'unreachable', 'The event stream breaks again and again.')
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
