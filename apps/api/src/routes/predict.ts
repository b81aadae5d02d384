// Predictions: an endpoint's answer to one image or several.
import { isGraftError } from '@graft/core/errors'
import { predictionSchema, problemSchema } from '@graft/core/wire'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, problem } from '../openapi.ts'
import { toProblem } from '../problem.ts'
import { predict } from '../serving/predict.ts'
import { imagesJsonSchema, readImages } from '../serving/read-images.ts'
import { askHeadersSchema, takeRequest } from '../serving/take-request.ts'

const binary = { schema: { type: 'string', format: 'binary' } } as const

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
    headers: askHeadersSchema,
    query: z.object({
      top_k: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .openapi({ description: 'Labels of each answer; all without it.' }),
    }),
    body: {
      required: true,
      content: {
        'image/*': binary,
        'application/octet-stream': binary,
        'multipart/form-data': { schema: { type: 'object', additionalProperties: binary.schema } },
        'application/json': { schema: z.toJSONSchema(imagesJsonSchema) as object },
      },
    },
  },
  responses: {
    200: json(
      z.union([predictionSchema, z.object({ data: z.array(z.union([predictionSchema, problemSchema])) })]),
      'The answer.',
    ),
    default: problem,
  },
})

export function registerPredict(app: Api, { serving }: Context): void {
  app.openapi(ask, async (c) => {
    const { name } = c.req.valid('param')
    const { top_k: topK } = c.req.valid('query')
    const request = c.req.raw
    const { single, answers } = await takeRequest(
      serving,
      name,
      request,
      c.req.valid('header'),
      async (taken) => {
        const { images, single } = await readImages(request, taken.visit.hold)
        taken.visit.join(images.length)
        return { single, answers: await predict(serving, { ...taken, images }, topK) }
      },
    )
    const [first] = answers
    if (single && first !== undefined) {
      if (isGraftError(first)) throw first
      return c.json(first, 200)
    }
    return c.json({ data: answers.map((answer) => (isGraftError(answer) ? toProblem(answer) : answer)) }, 200)
  })
}
