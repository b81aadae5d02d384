// What an endpoint learns from its use: feedback, the images that are kept, and the data set made of them.

import { pageOf } from '@graft/core/wire/common'
import {
  captureRecordSchema,
  feedbackSchema,
  pulledFeedbackSchema,
  pullFeedbackSchema,
} from '@graft/core/wire/feedback'
import { deleteCapture, listCaptures } from '@graft/db/captures'
import { createRoute, z } from '@hono/zod-openapi'
import { cloneRawRequest } from 'hono/request'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { notKept, placeOf, readCaptureImage, readPlace, toCapture } from '../endpoints/find-captures.ts'
import { findEndpoint } from '../endpoints/find-endpoint.ts'
import { pullFeedback } from '../endpoints/pull-feedback.ts'
import { readFeedback } from '../endpoints/read-feedback.ts'
import { takeFeedback } from '../endpoints/take-feedback.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const tags = ['endpoints']
const nameParams = z.object({ name: z.string() })
const captureParams = nameParams.extend({ id: z.string() })
const middleware = requires('data')
const binary = { type: 'string', format: 'binary' } as const

const feedbackJson = z.toJSONSchema(feedbackSchema) as { properties: object }
const feedback = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/feedback',
  tags,
  summary: 'Tell the right label of a prediction',
  description:
    'The last word stands. Where the image was not kept it has to come along, as base64 or as the file of a form. The ' +
    'label may be one that the model does not know.',
  middleware: requires('predict'),
  request: {
    params: nameParams,
    body: {
      required: true,
      // Read by hand: a form is never held whole but for its image.
      content: {
        'application/json': { schema: feedbackJson as object },
        'multipart/form-data': {
          schema: { ...feedbackJson, properties: { ...feedbackJson.properties, image: binary } } as object,
        },
      },
    },
  },
  responses: { 200: json(captureRecordSchema, 'What is kept of the prediction.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/endpoints/{name}/captures',
  tags,
  summary: 'List the images that are kept, the newest or the least sure first',
  middleware,
  request: {
    params: nameParams,
    query: pageQuerySchema.extend({
      order: z.enum(['newest', 'uncertainty']).default('newest').openapi({
        description: '`uncertainty`: those that are most worth a label come first.',
      }),
      labelled: z
        .enum(['true', 'false'])
        .optional()
        .openapi({ description: 'Only those that have, or have not, got feedback.' }),
    }),
  },
  responses: { 200: json(pageOf(captureRecordSchema), 'A page of kept images.'), default: problem },
})

const image = createRoute({
  method: 'get',
  path: '/v1/endpoints/{name}/captures/{id}/image',
  tags,
  summary: 'Read a kept image: the bytes as they came',
  middleware,
  request: { params: captureParams },
  responses: {
    200: { description: 'The image.', content: { 'image/*': { schema: binary } } },
    default: problem,
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/endpoints/{name}/captures/{id}',
  tags,
  summary: 'Keep an image no longer',
  description: 'Its bytes go with the hourly collection, unless a data set has them.',
  middleware,
  request: { params: captureParams },
  responses: { 204: { description: 'It is not kept any more.' }, default: problem },
})

const pull = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/feedback/pull',
  tags,
  summary: 'Make a data set version of all kept images that have a label',
  description:
    'The newest version that is ready, with the labelled images in its training split, becomes the next one; images ' +
    'that it has already get the label of the feedback. A data set that is missing is made of them alone.',
  middleware,
  request: { params: nameParams, body: jsonBody(pullFeedbackSchema) },
  responses: { 202: json(pulledFeedbackSchema, 'The version, and what is new in it.'), default: problem },
})

export function registerCaptures(app: Api, context: Context): void {
  const { db, serving } = context

  app.openapi(feedback, async (c) => {
    const visit = serving.admission.enterToBring()
    try {
      // For an Idempotency-Key the body was read already, and is kept; a form is not, and never held whole.
      const request = c.req.raw.bodyUsed ? await cloneRawRequest(c.req) : c.req.raw
      const read = await readFeedback(request, visit.hold)
      return c.json(await takeFeedback(context, c.var.key.project, c.req.valid('param').name, read), 200)
    } finally {
      visit.leave()
    }
  })

  app.openapi(list, async (c) => {
    const { name } = c.req.valid('param')
    const { order, labelled, ...query } = c.req.valid('query')
    const { id: endpointId } = await findEndpoint(db, c.var.key.project, name)
    const byUncertainty = order === 'uncertainty'
    const filter = { endpointId, byUncertainty, labelled: labelled && labelled === 'true' }
    const page = await readPage(
      query,
      (after, count) => {
        const place = after === undefined ? undefined : byUncertainty ? readPlace(after) : { id: after }
        return listCaptures(db, { ...filter, after: place }, count)
      },
      (row) => (byUncertainty ? placeOf(row) : row.id),
    )
    return c.json({ ...page, data: page.data.map((row) => toCapture(name, row)) }, 200)
  })

  app.openapi(image, async (c) => {
    const { name, id } = c.req.valid('param')
    const { type, bytes } = await readCaptureImage(context, c.var.key.project, name, id)
    return c.body(new Uint8Array(bytes), 200, { 'content-type': type, 'cache-control': 'private, no-store' })
  })

  app.openapi(remove, async (c) => {
    const { name, id } = c.req.valid('param')
    const { id: endpointId } = await findEndpoint(db, c.var.key.project, name)
    if (!(await deleteCapture(db, endpointId, id))) throw notKept(id)
    return c.body(null, 204)
  })

  app.openapi(pull, async (c) => {
    const { name } = c.req.valid('param')
    return c.json(await pullFeedback(context, c.var.key.project, name, c.req.valid('json').dataset), 202)
  })
}
