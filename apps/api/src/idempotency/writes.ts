// Every write: in one transaction with its audit entry, and answered once for each Idempotency-Key.
//
// The answer leaves only after the commit, so a crash in the middle never tells of a success that did not happen, and
// one after it is answered from the row. A request that fails leaves nothing but its audit entry: its key is free.
import { createHash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import type { Database, Executor } from '@graft/db/database'
import type { MiddlewareHandler, Next, Context as Request } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { recordWrite } from '../audit/audit-log.ts'
import { bearerOf, homeOf } from '../auth.ts'
import type { ApiEnv } from '../context.ts'
import { isJson } from '../is-json.ts'
import { isDryRun, isWrite, matchedRoute } from '../matched-route.ts'
import {
  type Claim,
  claimKey,
  holdKey,
  inProgress,
  type KeptAnswer,
  type KeyedRequest,
  keepAnswer,
  RENEW_EVERY,
} from './idempotency-keys.ts'
import type { RequestDatabase } from './request-database.ts'

export const IDEMPOTENCY_DOC =
  'Up to 255 printable ASCII characters, new for each thing to be done. The same request with the same key is answered ' +
  'as before, for 24 hours; another one is refused (422 `idempotency_key_reused`), and a second one while the first ' +
  'runs is told to wait (409 `idempotency_in_progress`). What failed has changed nothing, and may be sent again with ' +
  'its key. JSON bodies are compared byte for byte; of a body that streams only Content-Type, Content-Length and, ' +
  'where it is sent, Content-Digest.'

/** The route refused: what it did is rolled back, and its answer stands. */
class Refused extends Error {}

/** @param pool for what must be written although the request's own transaction is rolled back */
export function runWrites(pool: Database, requests: RequestDatabase): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const route = matchedRoute(c)
    if (route === undefined || !isWrite(c.req.method, route) || isDryRun(c, route)) return await next()
    try {
      return await (isStreamed(c)
        ? stream(pool, requests, c, next, route)
        : transact(pool, requests, c, next, route))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      await audit(pool, c, route)
    }
  }
}

async function transact(
  pool: Database,
  requests: RequestDatabase,
  c: Request<ApiEnv>,
  next: Next,
  route: string,
): Promise<Response | undefined> {
  const apiKey = bearerOf(c) ?? ''
  const key = keyOf(c)
  const request = key && keyedRequest(c, key, sha256(new Uint8Array(await c.req.arrayBuffer())))
  return await pool.transaction(async (tx) => {
    if (request) {
      const kept = await holdKey(tx, request, apiKey)
      if (kept) return replay(c, kept)
    }
    // Nothing streams: it is committed below with what came before it.
    c.set('commit', (answer) => answer())
    await requests.within(tx, next)
    if (!c.res.ok) throw new Refused()
    // Together: one connection sends both without waiting between them.
    const kept = request && keepAnswer(tx, request, await answerOf(c.res), apiKey)
    await Promise.all([audit(tx, c, route), kept])
    return undefined
  })
}

/**
 * No transaction is open while a body streams. A route whose change may be made once only asks for one at its end, by
 * `commit`. The others are found again by their content or their offset: run twice they change nothing more.
 */
async function stream(
  pool: Database,
  requests: RequestDatabase,
  c: Request<ApiEnv>,
  next: Next,
  route: string,
): Promise<Response | undefined> {
  const key = keyOf(c)
  const claim = key && (await claimKey(pool, keyedRequest(c, key, streamOf(c)), bearerOf(c) ?? ''))
  if (claim && 'status' in claim) return replay(c, claim)
  // A sign of life that is missed is made up for by the next.
  const alive = claim && setInterval(() => void claim.renew().catch(() => {}), RENEW_EVERY)
  let isCommitted = false
  c.set('commit', async (answer) => {
    const answered = await pool.transaction(async (tx) => {
      const response = await requests.within(tx, answer)
      await audit(tx, c, route, response)
      if (claim) await keepFor(claim, tx, response)
      return response
    })
    isCommitted = true
    return answered
  })
  try {
    await next()
    if (isCommitted) return undefined
    await audit(pool, c, route)
    if (claim) await (c.res.ok ? claim.keep(pool, await answerOf(c.res)) : claim.release())
  } finally {
    clearInterval(alive)
  }
  return undefined
}

/** Whoever has taken the key meanwhile makes the change: this one is not made as well. */
async function keepFor(claim: Claim, tx: Executor, response: Response): Promise<void> {
  if (!(await claim.keep(tx, await answerOf(response)))) throw inProgress()
}

async function audit(
  executor: Executor,
  c: Request<ApiEnv>,
  route: string,
  answer: Response = c.res,
): Promise<void> {
  const { id, name, project } = c.var.key
  await recordWrite(executor, {
    project,
    keyId: id,
    keyName: name,
    method: c.req.method,
    route,
    path: c.req.path,
    resource: await resourceOf(answer),
    status: answer.status,
    requestId: c.var.requestId,
  })
}

/** The id that the answer begins with, as that of a new job. */
async function resourceOf(answer: Response): Promise<string | null> {
  if (answer.headers.get('content-type') !== 'application/json') return null
  const { id } = (await answer.clone().json()) as { id?: unknown }
  return typeof id === 'string' ? id : null
}

function isStreamed(c: Request): boolean {
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': chunked } = c.req.header()
  const isEmpty = chunked === undefined && Number(length ?? 0) === 0
  return type === undefined ? !isEmpty : !isJson(type)
}

/** All that is known before the body is read, and costs nothing. A form has another boundary each time. */
function streamOf(c: Request): string {
  const told = ['content-type', 'content-length', 'content-digest', 'upload-offset']
  const lines = told.map((name) => `${name}: ${c.req.header(name) ?? ''}`.replace(/; *boundary=.*/i, ''))
  return sha256(lines.join('\n'))
}

function keyOf(c: Request): string | undefined {
  const key = c.req.header('idempotency-key')
  if (key === undefined || /^[!-~]{1,255}$/.test(key)) return key
  throw new GraftError('invalid_request', 'An Idempotency-Key has 1 to 255 printable ASCII characters.')
}

function keyedRequest(c: Request<ApiEnv>, key: string, body: string): KeyedRequest {
  const { pathname, search } = new URL(c.req.url)
  const { id, project } = c.var.key
  const caller = project === homeOf(c.var.key) ? id : `${id} ${project}`
  return { caller, key, method: c.req.method, path: pathname + search, body }
}

async function answerOf(answer: Response): Promise<KeptAnswer> {
  const told = ['content-type', 'location', 'etag', 'upload-offset', 'upload-expires', 'tus-resumable']
  const headers: Record<string, string> = {}
  for (const name of told) {
    const value = answer.headers.get(name)
    if (value !== null) headers[name] = value
  }
  return { status: answer.status, headers, body: await answer.clone().text() }
}

function replay(c: Request, { status, headers, body }: KeptAnswer): Response {
  // c.newResponse keeps the headers that middlewares have set.
  const told = { ...headers, 'idempotency-replayed': 'true' }
  return c.newResponse(body === '' ? null : body, status as StatusCode, told)
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
