// Bulk predictions: an endpoint asked about all images of a data set version or of an archive, as a job.
import { GraftError } from '@graft/core/errors'
import { batchSchema, createBatchSchema } from '@graft/core/wire/batches'
import { pageOf } from '@graft/core/wire/common'
import { cancelBatch, listBatches } from '@graft/db/batches'
import { createRoute, z } from '@hono/zod-openapi'
import { requireScope, requires } from '../auth.ts'
import {
  createBatch,
  ownerSeenBy,
  prepareArchiveBatch,
  readBatch,
  registerBatch,
  requireBatch,
  toBatch,
} from '../bulk/create-batch.ts'
import type { Api, Context } from '../context.ts'
import { ARCHIVE_MEDIA_TYPES } from '../datasets/archive-upload.ts'
import { isJson } from '../is-json.ts'
import { json, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import { webStream } from '../web-stream.ts'

const tags = ['endpoints']
const middleware = requires('predict')
const idParams = z.object({ id: z.string() })

const archiveBody = { schema: { type: 'string', format: 'binary' } } as const
const bodies = {
  'application/json': { schema: createBatchSchema },
  ...Object.fromEntries(ARCHIVE_MEDIA_TYPES.map((type) => [type, archiveBody])),
}

const create = createRoute({
  method: 'post',
  path: '/v1/endpoints/{name}/batch',
  tags,
  summary: 'Classify all images of a data set version, or of a zip, tar, tar.gz or tar.zst',
  description:
    'Answers at once; the work goes on below that of callers who wait. The endpoint answers as it is now, whatever is ' +
    'changed meanwhile. For a data set version it needs a key with the scope "data" as well: the results name its ' +
    'images. An archive is the body itself; its files are asked about and deleted, and become no data set.',
  middleware,
  request: { params: z.object({ name: z.string() }), body: { content: bodies } },
  responses: { 202: json(batchSchema, 'The batch, queued.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/batches',
  tags,
  summary: 'List bulk predictions, the newest first',
  description: 'Those of all keys for one with the scope "data", for another its own.',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(batchSchema), 'A page of batches.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/batches/{id}',
  tags,
  summary: 'Read how far a bulk prediction is, and where its results are',
  middleware,
  request: { params: idParams },
  responses: { 200: json(batchSchema, 'The batch.'), default: problem },
})

const cancel = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/cancel',
  tags,
  summary: 'End a bulk prediction without results',
  middleware,
  request: { params: idParams },
  responses: { 200: json(batchSchema, 'The batch, cancelled.'), default: problem },
})

const file = createRoute({
  method: 'get',
  path: '/v1/batches/{id}/files/{file}',
  tags,
  summary: 'Download results: results.jsonl or results.csv',
  middleware,
  request: { params: idParams.extend({ file: z.string() }) },
  responses: {
    200: {
      description: 'The bytes; their sha256 is the ETag.',
      content: {
        'application/jsonl': { schema: { type: 'string' } },
        'text/csv': { schema: { type: 'string' } },
      },
    },
    default: problem,
  },
})

export function registerBatches(app: Api, { db, store }: Context): void {
  app.openapi(create, async (c) => {
    const { name } = c.req.valid('param')
    const { key } = c.var
    if (!isJson(c.req.header('content-type'))) {
      const batch = await prepareArchiveBatch({ db, store }, key, name, c.req.raw)
      return await c.var.commit(async () => c.json(await registerBatch(db, key, batch), 202))
    }
    requireScope(key, 'data')
    return c.json(await createBatch(db, key, name, c.req.valid('json')), 202)
  })

  app.openapi(list, async (c) => {
    const { key } = c.var
    const which = { project: key.project, keyId: ownerSeenBy(key) }
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listBatches(db, which, after, count),
      ({ id }) => id,
    )
    return c.json({ ...page, data: page.data.map(toBatch) }, 200)
  })

  app.openapi(read, async (c) => c.json(await readBatch(db, c.var.key, c.req.valid('param').id), 200))

  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param')
    await requireBatch(db, c.var.key, id)
    const isCancelled = await cancelBatch(db, c.var.key.project, id)
    const batch = await readBatch(db, c.var.key, id)
    if (isCancelled) return c.json(batch, 200)
    throw new GraftError('state_conflict', `The batch ${id} has ${batch.status}.`)
  })

  app.openapi(file, async (c) => {
    const { id, file: name } = c.req.valid('param')
    const { files, dataset } = await requireBatch(db, c.var.key, id)
    if (dataset !== null) requireScope(c.var.key, 'data')
    const found = Object.hasOwn(files, name) ? files[name] : undefined
    if (found === undefined)
      throw new GraftError('not_found', `The batch ${id} has no ${JSON.stringify(name)}.`)
    const type = name.endsWith('.csv') ? 'text/csv; charset=utf-8' : 'application/jsonl'
    return c.body(webStream(await store.get(found.key)), 200, {
      'content-type': type,
      'content-length': String(found.bytes),
      'content-disposition': `attachment; filename="${id}-${name}"`,
      etag: `"${found.sha256}"`,
    })
  })
}
