// The events of a job: a list, or a stream that goes on until the job ends.
import { setTimeout as sleep } from 'node:timers/promises'
import { limit } from '@graft/core/limits'
import { pageOf } from '@graft/core/wire/common'
import { jobEventSchema } from '@graft/core/wire/jobs'
import { listEvents } from '@graft/db/job-events'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { requires } from '../auth.ts'
import type { Api, ApiEnv, Context } from '../context.ts'
import { findJob, toJobEvent } from '../jobs/find-jobs.ts'
import { type JobWatch, openJobWatch } from '../jobs/job-watch.ts'
import { type JobChange, watchJob } from '../jobs/watch-job.ts'
import { problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const number = z.string().regex(/^\d{1,9}$/)

const events = createRoute({
  method: 'get',
  path: '/v1/fine_tuning/jobs/{id}/events',
  tags: ['fine-tuning'],
  summary: 'List or follow the events of a job',
  description:
    'With `Accept: text/event-stream` the events are streamed as they come: `message` and `metrics` carry an event ' +
    'and its number as `id`, `progress` the progress without an id, and `end` the job as it ended. `Last-Event-ID`, ' +
    'or `after`, goes on after that event.',
  middleware: requires('train'),
  request: {
    params: z.object({ id: z.string() }),
    query: pageQuerySchema.extend({ after: number.optional() }),
    headers: z.object({ 'last-event-id': number.optional() }),
  },
  responses: {
    200: {
      description: 'A page of events, or the stream.',
      content: {
        'application/json': { schema: pageOf(jobEventSchema) },
        'text/event-stream': { schema: z.string() },
      },
    },
    default: problem,
  },
})

export function registerEvents(app: Api, context: Context): void {
  const { db } = context
  const watch = openJobWatch(db)
  app.openapi(events, async (c) => {
    const { id } = c.req.valid('param')
    await findJob(db, c.var.key.project, id)
    if (c.req.header('accept')?.includes('text/event-stream')) {
      const after = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? 0
      return stream(c, context, watch, id, Number(after)) as never
    }
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listEvents(db, id, Number(after ?? 0), count),
      (row) => String(row.number),
    )
    return c.json({ ...page, data: page.data.map(toJobEvent) }, 200)
  })
}

/** Ends with the job, with the client, or with the server. */
function stream(
  c: HonoContext<ApiEnv>,
  { db, stopping, log }: Context,
  watch: JobWatch,
  id: string,
  after: number,
): Response {
  return streamSSE(c, async (sse) => {
    const ended = new AbortController()
    sse.onAbort(() => ended.abort())
    const signal = AbortSignal.any([ended.signal, stopping])
    void ping(sse, signal)
    try {
      for await (const change of watchJob(db, watch, c.var.key.project, id, after, signal))
        await sse.writeSSE(toMessage(change))
    } catch (error) {
      // The stream just ends: its client asks again, and hears then what is wrong.
      log.error({ err: error, job: id }, 'event stream')
    } finally {
      ended.abort()
    }
  })
}

function toMessage(change: JobChange) {
  switch (change.type) {
    case 'event': {
      const { event } = change
      return { id: String(event.id), event: event.type, data: JSON.stringify(event) }
    }
    case 'progress':
      return { event: 'progress', data: JSON.stringify(change.progress) }
    case 'end':
      return { event: 'end', data: JSON.stringify(change.job) }
  }
}

/** A comment now and then, so that proxies between do not take an idle stream for a dead one. */
async function ping(sse: SSEStreamingApi, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(limit('ssePingSeconds') * 1000, undefined, { signal }).catch(() => {})
    if (!signal.aborted) await sse.write(': ping\n\n')
  }
}
