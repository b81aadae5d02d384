// What the registry tells of versions beside each other, and a version's card.

import { pageOf } from '@graft/core/wire/common'
import { SPLITS } from '@graft/core/wire/datasets'
import { comparisonSchema, jobLineageSchema, modelLineageSchema } from '@graft/core/wire/registry'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { compareVersions } from '../models/compare-versions.ts'
import { EXPORT_FORMATS, zipModel } from '../models/export-zip.ts'
import { findVersion, toModelVersion } from '../models/find-models.ts'
import { lineageOfDataset, lineageOfModel } from '../models/lineage.ts'
import { renderCard } from '../models/model-card.ts'
import { findReport } from '../models/read-report.ts'
import { json, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import { webStream } from '../web-stream.ts'

const reference = z.string().openapi({ description: '`name`, `name@3` or `name@champion`' })
const tags = ['models']
const middleware = requires('train', 'deploy')

const compare = createRoute({
  method: 'get',
  path: '/v1/models/{reference}/compare/{other}',
  tags,
  summary: 'Compare two versions on the images that both were measured on',
  description:
    'Metrics and confusions of both, a test of whether their difference may be chance, and the images with two answers.',
  middleware,
  request: {
    params: z.object({ reference, other: reference }),
    query: z.object({ split: z.enum(SPLITS).default('test') }),
  },
  responses: { 200: json(comparisonSchema, 'The comparison.'), default: problem },
})

const lineage = createRoute({
  method: 'get',
  path: '/v1/models/{reference}/lineage',
  tags,
  summary: 'Where a version comes from, and which endpoints serve it',
  middleware,
  request: { params: z.object({ reference }) },
  responses: { 200: json(modelLineageSchema, 'The lineage.'), default: problem },
})

const offspring = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}/lineage',
  tags: ['datasets'],
  summary:
    'List the jobs on a data set version, the newest first, with the models and endpoints that came of them',
  middleware,
  request: {
    params: z.object({ name: z.string(), version: z.coerce.number().int().min(1).max(999_999_999) }),
    query: pageQuerySchema,
  },
  responses: { 200: json(pageOf(jobLineageSchema), 'A page of jobs.'), default: problem },
})

const card = createRoute({
  method: 'get',
  path: '/v1/models/{reference}/card',
  tags,
  summary: "Read a version's card as Markdown: data, recipe, metrics, calibration, limits",
  description: 'As JSON it is the file `card.json` of the version.',
  middleware,
  request: { params: z.object({ reference }) },
  responses: {
    200: { description: 'The card.', content: { 'text/markdown': { schema: z.string() } } },
    default: problem,
  },
})

const exported = createRoute({
  method: 'get',
  path: '/v1/models/{reference}/export.zip',
  tags,
  summary: 'Download a version with examples that run it without Graft',
  description:
    'A folder with the network as ONNX and as safetensors, labels, preprocessing, the card, and a program in Python and ' +
    'in TypeScript that classifies images with it. With `format=tfjs` the network is a graph model of TensorFlow.js ' +
    'instead, beside a page that classifies images in a browser.',
  middleware,
  request: {
    params: z.object({ reference }),
    query: z.object({ format: z.enum(EXPORT_FORMATS).default('onnx') }),
  },
  responses: {
    200: {
      description: 'The zip.',
      content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
    },
    default: problem,
  },
})

export function registerRegistry(app: Api, { db, store }: Context): void {
  app.openapi(compare, async (c) => {
    const { reference, other } = c.req.valid('param')
    const pair = [
      await findVersion(db, c.var.key.project, reference),
      await findVersion(db, c.var.key.project, other),
    ] as const
    return c.json(await compareVersions(store, pair, c.req.valid('query').split), 200)
  })

  app.openapi(lineage, async (c) =>
    c.json(await lineageOfModel(db, c.var.key.project, c.req.valid('param').reference), 200),
  )

  app.openapi(offspring, async (c) => {
    const { name, version: number } = c.req.valid('param')
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => lineageOfDataset(db, c.var.key.project, { name, number }, after, count),
      ({ job }) => job,
    )
    return c.json(page, 200)
  })

  app.openapi(card, async (c) => {
    const version = await findVersion(db, c.var.key.project, c.req.valid('param').reference)
    const report = await findReport(store, version)
    const headers = { 'content-type': 'text/markdown; charset=utf-8' }
    return c.body(renderCard(toModelVersion(version), report), 200, headers)
  })

  app.openapi(exported, async (c) => {
    const version = await findVersion(db, c.var.key.project, c.req.valid('param').reference)
    const { format } = c.req.valid('query')
    const suffix = format === 'onnx' ? '' : `-${format}`
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${version.name}-${version.number}${suffix}.zip"`,
    }
    // Nobody would close the files of a body that is not sent.
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    return c.body(webStream(await zipModel(store, version, format)), 200, headers)
  })
}
