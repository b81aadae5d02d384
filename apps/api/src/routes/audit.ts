// The audit log, read.
import { pageOf } from '@graft/core/wire/common'
import { auditEntrySchema } from '@graft/core/wire/keys'
import { createRoute, z } from '@hono/zod-openapi'
import { listAudit } from '../audit/audit-log.ts'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/audit',
  tags: ['operations'],
  summary: 'List the changes that were asked for, the newest first: who, what, when, and the status',
  middleware: requires('admin'),
  request: {
    query: pageQuerySchema.extend({
      after: z
        .string()
        .regex(/^\d{1,15}$/)
        .optional(),
      key: z.string().optional().openapi({ description: 'Only those of the API key with this id.' }),
      resource: z.string().optional().openapi({ description: 'Only those whose answer had this id.' }),
    }),
  },
  responses: { 200: json(pageOf(auditEntrySchema), 'A page of entries.'), default: problem },
})

export function registerAudit(app: Api, { db }: Context): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const page = await readPage(
      query,
      (after, count) =>
        listAudit(db, c.var.key.project, query, after === undefined ? undefined : Number(after), count),
      ({ id }) => id,
    )
    return c.json(page, 200)
  })
}
