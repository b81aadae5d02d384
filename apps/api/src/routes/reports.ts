// The report of a model version: as JSON, or as a page for people.
import { reportSchema } from '@graft/core/wire/report'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { findVersion } from '../models/find-models.ts'
import { readReport, readThumbnails } from '../models/read-report.ts'
import { renderReport } from '../models/report-page.ts'
import { problem } from '../openapi.ts'

const report = createRoute({
  method: 'get',
  path: '/v1/models/{reference}/report',
  tags: ['models'],
  summary: "Read a version's report: curves, confusion, rates by label, calibration, worst mistakes",
  description: 'With `format=html`, or `Accept: text/html`, one page that needs nothing else.',
  middleware: requires('train', 'deploy'),
  request: {
    params: z.object({
      reference: z.string().openapi({ description: '`name`, `name@3` or `name@champion`' }),
    }),
    query: z.object({ format: z.enum(['json', 'html']).optional() }),
  },
  responses: {
    200: {
      description: 'The report.',
      content: { 'application/json': { schema: reportSchema }, 'text/html': { schema: z.string() } },
    },
    default: problem,
  },
})

/** All that the page has is in it. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

export function registerReports(app: Api, { db, store }: Context): void {
  app.openapi(report, async (c) => {
    const version = await findVersion(db, c.var.key.project, c.req.valid('param').reference)
    const found = await readReport(store, version)
    const accepted = c.req.header('accept')?.includes('text/html') ? 'html' : 'json'
    if ((c.req.valid('query').format ?? accepted) === 'json') return c.json(found, 200)
    const reference = `${version.name}@${version.number}`
    const thumbnails = await readThumbnails(store, found)
    const page = await renderReport({ reference, report: found, thumbnails })
    return c.html(page, 200, { 'content-security-policy': POLICY })
  })
}
