// API keys: make, list, rotate and revoke them.
import { pageOf } from '@graft/core/wire/common'
import {
  createdKeySchema,
  createKeySchema,
  keySchema,
  ownKeySchema,
  rotateKeySchema,
  SCOPES,
} from '@graft/core/wire/keys'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { createKey, listKeys, revokeKey, rotateKey } from '../keys/api-keys.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const idParams = z.object({ id: z.string() })
const tags = ['keys']
const middleware = requires('admin')

const create = createRoute({
  method: 'post',
  path: '/v1/keys',
  tags,
  summary: 'Make an API key; the answer is the only place that shows it',
  middleware,
  request: { body: jsonBody(createKeySchema) },
  responses: { 201: json(createdKeySchema, 'The key.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/keys',
  tags,
  summary: 'List API keys',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(keySchema), 'A page of keys.'), default: problem },
})

const self = createRoute({
  method: 'get',
  path: '/v1/keys/self',
  tags,
  summary: 'Read the API key that asks: its name and scopes',
  middleware: requires(...SCOPES),
  responses: { 200: json(ownKeySchema, 'The key.'), default: problem },
})

const rotate = createRoute({
  method: 'post',
  path: '/v1/keys/{id}/rotate',
  tags,
  summary: 'Give an API key a new secret, shown once; the one before opens for a while more',
  middleware,
  request: { params: idParams, body: jsonBody(rotateKeySchema) },
  responses: { 200: json(createdKeySchema, 'The key, with its new secret.'), default: problem },
})

const revoke = createRoute({
  method: 'delete',
  path: '/v1/keys/{id}',
  tags,
  summary: 'Revoke an API key at once',
  middleware,
  request: { params: idParams },
  responses: { 204: { description: 'The key is no longer valid.' }, default: problem },
})

export function registerKeys(app: Api, { db }: Context): void {
  app.openapi(create, async (c) => c.json(await createKey(db, c.var.key.project, c.req.valid('json')), 201))

  app.openapi(list, async (c) => {
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listKeys(db, c.var.key.project, after, count),
      ({ id }) => id,
    )
    return c.json(page, 200)
  })

  app.openapi(self, (c) => {
    const { id, name, project, scopes } = c.var.key
    return c.json({ id, object: 'api_key' as const, name, project, scopes }, 200)
  })

  app.openapi(rotate, async (c) => {
    const { overlap_seconds } = c.req.valid('json')
    return c.json(await rotateKey(db, c.var.key.project, c.req.valid('param').id, overlap_seconds), 200)
  })

  app.openapi(revoke, async (c) => {
    await revokeKey(db, c.var.key.project, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
