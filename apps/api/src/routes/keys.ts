// API keys: make, list and revoke them.
import { GraftError } from '@graft/core/errors'
import { createdKeySchema, createKeySchema, keySchema, pageOf } from '@graft/core/wire'
import { apiKeys } from '@graft/db/schema'
import { createRoute, z } from '@hono/zod-openapi'
import { asc, eq, gt } from 'drizzle-orm'
import { ADMIN_KEY_ID, type ApiKeyRow, createKey, requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const create = createRoute({
  method: 'post',
  path: '/v1/keys',
  tags: ['keys'],
  summary: 'Make an API key; the answer is the only place that shows it',
  middleware: requires('admin'),
  request: { body: jsonBody(createKeySchema) },
  responses: { 201: json(createdKeySchema, 'The key.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/keys',
  tags: ['keys'],
  summary: 'List API keys',
  middleware: requires('admin'),
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(keySchema), 'A page of keys.'), default: problem },
})

const revoke = createRoute({
  method: 'delete',
  path: '/v1/keys/{id}',
  tags: ['keys'],
  summary: 'Revoke an API key at once',
  middleware: requires('admin'),
  request: { params: z.object({ id: z.string() }) },
  responses: { 204: { description: 'The key is no longer valid.' }, default: problem },
})

export function registerKeys(app: Api, { db }: Context): void {
  app.openapi(create, async (c) => {
    const { name, scopes } = c.req.valid('json')
    const { row, key } = await createKey(db, name, scopes)
    return c.json({ ...toKey(row), key }, 201)
  })

  app.openapi(list, async (c) => {
    const read = (after: string | undefined, count: number) =>
      db
        .select()
        .from(apiKeys)
        .where(after === undefined ? undefined : gt(apiKeys.id, after))
        .orderBy(asc(apiKeys.id))
        .limit(count)
    const page = await readPage(c.req.valid('query'), read, ({ id }) => id)
    return c.json({ ...page, data: page.data.map(toKey) }, 200)
  })

  app.openapi(revoke, async (c) => {
    const { id } = c.req.valid('param')
    if (id === ADMIN_KEY_ID) {
      throw new GraftError(
        'state_conflict',
        'The admin key is revoked by a start with another GRAFT_ADMIN_KEY.',
      )
    }
    const gone = await db.delete(apiKeys).where(eq(apiKeys.id, id)).returning({ id: apiKeys.id })
    if (gone.length === 0) throw new GraftError('not_found', `There is no API key ${JSON.stringify(id)}.`)
    return c.body(null, 204)
  })
}

function toKey({ id, name, scopes, createdAt }: ApiKeyRow): z.output<typeof keySchema> {
  return { id, object: 'api_key', name, scopes, created_at: createdAt.toISOString() }
}
