// Sweeps: jobs on the same data that differ in their hyper-parameters, compared, and the best one named.
import { pageOf } from '@graft/core/wire/common'
import { createSweepSchema, sweepSchema } from '@graft/core/wire/sweeps'
import { createRoute, z } from '@hono/zod-openapi'
import { requireScope, requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import { createSweep } from '../sweeps/create-sweep.ts'
import { findSweep, listSweeps } from '../sweeps/find-sweeps.ts'
import { cancelSweep } from '../sweeps/settle-sweeps.ts'

const idParams = z.object({ id: z.string() })
const tags = ['fine-tuning']
const middleware = requires('train')

const create = createRoute({
  method: 'post',
  path: '/v1/fine_tuning/sweeps',
  tags,
  summary: 'Fine-tune once for each combination of hyper-parameters',
  description:
    'Each list in `values` varies one hyper-parameter; the others are as in `hyperparameters`. Every job makes versions ' +
    'of the model. Once all have ended, the version with the lowest loss on the validation images is the `best`: the ' +
    '`alias` then points at it and the endpoint `deploy` serves it, for which the key needs the scope `deploy` too. The ' +
    'test images choose nothing.',
  middleware,
  request: { body: jsonBody(createSweepSchema) },
  responses: { 201: json(sweepSchema, 'The sweep, its jobs waiting.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/fine_tuning/sweeps',
  tags,
  summary: 'List sweeps, the newest first',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(sweepSchema), 'A page of sweeps.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/fine_tuning/sweeps/{id}',
  tags,
  summary: 'Read a sweep: its jobs beside each other, the best first',
  middleware,
  request: { params: idParams },
  responses: { 200: json(sweepSchema, 'The sweep.'), default: problem },
})

const cancel = createRoute({
  method: 'post',
  path: '/v1/fine_tuning/sweeps/{id}/cancel',
  tags,
  summary: 'Cancel a sweep and its jobs',
  middleware,
  request: { params: idParams },
  responses: { 200: json(sweepSchema, 'The sweep; jobs that run end within seconds.'), default: problem },
})

export function registerSweeps(app: Api, { db, queue }: Context): void {
  app.openapi(create, async (c) => {
    const request = c.req.valid('json')
    if (request.alias !== undefined || request.deploy !== undefined) requireScope(c.var.key, 'deploy')
    return c.json(await createSweep(db, queue, request, c.var.key), 201)
  })

  app.openapi(list, async (c) => {
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listSweeps(db, c.var.key.project, after, count),
      ({ id }) => id,
    )
    return c.json(page, 200)
  })

  app.openapi(read, async (c) => c.json(await findSweep(db, c.var.key.project, c.req.valid('param').id), 200))

  app.openapi(cancel, async (c) =>
    c.json(await cancelSweep(db, c.var.key.project, c.req.valid('param').id), 200),
  )
}
