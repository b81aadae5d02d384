// Follows a job's event stream until it ends, over any number of broken connections.
import { readEvents } from '@graft/client/job-events'
import { RequestError } from '@graft/client/request-error'
import type { Job, JobEvent } from '@graft/core/wire/jobs'
import { type Client, isTransient } from './client.ts'
import { createCurve } from './curve.ts'
import { describeProgress, type Output } from './terminal.ts'

/**
 * Shows the job's messages and, between them, its progress. Returns the job as it ended.
 * @throws RequestError when the platform refuses, or does not answer for a minute
 */
export async function followJob(
  client: Client,
  id: string,
  output: Output,
  onEvent: (event: JobEvent) => Promise<void> | void = () => {},
): Promise<Job> {
  const curve = createCurve()
  const path = `/v1/fine_tuning/jobs/${encodeURIComponent(id)}/events`
  const changes = readEvents(
    (last) => client.request(path, { headers: { accept: 'text/event-stream', 'last-event-id': last } }),
    {
      isPassing: (error) => error instanceof RequestError && isTransient(error),
      onBroken: () => output.progress('the connection is lost: trying again'),
    },
  )
  for await (const change of changes) {
    if (change.type === 'end') {
      for (const line of curve.summary()) output.note(line)
      return change.job as Job // whose lists of three numbers OpenAPI cannot tell
    }
    if (change.type === 'progress') {
      const { progress } = change
      curve.addProgress(progress)
      output.progress([curve.bars(), describeProgress(progress)].filter(Boolean).join('  '))
      continue
    }
    const { event } = change
    curve.addEvent(event)
    output.note(`${event.level === 'info' ? '' : `${event.level}: `}${event.message}`)
    await onEvent(event)
  }
  throw new Error('a job is followed until its end')
}
