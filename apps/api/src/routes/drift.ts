// Drift: what an endpoint answers now, beside what its model answered when it was measured.
import { driftSchema } from '@graft/core/wire/drift'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { readDrift, readSince } from '../endpoints/read-drift.ts'
import { json, problem } from '../openapi.ts'

const read = createRoute({
  method: 'get',
  path: '/v1/endpoints/{name}/drift',
  tags: ['endpoints'],
  summary: 'Compare the answers of an endpoint with those for the test split of its models',
  description:
    'Histograms of confidences and of first labels, counted by the hour without any image, and the population ' +
    'stability index of each against the answers in the report of the model. Below 100 predictions it judges nothing. ' +
    'Other processes of the platform add their counts every five seconds.',
  middleware: requires('predict', 'deploy'),
  request: {
    params: z.object({ name: z.string() }),
    query: z.object({
      since: z.iso
        .datetime({ offset: true })
        .optional()
        .openapi({ description: 'RFC 3339; a day ago without it.' }),
    }),
  },
  responses: { 200: json(driftSchema, 'For each version that has answered since.'), default: problem },
})

export function registerDrift(app: Api, context: Context): void {
  app.openapi(read, async (c) => {
    const since = readSince(c.req.valid('query').since)
    return c.json(await readDrift(context, c.var.key.project, c.req.valid('param').name, since), 200)
  })
}
