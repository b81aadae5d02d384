// What is in a version of a data set: its images, all of them as a zip, and what changed since another version.
import { pageOf } from '@graft/core/wire/common'
import {
  datasetVersionSchema,
  editVersionSchema,
  sha256Schema,
  versionChangeSchema,
  versionStatisticsSchema,
} from '@graft/core/wire/datasets'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { deleteVersion } from '../datasets/delete-version.ts'
import { countChanges, listChanges } from '../datasets/diff-versions.ts'
import { editVersion } from '../datasets/edit-version.ts'
import { readImage, readThumbnail, zipVersion } from '../datasets/version-images.ts'
import { readStatistics } from '../datasets/version-statistics.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import { webStream } from '../web-stream.ts'

const number = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1)
const versionParams = z.object({ name: z.string(), version: number })
const imageParams = versionParams.extend({ sha256: sha256Schema })
const tags = ['datasets']
const middleware = requires('data')
const binary = { schema: { type: 'string', format: 'binary' } as const }
/** What is named by its hash never changes. */
/** Another key, or project, may mean another image by the same address. */
const VARY = 'authorization, graft-project'
const FOREVER = 'private, max-age=31536000, immutable'

const image = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}/files/{sha256}',
  tags,
  summary: 'Read an image of a version: the bytes as they were uploaded',
  middleware,
  request: { params: imageParams },
  responses: { 200: { description: 'The image.', content: { 'image/*': binary } }, default: problem },
})

const thumbnail = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}/files/{sha256}/thumbnail',
  tags,
  summary: 'Read a thumbnail of an image: WebP, 256 pixels at most',
  middleware,
  request: { params: imageParams },
  responses: { 200: { description: 'The thumbnail.', content: { 'image/webp': binary } }, default: problem },
})

const statistics = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}/statistics',
  tags,
  summary: 'Read counts, sizes, shapes and imbalance of the images of a version',
  middleware,
  request: { params: versionParams },
  responses: { 200: json(versionStatisticsSchema, 'The statistics.'), default: problem },
})

const download = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}/archive',
  tags,
  summary: 'Download a version as a zip of split/label/image',
  middleware,
  request: { params: versionParams },
  responses: { 200: { description: 'The zip.', content: { 'application/zip': binary } }, default: problem },
})

const diff = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}/diff/{other}',
  tags,
  summary: 'List what has changed from a version to another one',
  middleware,
  request: { params: versionParams.extend({ other: number }), query: pageQuerySchema },
  responses: {
    200: json(
      pageOf(versionChangeSchema).extend({ counts: z.record(z.string(), z.int()) }),
      'A page of changes, and the counts of all.',
    ),
    default: problem,
  },
})

const edit = createRoute({
  method: 'post',
  path: '/v1/datasets/{name}/versions/{version}/edits',
  tags,
  summary: 'Make the next version: this one with images relabelled, moved to another split, or left out',
  description: 'The version itself never changes. No byte travels, and no image is decoded again.',
  middleware,
  request: { params: versionParams, body: jsonBody(editVersionSchema) },
  responses: { 202: json(datasetVersionSchema, 'The next version, being ingested.'), default: problem },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/datasets/{name}/versions/{version}',
  tags,
  summary: 'Delete a version of which no job was made',
  middleware,
  request: { params: versionParams },
  responses: { 204: { description: 'It is gone, and its number is not given again.' }, default: problem },
})

export function registerDatasetFiles(app: Api, context: Context): void {
  const { db } = context

  app.openapi(image, async (c) => {
    const { name, version, sha256 } = c.req.valid('param')
    const { type, bytes } = await readImage(context, c.var.key.project, name, version, sha256)
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': type,
      'cache-control': FOREVER,
      vary: VARY,
      etag: `"${sha256}"`,
    })
  })

  app.openapi(thumbnail, async (c) => {
    const { name, version, sha256 } = c.req.valid('param')
    const bytes = await readThumbnail(context, c.var.key.project, name, version, sha256)
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': 'image/webp',
      'cache-control': FOREVER,
      vary: VARY,
    })
  })

  app.openapi(statistics, async (c) => {
    const { name, version } = c.req.valid('param')
    return c.json(await readStatistics(db, c.var.key.project, name, version), 200)
  })

  app.openapi(download, async (c) => {
    const { name, version } = c.req.valid('param')
    const zip = await zipVersion(context, c.var.key.project, name, version)
    return c.body(webStream(zip), 200, {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${name}-${version}.zip"`,
    })
  })

  app.openapi(diff, async (c) => {
    const { name, version, other } = c.req.valid('param')
    const pair = { project: c.var.key.project, name, from: version, to: other }
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listChanges(db, pair, after, count),
      ({ sha256 }) => sha256,
    )
    return c.json({ ...page, counts: await countChanges(db, pair) }, 200)
  })

  app.openapi(edit, async (c) => {
    const { name, version } = c.req.valid('param')
    return c.json(
      await editVersion(context, c.var.key.project, name, version, c.req.valid('json').edits),
      202,
    )
  })

  app.openapi(remove, async (c) => {
    const { name, version } = c.req.valid('param')
    await deleteVersion(context, c.var.key.project, name, version)
    return c.body(null, 204)
  })
}
