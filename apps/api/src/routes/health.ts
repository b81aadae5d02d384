// Health: whether the process lives, and whether all that it stands on answers.
import { setTimeout as sleep } from 'node:timers/promises'
import { createRoute, z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import type { Api, Context } from '../context.ts'
import { json, problem } from '../openapi.ts'

/** Milliseconds that a part may take to answer. */
const PATIENCE = 2000

const readinessSchema = z.object({
  status: z.enum(['ready', 'not_ready']),
  checks: z.object({ database: z.string(), store: z.string(), queue: z.string() }),
})

const health = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['health'],
  summary: 'Answers while the process lives',
  security: [],
  responses: { 200: json(z.object({ status: z.literal('ok') }), 'It lives.') },
})

const readiness = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['health'],
  summary: 'Asks database, store and queue',
  security: [],
  responses: {
    200: json(readinessSchema, 'All of them answer.'),
    503: json(readinessSchema, 'The check that is not "ok" says what is wrong.'),
    default: problem,
  },
})

export function registerHealth(app: Api, { db, store, queue, log }: Context): void {
  app.openapi(health, (c) => c.json({ status: 'ok' } as const, 200))

  app.openapi(readiness, async (c) => {
    const parts = {
      database: () => db.execute(sql`select 1`),
      store: () => store.check(),
      queue: () => queue.check(),
    }
    const check = async (part: keyof typeof parts) => {
      const fault = await faultOf(parts[part])
      if (fault === undefined) return 'ok'
      log.warn({ part, err: fault }, 'not ready')
      return 'does not answer'
    }
    const [database, stored, queued] = await Promise.all([check('database'), check('store'), check('queue')])
    const checks = { database, store: stored, queue: queued }
    const isReady = Object.values(checks).every((state) => state === 'ok')
    return isReady
      ? c.json({ status: 'ready', checks } as const, 200)
      : c.json({ status: 'not_ready', checks } as const, 503)
  })
}

/** What the check threw, or that it takes too long; undefined when it is fine. */
async function faultOf(check: () => Promise<unknown>): Promise<unknown> {
  const late = new AbortController()
  const tooLate = sleep(PATIENCE, new Error(`no answer within ${PATIENCE} ms`), { signal: late.signal })
  const checked = check().then(
    () => undefined,
    (error: unknown) => error ?? new Error('failed'),
  )
  try {
    return await Promise.race([checked, tooLate])
  } finally {
    late.abort()
  }
}
