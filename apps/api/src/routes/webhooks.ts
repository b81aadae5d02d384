// Webhooks: who hears of events, what was sent to them, and sending it again.
import { pageOf } from '@graft/core/wire/common'
import {
  createdWebhookSchema,
  createWebhookSchema,
  webhookDeliverySchema,
  webhookSchema,
} from '@graft/core/wire/webhooks'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import {
  createWebhook,
  deleteWebhook,
  findWebhook,
  listDeliveries,
  listWebhooks,
  resend,
} from '../webhooks/find-webhooks.ts'

const idParams = z.object({ id: z.string() })
const number = z.string().regex(/^\d{1,15}$/)
const tags = ['webhooks']
const middleware = requires('admin')

const create = createRoute({
  method: 'post',
  path: '/v1/webhooks',
  tags,
  summary: 'Have events sent to a URL; the answer is the only place that shows the secret',
  description:
    'Each event is a POST with `{"type", "timestamp", "data"}`, signed after Standard Webhooks. It is sent until it is ' +
    'answered with a status from 200 to 299: ten times over three days, with pauses that grow. It may come twice, with ' +
    'the same `webhook-id`.',
  middleware,
  request: { body: jsonBody(createWebhookSchema) },
  responses: { 201: json(createdWebhookSchema, 'The webhook.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/webhooks',
  tags,
  summary: 'List webhooks',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(webhookSchema), 'A page of webhooks.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/webhooks/{id}',
  tags,
  summary: 'Read a webhook',
  middleware,
  request: { params: idParams },
  responses: { 200: json(webhookSchema, 'The webhook.'), default: problem },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/webhooks/{id}',
  tags,
  summary: 'Delete a webhook, what waits for it, and its history',
  middleware,
  request: { params: idParams },
  responses: { 204: { description: 'Nothing more is sent.' }, default: problem },
})

const deliveries = createRoute({
  method: 'get',
  path: '/v1/webhooks/{id}/deliveries',
  tags,
  summary: 'List what was sent to a webhook, the newest first, with each attempt',
  middleware,
  request: { params: idParams, query: pageQuerySchema.extend({ after: number.optional() }) },
  responses: { 200: json(pageOf(webhookDeliverySchema), 'A page of deliveries.'), default: problem },
})

const again = createRoute({
  method: 'post',
  path: '/v1/webhooks/{id}/deliveries/{delivery}/resend',
  tags,
  summary: 'Send an event once more, now',
  middleware,
  request: { params: idParams.extend({ delivery: number }) },
  responses: { 202: json(webhookDeliverySchema, 'The delivery, waiting.'), default: problem },
})

export function registerWebhooks(app: Api, { db }: Context): void {
  app.openapi(create, async (c) =>
    c.json(await createWebhook(db, c.var.key.project, c.req.valid('json')), 201),
  )

  app.openapi(list, async (c) => {
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listWebhooks(db, c.var.key.project, after, count),
      ({ id }) => id,
    )
    return c.json(page, 200)
  })

  app.openapi(read, async (c) =>
    c.json(await findWebhook(db, c.var.key.project, c.req.valid('param').id), 200),
  )

  app.openapi(remove, async (c) => {
    await deleteWebhook(db, c.var.key.project, c.req.valid('param').id)
    return c.body(null, 204)
  })

  app.openapi(deliveries, async (c) => {
    const { id } = c.req.valid('param')
    const page = await readPage(
      c.req.valid('query'),
      (after, count) =>
        listDeliveries(db, c.var.key.project, id, after === undefined ? undefined : Number(after), count),
      (delivery) => delivery.id,
    )
    return c.json(page, 200)
  })

  app.openapi(again, async (c) => {
    const { id, delivery } = c.req.valid('param')
    return c.json(await resend(db, c.var.key.project, id, Number(delivery)), 202)
  })
}
