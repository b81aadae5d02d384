// Predictions: an endpoint's answer to one image or several.
import { availableParallelism } from 'node:os'
import { GraftError, isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { parseReference } from '@graft/core/names'
import { predictionSchema, problemSchema } from '@graft/core/wire'
import { trafficAt } from '@graft/db/endpoints'
import { resolveVersion } from '@graft/db/models'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, problem } from '../openapi.ts'
import { toProblem } from '../problem.ts'
import { createGate } from '../serving/gate.ts'
import { loadModel } from '../serving/load-model.ts'
import { createModelCache } from '../serving/model-cache.ts'
import { type Predictor, predict } from '../serving/predict.ts'
import { imagesJsonSchema, readImages } from '../serving/read-images.ts'

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

export function registerPredict(app: Api, { db, store, stopping }: Context): void {
  const models = createModelCache(async (reference) => {
    const version = await resolveVersion(db, parseReference(reference, 'model'))
    if (version === undefined) throw new GraftError('not_found', `There is no model ${reference}.`)
    return await loadModel(store, reference, version)
  })
  stopping.addEventListener('abort', () => void models.close(), { once: true })
  const predictor: Predictor = { models, decoding: createGate(availableParallelism()) }
  /** Bodies are held in memory: past this many at once a request is refused before its body is read. */
  const admission = createGate(limit('predictRequests'), 0)

  app.openapi(ask, async (c) => {
    const { name } = c.req.valid('param')
    const endpoint = await trafficAt(db, name)
    if (endpoint === undefined)
      throw new GraftError('not_found', `There is no endpoint ${JSON.stringify(name)}.`)
    const { value } = await admission(async () => {
      const { images, single } = await readImages(c.req.raw)
      return { single, answers: await predict(predictor, endpoint, images, c.req.valid('query').top_k) }
    })
    const { single, answers } = value
    const [first] = answers
    if (single && first !== undefined) {
      if (isGraftError(first)) throw first
      return c.json(first, 200)
    }
    return c.json({ data: answers.map((answer) => (isGraftError(answer) ? toProblem(answer) : answer)) }, 200)
  })
}
