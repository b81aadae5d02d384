// The HTTP application: what holds for every request, then the routes in the order of the story.
import { GraftError } from '@graft/core/errors'
import { type LimitName, limit } from '@graft/core/limits'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { except } from 'hono/combine'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { authenticate, forgetChangedKeys, readKey } from './auth.ts'
import type { Api, ApiEnv, Context } from './context.ts'
import { openRequestDatabase } from './idempotency/request-database.ts'
import { runWrites } from './idempotency/writes.ts'
import { isJson } from './is-json.ts'
import { createKnownKeys } from './keys/known-keys.ts'
import { limitRate } from './keys/rate-limit.ts'
import { answerProblem, invalidRequest } from './problem.ts'
import { registerAudit } from './routes/audit.ts'
import { registerBatches } from './routes/batches.ts'
import { registerBlobs } from './routes/blobs.ts'
import { registerCanaries } from './routes/canaries.ts'
import { registerCaptures } from './routes/captures.ts'
import { registerConsole } from './routes/console.ts'
import { registerDatasetFiles } from './routes/dataset-files.ts'
import { registerDatasets } from './routes/datasets.ts'
import { registerDocs } from './routes/docs.ts'
import { registerDrift } from './routes/drift.ts'
import { registerEmbed } from './routes/embed.ts'
import { registerEndpoints, serveChanges } from './routes/endpoints.ts'
import { registerEvaluations } from './routes/evaluations.ts'
import { registerEvents } from './routes/events.ts'
import { registerHealth } from './routes/health.ts'
import { registerJobs } from './routes/jobs.ts'
import { registerKeys } from './routes/keys.ts'
import { registerModels } from './routes/models.ts'
import { registerInferenceProtocol } from './routes/oip.ts'
import { registerPredict } from './routes/predict.ts'
import { registerProjects } from './routes/projects.ts'
import { registerRegistry } from './routes/registry.ts'
import { registerReports } from './routes/reports.ts'
import { registerSweeps } from './routes/sweeps.ts'
import { registerUploads } from './routes/uploads.ts'
import { registerUsage } from './routes/usage.ts'
import { registerWebhooks } from './routes/webhooks.ts'
import { createMetrics } from './usage/metrics.ts'
import { observeRequests } from './usage/observe-requests.ts'
import { openRoom, requireRoom } from './usage/stored-bytes.ts'

/** Routes that need no key. */
const OPEN = [
  ...['/', '/console', '/console/*', '/openapi.json', '/docs', '/docs/*'],
  ...['/healthz', '/readyz', '/v2', '/v2/health/*'],
]
/** Routes whose JSON body has a limit of its own. */
const MANIFEST = '/v1/datasets/:name/versions'
const FEEDBACK = '/v1/endpoints/:name/feedback'
const OWN_LIMIT = [
  '/v1/endpoints/:name/predict',
  '/v1/endpoints/:name/embed',
  '/v2/models/:name/infer',
  MANIFEST,
  FEEDBACK,
]

/** Routes whose bodies are stored, or say where bytes may be stored. */
const FILLING = [
  '/v1/datasets/:name/archive',
  '/v1/datasets/:name/imports',
  '/v1/uploads',
  '/v1/blobs/:sha256',
]

/**
 * @example
 * const app = createApp(context)
 * await app.request('/v1/datasets', { headers: { authorization: `Bearer ${key}` } })
 */
export function createApp(outer: Context): Api {
  const { log, stopping } = outer
  const requests = openRequestDatabase(outer.db)
  const context: Context = { ...outer, db: requests.db }
  const metrics = createMetrics(outer.db, outer.queue, outer.serving.metrics.registry)
  const app: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error)
    },
  })
  app.onError((error, c) => answerProblem(c, log, error))
  app.notFound((c) => answerProblem(c, log, new GraftError('not_found', `There is no ${c.req.path}.`)))
  app.use(
    requestId(),
    logRequests(context),
    observeRequests(metrics, outer.usage),
    closeWhen(stopping),
    secureAnswers,
  )
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }))
  app.use(refuseWhen(stopping))
  const keys = createKnownKeys((hash) => readKey(outer.db, hash))
  app.use(except(OPEN, authenticate(outer.db, keys), limitRate()))
  app.use(except(OWN_LIMIT, limitJson('jsonBytes')))
  app.post(MANIFEST, limitJson('manifestBytes'))
  app.post(FEEDBACK, limitJson('predictBytes'))
  const room = requireRoom(openRoom(outer.db))
  for (const path of FILLING) app.use(path, room)
  app.post('/v1/endpoints/:name/batch', (c, next) =>
    isJson(c.req.header('content-type')) ? next() : room(c, next),
  )
  app.use('/v1/keys/*', forgetChangedKeys(keys))
  app.use('/v1/endpoints/:name/*', serveChanges(context))
  app.use(runWrites(outer.db, requests))

  registerHealth(app, context)
  registerProjects(app, context)
  registerKeys(app, context)
  registerUploads(app, context)
  registerBlobs(app, context)
  registerDatasets(app, context)
  registerDatasetFiles(app, context)
  registerJobs(app, context)
  registerSweeps(app, context)
  registerEvents(app, context)
  registerModels(app, context)
  registerReports(app, context)
  registerRegistry(app, context)
  registerEvaluations(app, context)
  registerEndpoints(app, context)
  registerPredict(app, context)
  registerEmbed(app, context)
  registerCaptures(app, context)
  registerDrift(app, context)
  registerCanaries(app, context)
  registerBatches(app, context)
  registerInferenceProtocol(app, context)
  registerWebhooks(app, context)
  registerAudit(app, context)
  registerUsage(app, context, metrics)
  registerConsole(app)
  registerDocs(app)
  return app
}

/** The path without its query, and never a header: a log holds no secret. */
function logRequests({ log }: Context): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const start = performance.now()
    await next()
    const { method, path } = c.req
    const ms = Math.round(performance.now() - start)
    const { key, requestId: id, code } = c.var
    // A push sends thousands of blobs: they would hide all else.
    const level = path.startsWith('/v1/blobs/') && c.res.ok ? 'debug' : 'info'
    log[level]({ method, path, status: c.res.status, code, ms, key: key?.id, id }, 'request')
  }
}

/**
 * What hono's `secureHeaders` sets, but for HTTPS alone; before the answer is made, for a header that is set on a finished
 * answer makes another one of it, whose body is a stream.
 */
const secureAnswers: MiddlewareHandler<ApiEnv> = async (c, next) => {
  for (const [name, value] of SECURE) c.header(name, value)
  await next()
}
const SECURE = Object.entries({
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
})

/** A connection that is kept alive would hold up the shutdown. */
function closeWhen(stopping: AbortSignal): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next()
    if (stopping.aborted) c.header('connection', 'close')
  }
}

/** The process lives until its end, so its health is still asked. */
function refuseWhen(stopping: AbortSignal): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (stopping.aborted && c.req.path !== '/healthz') throw new GraftError('shutting_down')
    await next()
  }
}

const refuseMethod: NonNullable<Parameters<typeof methodNotAllowed<ApiEnv>>[0]['onMethodNotAllowed']> = (
  c,
  methods,
) => {
  c.header('allow', methods.join(', '))
  throw new GraftError('method_not_allowed', `${c.req.path} takes ${methods.join(', ')}.`)
}

/** Other bodies are streams, limited where they are read. Never more than the limit is held in memory. */
function limitJson(name: LimitName): MiddlewareHandler<ApiEnv> {
  const maxSize = limit(name)
  const limited = bodyLimit({
    maxSize,
    onError: () => {
      throw new GraftError('payload_too_large', `A JSON body has at most ${maxSize} bytes.`)
    },
  })
  return (c, next) => (isJson(c.req.header('content-type')) ? limited(c, next) : next())
}
