// Usage by day and key, and the numbers that Prometheus reads.
import { GraftError } from '@graft/core/errors'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { pageOf } from '@graft/core/wire/common'
import { usageDaySchema } from '@graft/core/wire/keys'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import { isPlace, listUsage, placeOf } from '../usage/find-usage.ts'
import type { Metrics } from '../usage/metrics.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/usage',
  tags: ['operations'],
  summary: 'List what each API key has asked for, by day (UTC), the newest first',
  description: 'Other processes of the platform add their counts every ten seconds.',
  middleware: requires('admin'),
  request: {
    query: pageQuerySchema.extend({
      after: z.string().max(200).refine(isPlace, 'it is no `last_id` of such a page').optional(),
      from: z.iso.date().optional().openapi({ description: 'First day.' }),
      to: z.iso.date().optional().openapi({ description: 'Last day.' }),
      key: z.string().optional().openapi({ description: 'Only the API key with this id.' }),
    }),
  },
  responses: { 200: json(pageOf(usageDaySchema), 'A page of days.'), default: problem },
})

const scrape = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['operations'],
  summary: "Requests, queues and the process, in Prometheus's text format",
  description: 'They are of the whole platform, so only keys of the project `default` read them.',
  middleware: requires('metrics'),
  responses: {
    200: { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } },
    default: problem,
  },
})

export function registerUsage(app: Api, { db, usage }: Context, metrics: Metrics): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    await usage.flush()
    const page = await readPage(
      query,
      (after, count) => listUsage(db, c.var.key.project, query, after, count),
      placeOf,
    )
    return c.json(page, 200)
  })

  app.openapi(scrape, async (c) => {
    if (c.var.key.project !== DEFAULT_PROJECT) {
      throw new GraftError('forbidden', 'The metrics are those of the platform: keys of `default` read them.')
    }
    return c.text(await metrics.render(), 200, { 'content-type': metrics.contentType })
  })
}
