// Embeddings: what an endpoint's trunk makes of one image or several, for search and for finding near duplicates.
import { embeddingSchema } from '@graft/core/wire/predictions'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { problem } from '../openapi.ts'
import { embed } from '../serving/embed.ts'
import { answerImages, takenHeadersSchema } from '../serving/take-request.ts'
import { imagesBody, manyOrOne, routingQuerySchema, toAnswer, withRouting } from './images.ts'

const ask = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/embed',
  tags: ['endpoints'],
  summary: "The network's 512 features of an image, or of several",
  description:
    'Takes what `predict` takes. Images that look alike to the network have features of a high cosine; those of two ' +
    'model versions cannot be compared.',
  middleware: requires('predict'),
  request: {
    params: z.object({ name: z.string() }),
    headers: takenHeadersSchema,
    query: routingQuerySchema,
    body: imagesBody,
  },
  responses: { 200: manyOrOne(embeddingSchema), default: problem },
})

export function registerEmbed(app: Api, { serving }: Context): void {
  app.openapi(ask, async (c) => {
    const { single, answers } = await answerImages(
      serving,
      c.var.key.project,
      c.req.valid('param').name,
      c.req.raw,
      withRouting(c.req.valid('header'), c.req.valid('query')),
      (endpoint, question) => embed(serving, endpoint, question),
    )
    return c.json(toAnswer(single, answers), 200)
  })
}
