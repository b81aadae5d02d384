// Follows a job's event stream until it ends, over any number of broken connections.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, JobEvent, JobProgress } from '@graft/core/wire'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { type Client, RequestError } from './client.ts'
import { describeProgress, type Output } from './terminal.ts'

/** Milliseconds before a stream that broke is asked for again, and how often without an answer. */
const RETRY_DELAY = 1000
const RETRIES = 30

/** The job as it ended. Shows its messages and, between them, its progress. */
export async function followJob(
  client: Client,
  id: string,
  output: Output,
  onEvent: (event: JobEvent) => void = () => {},
): Promise<Job> {
  let last = 0
  let failures = 0
  for (;;) {
    try {
      const headers = { accept: 'text/event-stream', 'last-event-id': String(last) }
      const response = await client.request(`/v1/fine_tuning/jobs/${id}/events`, { headers })
      const stream = response.body
        ?.pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())
      for await (const { id: number, event: type, data } of stream ?? []) {
        failures = 0
        if (type === 'end') return JSON.parse(data) as Job
        if (type === 'progress') {
          output.progress(describeProgress(JSON.parse(data) as JobProgress))
          continue
        }
        const event = JSON.parse(data) as JobEvent
        output.note(`${event.level === 'info' ? '' : `${event.level}: `}${event.message}`)
        onEvent(event)
        last = Number(number ?? last)
      }
    } catch (error) {
      // A refusal will not change; a connection that broke may come back.
      const refused =
        error instanceof RequestError && (error.problem.code as string) !== 'service_unreachable'
      failures += 1
      if (refused || failures > RETRIES) throw error
    }
    await sleep(RETRY_DELAY)
  }
}
