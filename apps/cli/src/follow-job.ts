// Follows a job's event stream until it ends, over any number of broken connections.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, JobEvent, JobProgress } from '@graft/core/wire'
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream'
import { type Client, RequestError } from './client.ts'
import { createCurve } from './curve.ts'
import { describeProgress, type Output } from './terminal.ts'

/** Milliseconds before a stream that broke is asked for again, and how often in a row without a message. */
const RETRY_DELAY = 500
const RETRIES = 120

/** Shows the job's messages and, between them, its progress. Returns the job as it ended. */
export async function followJob(
  client: Client,
  id: string,
  output: Output,
  onEvent: (event: JobEvent) => Promise<void> | void = () => {},
): Promise<Job> {
  const curve = createCurve()
  for await (const { event: type, data } of jobMessages(client, id, output)) {
    if (type === 'end') {
      for (const line of curve.summary()) output.note(line)
      return JSON.parse(data) as Job
    }
    if (type === 'progress') {
      const progress = JSON.parse(data) as JobProgress
      curve.addProgress(progress)
      output.progress([curve.bars(), describeProgress(progress)].filter(Boolean).join('  '))
      continue
    }
    const event = JSON.parse(data) as JobEvent
    curve.addEvent(event)
    output.note(`${event.level === 'info' ? '' : `${event.level}: `}${event.message}`)
    await onEvent(event)
  }
  throw new Error('a job is followed until its end')
}

/**
 * The messages of the stream, each once: a new connection asks for what comes after the last event seen.
 * @throws RequestError when the platform refuses, or does not answer for a minute
 */
async function* jobMessages(
  client: Client,
  id: string,
  output: Output,
): AsyncGenerator<EventSourceMessage, never> {
  let last = '0'
  for (let failures = 0; ; await sleep(RETRY_DELAY)) {
    const headers = { accept: 'text/event-stream', 'last-event-id': last }
    let broken: unknown = new RequestError(
      undefined,
      'stream_empty',
      'The event stream ends without an event.',
    )
    try {
      const { body } = await client.request(`/v1/fine_tuning/jobs/${encodeURIComponent(id)}/events`, {
        headers,
      })
      for await (const message of body === null ? [] : messagesOf(body)) {
        failures = 0
        last = message.id ?? last
        yield message
      }
    } catch (error) {
      if (error instanceof RequestError ? !error.isTransient : !isCut(error)) throw error
      broken = error
    }
    failures += 1
    if (failures > RETRIES) throw broken
    output.progress('the connection is lost: trying again')
  }
}

function messagesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<EventSourceMessage> {
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
}

/** How fetch says that a connection broke while the body was read. */
function isCut(error: unknown): boolean {
  return error instanceof TypeError && error.message === 'terminated'
}
