// Endpoints: which model version answers, since when, and what answered before.
import { GraftError } from '@graft/core/errors'
import { requireName } from '@graft/core/names'
import { pageOf } from '@graft/core/wire/common'
import {
  type Endpoint,
  type EndpointRevision,
  type EndpointStatus,
  endpointRevisionSchema,
  endpointSchema,
  putEndpointSchema,
  shadowComparisonSchema,
} from '@graft/core/wire/endpoints'
import {
  type EndpointState,
  listEndpoints,
  listRevisions,
  rollback,
  setTraffic,
  trafficAt,
} from '@graft/db/endpoints'
import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { requires } from '../auth.ts'
import type { Api, ApiEnv, Context } from '../context.ts'
import { isWrite, matchedRoute } from '../matched-route.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import { readStatuses } from '../serving/endpoint-status.ts'
import { requirePrecision } from '../serving/require-precision.ts'

const nameParams = z.object({ name: z.string() })
const tags = ['endpoints']
const middleware = requires('deploy')
const reading = requires('predict', 'deploy')

const put = createRoute({
  method: 'put',
  path: '/v1/endpoints/{name}',
  tags,
  summary: 'Serve model versions at an endpoint, made when it is missing',
  description:
    'A name or an alias is resolved to its version now. Of several versions each answers its share of the requests. ' +
    'The change is served by this process at once, and by every other within a second.',
  middleware,
  request: { params: nameParams, body: jsonBody(putEndpointSchema) },
  responses: { 200: json(endpointSchema, 'The endpoint.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/endpoints',
  tags,
  summary: 'List endpoints by name',
  middleware: reading,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(endpointSchema), 'A page of endpoints.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/endpoints/{name}',
  tags,
  summary: 'Read an endpoint as it is, or was at a time',
  middleware: reading,
  request: {
    params: nameParams,
    query: z.object({
      at: z.iso.datetime({ offset: true }).optional().openapi({ description: 'RFC 3339' }),
    }),
  },
  responses: { 200: json(endpointSchema, 'The endpoint.'), default: problem },
})

const revisions = createRoute({
  method: 'get',
  path: '/v1/endpoints/{name}/revisions',
  tags,
  summary: 'List what an endpoint has been, the newest revision first',
  middleware: reading,
  request: {
    params: nameParams,
    query: pageQuerySchema.extend({
      after: z
        .string()
        .regex(/^\d{1,9}$/)
        .optional(),
    }),
  },
  responses: { 200: json(pageOf(endpointRevisionSchema), 'A page of revisions.'), default: problem },
})

const back = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/rollback',
  tags,
  summary: 'Return to the traffic before',
  middleware,
  request: { params: nameParams },
  responses: { 200: json(endpointSchema, 'The endpoint.'), default: problem },
})

const comparisons = createRoute({
  method: 'get',
  path: '/v1/endpoints/{name}/shadow',
  tags,
  summary: 'How often the shadow has said the same as what answered',
  description: 'Other processes of the platform add their counts every five seconds.',
  middleware: reading,
  request: { params: nameParams },
  responses: {
    200: json(
      z.object({ object: z.literal('list'), data: z.array(shadowComparisonSchema) }),
      'For each pair of versions that has been compared.',
    ),
    default: problem,
  },
})

export function registerEndpoints(app: Api, { db, store, serving }: Context): void {
  const show = async (states: readonly EndpointState[]): Promise<Endpoint[]> => {
    const statuses = await readStatuses(db, states)
    return states.map((state, index) => toEndpoint(state, statuses[index] as EndpointStatus))
  }
  const showOne = async (state: EndpointState) => (await show([state]))[0] as Endpoint

  app.openapi(put, async (c) => {
    const name = requireName(c.req.valid('param').name, 'endpoint')
    const { idle_timeout_seconds: idleTimeoutSeconds, threshold: stated, ...rest } = c.req.valid('json')
    const { threshold, precision } =
      typeof stated === 'number' ? { threshold: stated, precision: null } : { threshold: 0, ...stated }
    const change = { ...rest, threshold, precision, idleTimeoutSeconds }
    const state = await setTraffic(db, c.var.key.project, name, change, c.var.key.id)
    await requirePrecision({ db, store }, state)
    return c.json(await showOne(state), 200)
  })

  app.openapi(list, async (c) => {
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listEndpoints(db, c.var.key.project, after, count),
      ({ name }) => name,
    )
    return c.json({ ...page, data: await show(page.data) }, 200)
  })

  app.openapi(read, async (c) => {
    const { name } = c.req.valid('param')
    const { at } = c.req.valid('query')
    const state = await trafficAt(db, c.var.key.project, name, at === undefined ? undefined : new Date(at))
    if (state === undefined) throw noEndpoint(name, at)
    return c.json(await showOne(state), 200)
  })

  app.openapi(revisions, async (c) => {
    const { name } = c.req.valid('param')
    const page = await readPage(
      c.req.valid('query'),
      (after, count) =>
        listRevisions(db, c.var.key.project, name, after === undefined ? undefined : Number(after), count),
      ({ revision }) => String(revision),
    )
    // An endpoint has one revision at least, so a first page without any is of none.
    if (page.last_id === null && c.req.valid('query').after === undefined) throw noEndpoint(name)
    return c.json({ ...page, data: page.data.map(toRevision) }, 200)
  })

  app.openapi(back, async (c) => {
    return c.json(
      await showOne(await rollback(db, c.var.key.project, c.req.valid('param').name, c.var.key.id)),
      200,
    )
  })

  app.openapi(comparisons, async (c) => {
    const { name } = c.req.valid('param')
    const state = await trafficAt(db, c.var.key.project, name)
    if (state === undefined) throw noEndpoint(name)
    return c.json({ object: 'list' as const, data: await serving.shadows.read(state.id) }, 200)
  })
}

/** Stands around the writes' transaction: when a change is answered it is committed, and this process serves it. */
export function serveChanges({ serving }: Context): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next()
    const name = c.req.param('name')
    if (name !== undefined && isWrite(c.req.method, matchedRoute(c) ?? '')) {
      serving.endpoints.forget(c.var.key.project, name)
    }
  }
}

function noEndpoint(name: string, at?: string): GraftError {
  return new GraftError('not_found', `There is${at ? ` at ${at}` : ''} no endpoint ${JSON.stringify(name)}.`)
}

function toRevision(row: Awaited<ReturnType<typeof listRevisions>>[number]): EndpointRevision {
  const { revision, traffic, threshold, precision, thresholds, shadow, actor, createdAt } = row
  return {
    object: 'endpoint.revision',
    revision,
    traffic,
    threshold: precision === null ? threshold : { precision },
    thresholds,
    shadow,
    actor,
    created_at: createdAt.toISOString(),
  }
}

function toEndpoint(state: EndpointState, status: EndpointStatus): Endpoint {
  const { id, name, revision, traffic, threshold, precision, thresholds, shadow, canary } = state
  return {
    id,
    object: 'endpoint',
    name,
    revision,
    ...status,
    traffic,
    threshold: precision === null ? threshold : { precision },
    thresholds,
    shadow,
    idle_timeout_seconds: state.idleTimeoutSeconds,
    capture: state.capture,
    canary: canary && { id: canary.id, model: canary.model, share: canary.share },
    url: `/v1/endpoints/${name}/predict`,
    updated_at: state.updatedAt.toISOString(),
    created_at: state.createdAt.toISOString(),
  }
}
