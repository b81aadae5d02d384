// Blobs: the bytes of files by their sha256, so that of a pushed folder only what is new travels.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { blobSchema, blobTargetsSchema, missingBlobsSchema, sha256Schema } from '@graft/core/wire/datasets'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { missingBlobs, putBlob, sentKey } from '../datasets/blobs.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { streamedBody } from '../streamed-body.ts'

const tags = ['datasets']
const middleware = requires('data')
/** Seconds that an address to send to is good for: much less than a blob without a file is kept. */
const TARGET_SECONDS = 3600

const missing = createRoute({
  method: 'post',
  path: '/v1/blobs/missing',
  tags,
  summary: 'Ask which of these files have to be uploaded, and where to',
  description:
    'What is not among the answers has been sent by this project, and is kept for a day at least; what only other ' +
    'projects have sent is missing. Where the platform stands on S3, the ' +
    'bytes go straight to it: `url` is absolute and needs `headers`. Else it is a path of this API, and needs the ' +
    'API key.',
  middleware,
  request: { body: jsonBody(missingBlobsSchema) },
  responses: { 200: json(blobTargetsSchema, 'The missing ones.'), default: problem },
})

const put = createRoute({
  method: 'put',
  path: '/v1/blobs/{sha256}',
  tags,
  summary: "Upload a file's bytes",
  middleware,
  request: {
    params: z.object({ sha256: sha256Schema }),
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } as const } },
    },
  },
  responses: { 201: json(blobSchema, 'The bytes are stored.'), default: problem },
})

export function registerBlobs(app: Api, context: Context): void {
  const { store } = context

  app.openapi(missing, async (c) => {
    const { sha256: hashes } = c.req.valid('json')
    const most = limit('blobsAtOnce')
    if (hashes.length > most) {
      throw new GraftError('invalid_request', `Ask for at most ${most} hashes at once.`)
    }
    const found = await missingBlobs(context, c.var.key.project, hashes)
    const targets = found.map(async (sha256) => {
      const target = await store.presignPut?.(sentKey(c.var.key.project, sha256), {
        sha256,
        seconds: TARGET_SECONDS,
      })
      return { sha256, ...(target ?? { url: `/v1/blobs/${sha256}`, headers: {} }) }
    })
    return c.json({ missing: await Promise.all(targets) }, 200)
  })

  app.openapi(put, async (c) => {
    const { sha256 } = c.req.valid('param')
    const stored = await putBlob(
      context,
      c.var.key.project,
      sha256,
      streamedBody(c.req.raw, limit('imageBytes'), 'image_too_large'),
    )
    return c.json({ object: 'blob' as const, ...stored }, 201)
  })
}
