// Data sets: made by name, filled by archives, read by version and file.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { requireName } from '@graft/core/names'
import { pageOf } from '@graft/core/wire/common'
import {
  datasetFileSchema,
  datasetSchema,
  datasetVersionSchema,
  FILE_STATUSES,
  importSchema,
  patchDatasetVersionSchema,
  pushFolderSchema,
  SPLITS,
} from '@graft/core/wire/datasets'
import { datasets } from '@graft/db/schema'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { ARCHIVE_MEDIA_TYPES, uploadArchive } from '../datasets/archive-upload.ts'
import {
  findDataset,
  findVersion,
  listDatasets,
  listFiles,
  listVersions,
  tagVersion,
  toDataset,
  toFile,
} from '../datasets/dataset-versions.ts'
import { pushFolder } from '../datasets/folder-push.ts'
import { importBucket } from '../datasets/import-bucket.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const nameParams = z.object({ name: z.string() })
const versionParams = nameParams.extend({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
})
/** Versions and files are numbered, and a page goes on after a number. */
const numberedQuery = pageQuerySchema.extend({
  after: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
})
const tags = ['datasets']
const middleware = requires('data')

const create = createRoute({
  method: 'post',
  path: '/v1/datasets',
  tags,
  summary: 'Make a data set without a version',
  middleware,
  request: { body: jsonBody(z.strictObject({ name: z.string() })) },
  responses: { 201: json(datasetSchema, 'The data set.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/datasets',
  tags,
  summary: 'List data sets, the newest first',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(datasetSchema), 'A page of data sets.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}',
  tags,
  summary: 'Read a data set with its newest version',
  middleware,
  request: { params: nameParams },
  responses: { 200: json(datasetSchema, 'The data set.'), default: problem },
})

const archiveBody = { schema: { type: 'string', format: 'binary' } } as const

const upload = createRoute({
  method: 'put',
  path: '/v1/datasets/{name}/archive',
  tags,
  summary: 'Upload a zip, tar, tar.gz or tar.zst of [split/]label/image as the next version',
  description:
    'The data set is made when it is missing. The version is ingested after the answer. An archive with the same ' +
    'bytes as the newest version answers that version.',
  middleware,
  request: {
    params: nameParams,
    body: {
      required: true,
      content: Object.fromEntries(ARCHIVE_MEDIA_TYPES.map((type) => [type, archiveBody])),
    },
  },
  responses: { 202: json(datasetVersionSchema, 'The version, being ingested.'), default: problem },
})

const push = createRoute({
  method: 'post',
  path: '/v1/datasets/{name}/versions',
  tags,
  summary: 'Make the next version of files whose bytes have been uploaded as blobs',
  description:
    'The data set is made when it is missing, and the version is ingested after the answer, as one of an archive is. ' +
    'The same paths and hashes as the newest version answer that version.',
  middleware,
  request: { params: nameParams, body: jsonBody(pushFolderSchema) },
  responses: { 202: json(datasetVersionSchema, 'The version, being ingested.'), default: problem },
})

const importing = createRoute({
  method: 'post',
  path: '/v1/datasets/{name}/imports',
  tags,
  summary: 'Make the next version of what lies below a prefix of an S3 bucket',
  description:
    'Only below what the operator allows by GRAFT_IMPORT_BUCKETS. The data set is made when it is missing, and the ' +
    'objects are read after the answer. The same objects as the newest version answer that version.',
  middleware,
  request: { params: nameParams, body: jsonBody(importSchema) },
  responses: { 202: json(datasetVersionSchema, 'The version, being ingested.'), default: problem },
})

const versions = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions',
  tags,
  summary: 'List the versions of a data set, the newest first',
  middleware,
  request: {
    params: nameParams,
    query: numberedQuery.extend({
      tag: z.string().max(63).optional().openapi({ description: 'Only versions with this tag.' }),
    }),
  },
  responses: { 200: json(pageOf(datasetVersionSchema), 'A page of versions.'), default: problem },
})

const version = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}',
  tags,
  summary: 'Read a version: its state, labels and counts',
  middleware,
  request: { params: versionParams },
  responses: { 200: json(datasetVersionSchema, 'The version.'), default: problem },
})

const tag = createRoute({
  method: 'patch',
  path: '/v1/datasets/{name}/versions/{version}',
  tags,
  summary: 'Tag a version',
  description: 'The tags replace those that are there. What is in the version never changes.',
  middleware,
  request: { params: versionParams, body: jsonBody(patchDatasetVersionSchema) },
  responses: { 200: json(datasetVersionSchema, 'The version as it is now.'), default: problem },
})

const files = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/versions/{version}/files',
  tags,
  summary: 'List the files of a version in the order of its archive, each with its verdict',
  middleware,
  request: {
    params: versionParams,
    query: numberedQuery.extend({
      status: z.enum(FILE_STATUSES).optional(),
      label: z.string().optional(),
      split: z.enum(SPLITS).optional(),
    }),
  },
  responses: { 200: json(pageOf(datasetFileSchema), 'A page of files.'), default: problem },
})

export function registerDatasets(app: Api, context: Context): void {
  const { db } = context

  app.openapi(create, async (c) => {
    const name = requireName(c.req.valid('json').name, 'data set')
    const [row] = await db
      .insert(datasets)
      .values({ id: newId('ds'), project: c.var.key.project, name })
      .onConflictDoNothing()
      .returning()
    if (row === undefined)
      throw new GraftError('already_exists', `There is a data set ${JSON.stringify(name)}.`)
    return c.json(toDataset(row, null), 201)
  })

  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const page = await readPage(
      query,
      (after, count) => listDatasets(db, c.var.key.project, after, count),
      ({ id }) => id,
    )
    return c.json(page, 200)
  })

  app.openapi(read, async (c) =>
    c.json(await findDataset(db, c.var.key.project, c.req.valid('param').name), 200),
  )

  app.openapi(upload, async (c) => {
    return c.json(await uploadArchive(context, c.var.key.project, c.req.valid('param').name, c.req.raw), 202)
  })

  app.openapi(push, async (c) => {
    return c.json(
      await pushFolder(context, c.var.key.project, c.req.valid('param').name, c.req.valid('json').files),
      202,
    )
  })

  app.openapi(importing, async (c) => {
    return c.json(
      await importBucket(context, c.var.key.project, c.req.valid('param').name, c.req.valid('json').source),
      202,
    )
  })

  app.openapi(versions, async (c) => {
    const { name } = c.req.valid('param')
    const query = c.req.valid('query')
    const page = await readPage(
      query,
      (after, count) => listVersions(db, c.var.key.project, name, query.tag, numberOf(after), count),
      ({ version }) => String(version),
    )
    return c.json(page, 200)
  })

  app.openapi(version, async (c) => {
    const { name, version } = c.req.valid('param')
    return c.json(await findVersion(db, c.var.key.project, name, version), 200)
  })

  app.openapi(tag, async (c) => {
    const { name, version } = c.req.valid('param')
    return c.json(await tagVersion(db, c.var.key.project, name, version, c.req.valid('json').tags), 200)
  })

  app.openapi(files, async (c) => {
    const { name, version } = c.req.valid('param')
    const query = c.req.valid('query')
    const page = await readPage(
      query,
      (after, count) => listFiles(db, c.var.key.project, name, version, query, numberOf(after), count),
      ({ position }) => String(position),
    )
    return c.json({ ...page, data: page.data.map(toFile) }, 200)
  })
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
