// Canaries: a model version that raises its own share of the traffic, or takes it back.
import { canarySchema, startCanarySchema } from '@graft/core/wire/canary'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { cancelCanary, readCanary, startCanary } from '../endpoints/canaries.ts'
import { findEndpoint } from '../endpoints/find-endpoint.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { requirePrecision } from '../serving/require-precision.ts'

const tags = ['endpoints']
const params = z.object({ name: z.string() })
const middleware = requires('deploy')

const start = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/canary',
  tags,
  summary: 'Give a model version more of the traffic step by step, as long as it does well',
  description:
    'Each step lasts its time, and until it rests on `min_requests` answers and comparisons with the traffic before. ' +
    'Where the version fails, or disagrees with that, more often than the bounds allow, the traffic returns to what it ' +
    'was. Each step is a revision. Any other change of the endpoint ends the canary, and stands.',
  middleware,
  request: { params, body: jsonBody(startCanarySchema) },
  responses: { 201: json(canarySchema, 'The canary, at its first step.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/endpoints/{name}/canary',
  tags,
  summary: 'Read the newest canary of an endpoint: where it stands, and what it rests on',
  middleware: requires('predict', 'deploy'),
  request: { params },
  responses: { 200: json(canarySchema, 'The canary.'), default: problem },
})

const cancel = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/canary/cancel',
  tags,
  summary: 'End a canary, and return the traffic to what it was before',
  middleware,
  request: { params },
  responses: { 200: json(canarySchema, 'The canary, cancelled.'), default: problem },
})

export function registerCanaries(app: Api, { db, store, serving }: Context): void {
  app.openapi(start, async (c) => {
    const { name } = c.req.valid('param')
    const canary = await startCanary(db, c.var.key.project, name, c.req.valid('json'), c.var.key)
    await requirePrecision({ db, store }, await findEndpoint(db, c.var.key.project, name))
    return c.json(canary, 201)
  })

  app.openapi(read, async (c) => {
    await serving.canaries.flush()
    return c.json(await readCanary(db, c.var.key.project, c.req.valid('param').name), 200)
  })

  app.openapi(cancel, async (c) =>
    c.json(await cancelCanary(db, c.var.key.project, c.req.valid('param').name), 200),
  )
}
