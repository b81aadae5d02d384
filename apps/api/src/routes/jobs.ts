// Fine-tuning jobs: made, read, paused and resumed, stopped, cancelled.
import { pageOf } from '@graft/core/wire/common'
import { checkpointSchema, createJobSchema, dryRunSchema, jobSchema } from '@graft/core/wire/jobs'
import { createRoute, z } from '@hono/zod-openapi'
import { requireScope, requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { cancelJob } from '../jobs/cancel-job.ts'
import { createJob } from '../jobs/create-job.ts'
import { dryRun } from '../jobs/dry-run.ts'
import { findCheckpoints } from '../jobs/find-checkpoints.ts'
import { findJob, listJobs } from '../jobs/find-jobs.ts'
import { pauseJob, resumeJob } from '../jobs/pause-job.ts'
import { stopJob } from '../jobs/stop-job.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const idParams = z.object({ id: z.string() })
const tags = ['fine-tuning']
const middleware = requires('train')

const create = createRoute({
  method: 'post',
  path: '/v1/fine_tuning/jobs',
  tags,
  summary: 'Fine-tune a network on a data set version',
  description:
    'Each hyper-parameter is "auto" or a value; the answer names what was resolved. With `deploy` the endpoint of ' +
    'that name serves the model as soon as there is one, and each better one of the job after it: the key then ' +
    'needs the scope `deploy` too. With `dry_run=true` nothing is started: a trainer measures for some seconds, beside ' +
    'whatever else it does, what the job would take.',
  middleware,
  request: {
    query: z.object({ dry_run: z.enum(['true', 'false']).optional() }),
    body: jsonBody(createJobSchema),
  },
  responses: {
    200: json(dryRunSchema, 'Of a dry run: what the job would take.'),
    201: json(jobSchema, 'The job, waiting for a trainer.'),
    default: problem,
  },
})

const list = createRoute({
  method: 'get',
  path: '/v1/fine_tuning/jobs',
  tags,
  summary: 'List jobs, the newest first',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(jobSchema), 'A page of jobs.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/fine_tuning/jobs/{id}',
  tags,
  summary: 'Read a job: its state, progress and metrics',
  middleware,
  request: { params: idParams },
  responses: { 200: json(jobSchema, 'The job.'), default: problem },
})

const checkpoints = createRoute({
  method: 'get',
  path: '/v1/fine_tuning/jobs/{id}/checkpoints',
  tags,
  summary: 'List the weights that are kept of a job, the newest first',
  description:
    'The versions it has published; and until it ends, what its last and its best epoch have saved for a trainer to go ' +
    'on from. What was measured after each other epoch stands among its events.',
  middleware,
  request: { params: idParams },
  responses: { 200: json(pageOf(checkpointSchema), 'All of them.'), default: problem },
})

const cancel = createRoute({
  method: 'post',
  path: '/v1/fine_tuning/jobs/{id}/cancel',
  tags,
  summary: 'Cancel a job',
  description: 'A job that waits is cancelled at once, a running one within seconds.',
  middleware,
  request: { params: idParams },
  responses: { 200: json(jobSchema, 'The job, cancelled or about to be.'), default: problem },
})

const pause = createRoute({
  method: 'post',
  path: '/v1/fine_tuning/jobs/{id}/pause',
  tags,
  summary: 'Pause a job',
  description:
    'A job that waits is paused at once, a running one within seconds. What its last epoch has saved is kept.',
  middleware,
  request: { params: idParams },
  responses: { 200: json(jobSchema, 'The job, paused or about to be.'), default: problem },
})

const resume = createRoute({
  method: 'post',
  path: '/v1/fine_tuning/jobs/{id}/resume',
  tags,
  summary: 'Put a paused job back into the queue',
  description: 'It goes on after its last epoch, to the weights of a job that was never paused.',
  middleware,
  request: { params: idParams },
  responses: { 200: json(jobSchema, 'The job, waiting for a trainer.'), default: problem },
})

const stop = createRoute({
  method: 'post',
  path: '/v1/fine_tuning/jobs/{id}/stop',
  tags,
  summary: 'Stop a running job, and keep the best so far',
  description:
    'The training ends after the step it is in; the job measures, publishes the best so far, and succeeds.',
  middleware,
  request: { params: idParams },
  responses: { 200: json(jobSchema, 'The job, about to stop.'), default: problem },
})

export function registerJobs(app: Api, { db, queue, store }: Context): void {
  app.openapi(create, async (c) => {
    const request = c.req.valid('json')
    if (request.deploy !== undefined) requireScope(c.var.key, 'deploy')
    if (c.req.valid('query').dry_run === 'true')
      return c.json(await dryRun(db, queue, c.var.key.project, request, c.req.raw.signal), 200)
    return c.json(await createJob(db, queue, request, c.var.key), 201)
  })

  app.openapi(list, async (c) => {
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listJobs(db, c.var.key.project, after, count),
      ({ id }) => id,
    )
    return c.json(page, 200)
  })

  app.openapi(read, async (c) => c.json(await findJob(db, c.var.key.project, c.req.valid('param').id), 200))

  app.openapi(checkpoints, async (c) => {
    const data = await findCheckpoints(db, store, c.var.key.project, c.req.valid('param').id)
    const page = { object: 'list' as const, data, has_more: false, last_id: data.at(-1)?.id ?? null }
    return c.json(page, 200)
  })

  app.openapi(cancel, async (c) =>
    c.json(await cancelJob(db, c.var.key.project, c.req.valid('param').id), 200),
  )

  app.openapi(pause, async (c) =>
    c.json(await pauseJob(db, queue, c.var.key.project, c.req.valid('param').id), 200),
  )

  app.openapi(resume, async (c) =>
    c.json(await resumeJob(db, queue, c.var.key.project, c.req.valid('param').id), 200),
  )

  app.openapi(stop, async (c) => c.json(await stopJob(db, c.var.key.project, c.req.valid('param').id), 200))
}
