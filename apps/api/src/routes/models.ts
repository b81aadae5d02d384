// The registry: models, their versions and files, and aliases of versions.
import { pageOf } from '@graft/core/wire/common'
import { modelSchema, modelVersionSchema, patchModelVersionSchema } from '@graft/core/wire/models'
import type { ModelVersionRecord } from '@graft/db/models'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { changeVersion, deleteVersion } from '../models/change-version.ts'
import { findModel, findVersion, listModels, listVersions, toModelVersion } from '../models/find-models.ts'
import { prepareImport, registerImport } from '../models/import-model.ts'
import { setAlias } from '../models/set-alias.ts'
import { fileOf } from '../models/version-file.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const nameParams = z.object({ name: z.string() })
const referenceParams = z.object({
  reference: z.string().openapi({ description: '`name`, `name@3` or `name@champion`' }),
})
const tags = ['models']
const middleware = requires('train', 'deploy')

const list = createRoute({
  method: 'get',
  path: '/v1/models',
  tags,
  summary: 'List models by name, each with its newest version',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(modelSchema), 'A page of models.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/models/{reference}',
  tags,
  summary: 'Read a model, or with an "@" one of its versions',
  middleware,
  request: { params: referenceParams },
  responses: {
    200: json(z.union([modelSchema, modelVersionSchema]), 'The model or the version.'),
    default: problem,
  },
})

const versions = createRoute({
  method: 'get',
  path: '/v1/models/{name}/versions',
  tags,
  summary: 'List the versions of a model, the newest first',
  middleware,
  request: {
    params: nameParams,
    query: pageQuerySchema.extend({
      after: z
        .string()
        .regex(/^\d{1,9}$/)
        .optional(),
      tag: z.string().max(63).optional().openapi({ description: 'Only versions with this tag.' }),
    }),
  },
  responses: { 200: json(pageOf(modelVersionSchema), 'A page of versions.'), default: problem },
})

const imported = createRoute({
  method: 'post',
  path: '/v1/models/{name}/versions',
  tags,
  summary: 'Import weights that were trained elsewhere as the next version',
  description:
    "A ResNet-18 or ResNet-34 of torchvision's names and shapes: safetensors, a state_dict of PyTorch (`.pth`), or an " +
    'ONNX file as PyTorch or Graft exports it. What is no such file is refused (422 `weights_invalid`), and no code in ' +
    'it is run. `labels` is a JSON array in the order of the logits; `preprocessing` a record as a version has, by ' +
    'default the resizing to 256, the crop of 224 and the normalisation of ImageNet.',
  middleware: requires('train'),
  request: {
    params: nameParams,
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          // No schema of zod's: the framework would read the whole form to check it.
          schema: {
            type: 'object',
            required: ['file', 'labels'],
            properties: {
              file: { type: 'string', format: 'binary' },
              labels: { type: 'string' },
              preprocessing: { type: 'string' },
            },
          },
        },
      },
    },
  },
  responses: { 201: json(modelVersionSchema, 'The version.'), default: problem },
})

const file = createRoute({
  method: 'get',
  path: '/v1/models/{reference}/files/{file}',
  tags,
  summary: 'Download a file of a model version',
  description:
    '`model.pth` is made from `model.safetensors` when it is asked for: a state_dict of PyTorch, which ' +
    '`torch.load(file, weights_only=True)` reads.',
  middleware,
  request: { params: referenceParams.extend({ file: z.string() }) },
  responses: {
    200: {
      description: 'The bytes; their sha256 is the ETag, and for `model.pth` that of its source with `-pth`.',
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    304: { description: 'The caller has these bytes (If-None-Match).' },
    default: problem,
  },
})

const alias = createRoute({
  method: 'put',
  path: '/v1/models/{name}/aliases/{alias}',
  tags,
  summary: 'Point an alias at a version',
  middleware: requires('deploy'),
  request: {
    params: nameParams.extend({ alias: z.string() }),
    body: jsonBody(z.strictObject({ version: z.int().min(1) })),
  },
  responses: { 200: json(modelVersionSchema, 'The version, with its aliases.'), default: problem },
})

const patch = createRoute({
  method: 'patch',
  path: '/v1/models/{reference}',
  tags,
  summary: 'Tag or archive a model version',
  description:
    'No bare name means an archived version, unless all are, and no endpoint takes it. One that an endpoint serves is ' +
    'not archived.',
  middleware: requires('deploy'),
  request: { params: referenceParams, body: jsonBody(patchModelVersionSchema) },
  responses: { 200: json(modelVersionSchema, 'The version as it is now.'), default: problem },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/models/{reference}',
  tags,
  summary: 'Delete a model version',
  description:
    'Refused while an endpoint serves it, an alias points at it, or its job has not ended. Its number is never given ' +
    'again; its files go with the next collection of garbage.',
  middleware: requires('deploy'),
  request: { params: referenceParams },
  responses: { 204: { description: 'It is gone.' }, default: problem },
})

function attachment(version: ModelVersionRecord, name: string) {
  return {
    'content-type': name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    'content-disposition': `attachment; filename="${version.name}-${version.number}-${name}"`,
  }
}

export function registerModels(app: Api, { db, store, dataFolder }: Context): void {
  app.openapi(list, async (c) => {
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listModels(db, c.var.key.project, after, count),
      ({ name }) => name,
    )
    return c.json(page, 200)
  })

  app.openapi(read, async (c) => {
    const { reference } = c.req.valid('param')
    const found = reference.includes('@')
      ? toModelVersion(await findVersion(db, c.var.key.project, reference))
      : await findModel(db, c.var.key.project, reference)
    return c.json(found, 200)
  })

  app.openapi(versions, async (c) => {
    const { name } = c.req.valid('param')
    const { tag } = c.req.valid('query')
    const page = await readPage(
      c.req.valid('query'),
      (after, count) =>
        listVersions(
          db,
          c.var.key.project,
          name,
          { tag, below: after === undefined ? undefined : Number(after) },
          count,
        ),
      ({ version }) => String(version),
    )
    return c.json(page, 200)
  })

  app.openapi(imported, async (c) => {
    const prepared = await prepareImport({ store, dataFolder }, c.req.valid('param').name, c.req.raw)
    const { project } = c.var.key
    return await c.var.commit(async () =>
      c.json(toModelVersion(await registerImport(db, project, prepared)), 201),
    )
  })

  app.openapi(file, async (c) => {
    const { reference, file: name } = c.req.valid('param')
    const version = await findVersion(db, c.var.key.project, reference)
    const { etag, bytes, read } = fileOf(store, version, name)
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, { etag })
    const headers = {
      etag,
      ...attachment(version, name),
      ...(bytes !== undefined && { 'content-length': String(bytes) }),
    }
    // Nobody would close the file of a body that is not sent.
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    return c.body(await read(), 200, headers)
  })

  app.openapi(alias, async (c) => {
    const { name, alias } = c.req.valid('param')
    return c.json(
      toModelVersion(await setAlias(db, c.var.key.project, name, alias, c.req.valid('json').version)),
      200,
    )
  })

  app.openapi(patch, async (c) => {
    const { reference } = c.req.valid('param')
    return c.json(
      toModelVersion(await changeVersion(db, c.var.key.project, reference, c.req.valid('json'))),
      200,
    )
  })

  app.openapi(remove, async (c) => {
    await deleteVersion(db, c.var.key.project, c.req.valid('param').reference)
    return c.body(null, 204)
  })
}
