// Predictions: an endpoint's answer to one image or several.
import { predictionSchema } from '@graft/core/wire/predictions'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { problem } from '../openapi.ts'
import { predict } from '../serving/predict.ts'
import { answerImages, takenHeadersSchema } from '../serving/take-request.ts'
import { imagesBody, manyOrOne, routingQuerySchema, toAnswer, withRouting } from './images.ts'

const ask = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/predict',
  tags: ['endpoints'],
  summary: 'Classify an image, or several',
  description:
    'An image as the body, or {"image": BASE64}, is answered by a prediction. Several in a multipart form, or ' +
    '{"images": [BASE64, ...]}, are answered by {"data": [...]}: a prediction or a problem for each, in order.',
  middleware: requires('predict'),
  request: {
    params: z.object({ name: z.string() }),
    headers: takenHeadersSchema,
    query: routingQuerySchema.extend({
      top_k: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .openapi({ description: 'Labels of each answer; all without it.' }),
      explain: z.literal('cam').optional().openapi({
        description: 'Adds the class activation map of the first label, as a grid and a picture.',
      }),
    }),
    body: imagesBody,
  },
  responses: { 200: manyOrOne(predictionSchema), default: problem },
})

export function registerPredict(app: Api, { serving }: Context): void {
  app.openapi(ask, async (c) => {
    const { top_k: topK, explain } = c.req.valid('query')
    const { single, answers } = await answerImages(
      serving,
      c.var.key.project,
      c.req.valid('param').name,
      c.req.raw,
      withRouting(c.req.valid('header'), c.req.valid('query')),
      (endpoint, question) => predict(serving, endpoint, question, { topK, explain }),
    )
    return c.json(toAnswer(single, answers), 200)
  })
}
