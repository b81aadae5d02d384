// The Open Inference Protocol, version 2: clients of Triton and KServe ask an endpoint as the model of its name.
import { isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import { createRoute, z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { ZodError } from 'zod'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { noEndpoint } from '../endpoints/find-endpoint.ts'
import { json, problem } from '../openapi.ts'
import { invalidRequest } from '../problem.ts'
import { infer } from '../serving/infer.ts'
import { JSON_LENGTH, OUTPUTS, parseInfer, writeInfer } from '../serving/inference-protocol.ts'
import { readBody } from '../serving/read-images.ts'
import { takenHeadersSchema, takeRequest } from '../serving/take-request.ts'

const tags = ['open inference protocol']
const params = z.object({ name: z.string() })
const tensorSchema = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) })

const server = createRoute({
  method: 'get',
  path: '/v2',
  tags,
  summary: 'What this server is',
  security: [],
  responses: {
    200: json(
      z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
      'The server.',
    ),
  },
})

const live = createRoute({
  method: 'get',
  path: '/v2/health/live',
  tags,
  summary: 'Answers while the process takes requests',
  security: [],
  responses: { 200: { description: 'It does.' }, default: problem },
})

const ready = createRoute({
  method: 'get',
  path: '/v2/health/ready',
  tags,
  summary: 'Asks the database, which says what endpoints there are',
  security: [],
  responses: { 200: { description: 'It answers.' }, default: problem },
})

const metadata = createRoute({
  method: 'get',
  path: '/v2/models/{name}',
  tags,
  summary: "An endpoint's tensors, and the model versions of its traffic",
  middleware: requires('predict'),
  request: { params },
  responses: {
    200: json(
      z.object({
        name: z.string(),
        versions: z.array(z.string()),
        platform: z.string(),
        inputs: z.array(tensorSchema),
        outputs: z.array(tensorSchema),
      }),
      'The endpoint as a model.',
    ),
    default: problem,
  },
})

const modelReady = createRoute({
  method: 'get',
  path: '/v2/models/{name}/ready',
  tags,
  summary: 'Answers 200 where there is such an endpoint: its models are loaded when they are asked',
  middleware: requires('predict'),
  request: { params },
  responses: { 200: { description: 'There is.' }, default: problem },
})

const binary = { schema: { type: 'string', format: 'binary' } } as const
const ask = createRoute({
  method: 'post',
  path: '/v2/models/{name}/infer',
  tags,
  summary: 'Ask an endpoint with tensors',
  description:
    'One input: `image`, BYTES [N], encoded images (base64 in JSON); or `images`, FP32 [N, 3, size, size], as the ' +
    `preprocessing of the model makes them. Outputs: ${OUTPUTS.join(', ')}. Tensors may be binary.`,
  middleware: requires('predict'),
  request: { params, headers: takenHeadersSchema },
  responses: {
    200: {
      description: 'The tensors, as JSON, or behind JSON as long as Inference-Header-Content-Length says.',
      content: {
        'application/json': { schema: z.object({ outputs: z.array(tensorSchema) }) },
        'application/octet-stream': binary,
      },
    },
    default: {
      description: "What the question is refused for, in the protocol's shape; any other error as a problem.",
      content: { ...json(z.object({ error: z.string() }), '').content, ...problem.content },
    },
  },
})

export function registerInferenceProtocol(app: Api, { db, serving }: Context): void {
  const find = async (project: Project, name: string) => {
    const endpoint = await serving.endpoints.find(project, name)
    if (endpoint) return endpoint
    throw noEndpoint(name)
  }

  app.openapi(server, (c) => c.json({ name: 'graft', version: '1', extensions: ['binary_tensor_data'] }, 200))
  app.openapi(live, (c) => c.body(null, 200))
  app.openapi(ready, async (c) => {
    await db.execute(sql`select 1`)
    return c.body(null, 200)
  })

  app.openapi(metadata, async (c) => {
    const { name, traffic } = await find(c.var.key.project, c.req.valid('param').name)
    const outputs = OUTPUTS.map((output) =>
      output === 'label'
        ? { name: output, datatype: 'BYTES', shape: [-1] }
        : { name: output, datatype: 'FP32', shape: [-1, output === 'features' ? 512 : -1] },
    )
    const inputs = [{ name: 'image', datatype: 'BYTES', shape: [-1] }]
    const versions = traffic.map(({ model }) => model)
    return c.json({ name, versions, platform: 'onnxruntime_onnx', inputs, outputs }, 200)
  })

  app.openapi(modelReady, async (c) => {
    await find(c.var.key.project, c.req.valid('param').name)
    return c.body(null, 200)
  })

  app.openapi(ask, async (c) => {
    const request = c.req.raw
    const { name } = c.req.valid('param')
    const answer = takeRequest(
      serving,
      c.var.key.project,
      name,
      request,
      c.req.valid('header'),
      async (taken) => {
        const body = await readBody(request, taken.visit.hold)
        const asked = parseInfer(body, request.headers.get(JSON_LENGTH))
        taken.visit.join(asked.images.length)
        const { version, fallback, tensors } = await infer(serving, taken.endpoint, asked, taken)
        const parameters = fallback && {
          fallback_instead_of: fallback.instead_of,
          fallback_code: fallback.code,
        }
        return writeInfer({ model_name: name, model_version: version, id: asked.id, parameters }, tensors)
      },
    )
    try {
      const { body, jsonLength } = await answer
      if (jsonLength !== undefined) c.header(JSON_LENGTH, String(jsonLength))
      const type = jsonLength === undefined ? 'application/json' : 'application/octet-stream'
      return c.body(body, 200, { 'content-type': type })
    } catch (thrown) {
      // The protocol's clients look for `error`.
      const error = thrown instanceof ZodError ? invalidRequest(thrown) : thrown
      if (!isGraftError(error) || error.status >= 500) throw error
      c.set('code', error.code)
      return c.json({ error: `${error.code}: ${error.message}` }, error.status as 400)
    }
  })
}
