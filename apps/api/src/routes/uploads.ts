// Resumable uploads of archives: tus 1.0 with creation, creation-with-upload, expiration and termination.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { type Upload, uploadSchema } from '@graft/core/wire/uploads'
import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler, Context as Request } from 'hono'
import { requires } from '../auth.ts'
import type { Api, ApiEnv, Context } from '../context.ts'
import { openResumableUploads } from '../datasets/resumable-upload.ts'
import { json, problem } from '../openapi.ts'
import { streamedBody } from '../streamed-body.ts'

const TUS = '1.0.0'
const EXTENSIONS = 'creation,creation-with-upload,expiration,termination'
const PIECE_TYPE = 'application/offset+octet-stream'

/** Every answer of a tus server names the version; every request of a client but OPTIONS must. */
const speaksTus: MiddlewareHandler<ApiEnv> = async (c, next) => {
  c.header('tus-resumable', TUS)
  const isOfTus = !['GET', 'OPTIONS'].includes(c.req.method)
  if (isOfTus && c.req.header('tus-resumable') !== TUS) {
    c.header('tus-version', TUS)
    throw new GraftError('tus_version_unsupported', `Send the header "Tus-Resumable: ${TUS}".`)
  }
  await next()
}

const tags = ['uploads']
const middleware = [requires('data'), speaksTus]
const idParams = z.object({ id: z.string() })
const piece = {
  content: { [PIECE_TYPE]: { schema: { type: 'string', format: 'binary' } as const } },
}

const describe = createRoute({
  method: 'options',
  path: '/v1/uploads',
  tags,
  summary: 'Ask what this tus server can do',
  middleware,
  responses: { 204: { description: 'Its versions and extensions, in headers.' }, default: problem },
})

const create = createRoute({
  method: 'post',
  path: '/v1/uploads',
  tags,
  summary: 'Begin a resumable upload of an archive (tus 1.0)',
  description:
    'Upload-Length tells its bytes, Upload-Metadata the name of the data set (`dataset`) and of the file (`filename`). ' +
    'Location is where the bytes are sent to. A body of application/offset+octet-stream is taken as the first of them.',
  middleware,
  request: { body: piece },
  responses: { 201: { description: 'The upload, at Location.' }, default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/uploads/{id}',
  tags,
  summary: 'Read an upload; HEAD tells its offset in Upload-Offset',
  middleware,
  request: { params: idParams },
  responses: { 200: json(uploadSchema, 'The upload.'), default: problem },
})

const append = createRoute({
  method: 'patch',
  path: '/v1/uploads/{id}',
  tags,
  summary: 'Send bytes from Upload-Offset on',
  description:
    'With the last byte the archive becomes the next version of its data set: Graft-Dataset and Graft-Version name it.',
  middleware,
  request: { params: idParams, body: { required: true, ...piece } },
  responses: { 204: { description: 'The bytes have arrived; Upload-Offset counts them.' }, default: problem },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/uploads/{id}',
  tags,
  summary: 'End an upload and delete its bytes; a version that it became stays',
  middleware,
  request: { params: idParams },
  responses: { 204: { description: 'It is gone.' }, default: problem },
})

export function registerUploads(app: Api, context: Context): void {
  const uploads = openResumableUploads(context)

  app.openapi(describe, (c) => {
    c.header('tus-version', TUS)
    c.header('tus-extension', EXTENSIONS)
    c.header('tus-max-size', String(limit('archiveBytes')))
    return c.body(null, 204)
  })

  app.openapi(create, async (c) => {
    const metadata = c.req.header('upload-metadata') ?? ''
    const { dataset, filename = '' } = readMetadata(metadata)
    if (dataset === undefined) {
      throw new GraftError('invalid_request', 'Upload-Metadata must name the data set: "dataset BASE64".')
    }
    const bytes = readCount(c.req.header('upload-length'), 'Upload-Length')
    if (bytes === 0) throw new GraftError('invalid_request', 'An empty file is no archive.')
    let upload = await uploads.create({ project: c.var.key.project, dataset, filename, bytes, metadata })
    if (c.req.header('content-type') === PIECE_TYPE) {
      upload = await uploads.append(c.var.key.project, upload.id, 0, bodyOf(c))
    }
    c.header('location', `/v1/uploads/${upload.id}`)
    tell(c, upload)
    return c.body(null, 201)
  })

  app.openapi(read, async (c) => {
    const { id } = c.req.valid('param')
    const upload =
      c.req.method === 'HEAD'
        ? await uploads.settle(c.var.key.project, id)
        : await uploads.read(c.var.key.project, id)
    c.header('cache-control', 'no-store')
    c.header('upload-length', String(upload.bytes))
    tell(c, upload)
    return c.json(upload, 200)
  })

  app.openapi(append, async (c) => {
    const type = c.req.header('content-type')
    if (type !== PIECE_TYPE) throw new GraftError('unsupported_media_type', `Send ${PIECE_TYPE}.`)
    const offset = readCount(c.req.header('upload-offset'), 'Upload-Offset')
    tell(c, await uploads.append(c.var.key.project, c.req.valid('param').id, offset, bodyOf(c)))
    return c.body(null, 204)
  })

  app.openapi(remove, async (c) => {
    await uploads.remove(c.var.key.project, c.req.valid('param').id)
    return c.body(null, 204)
  })
}

const bodyOf = (c: Request) => streamedBody(c.req.raw, limit('archiveBytes'), 'payload_too_large')

function tell(c: Request, { offset, dataset, version, expires_at }: Upload): void {
  c.header('upload-offset', String(offset))
  c.header('upload-expires', new Date(expires_at).toUTCString())
  if (version === null) return
  c.header('graft-dataset', dataset)
  c.header('graft-version', String(version))
}

function readCount(text: string | undefined, header: string): number {
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text)
  throw new GraftError('invalid_request', `${header} must be a count of bytes.`)
}

/** @example readMetadata('dataset d2FzdGU=,filename YS56aXA=') // { dataset: 'waste', filename: 'a.zip' } */
function readMetadata(header: string): Record<string, string | undefined> {
  const pairs = header.split(',').map((pair) => pair.trim().split(' ', 2))
  return Object.fromEntries(
    pairs.map(([key = '', value = '']) => [key, Buffer.from(value, 'base64').toString()]),
  )
}
