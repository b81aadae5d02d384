// The matrix of routes and projects. Each route is asked by a key with all scopes of another project for what is in
// `default`, and for what is nowhere: the answers are the same. A route of our own OpenAPI document without a row fails.
import { hash } from 'node:crypto'
import { newId } from '@graft/core/ids'
import { insertVersion } from '@graft/db/publication'
import { insertDataset, newVersion } from '@graft/db/test-rows'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonOf, startTestApi, type TestApi } from './test-api.ts'
import { makeProject, type TestProject } from './test-project.ts'
import { evaluated, makeThings, type Things, uploadHeaders } from './test-things.ts'

interface Question {
  status: number
  /** It makes something, so it is asked in a project of its own. */
  isMade?: true
  /** Of the request; the path is made of the route. */
  init?: ((things: Things) => RequestInit) | undefined
  path?: ((things: Things) => string) | undefined
}

/** JSON, by the method of the route. */
const body =
  (make: (things: Things) => unknown): Question['init'] =>
  (things) => {
    const { method: _, ...init } = jsonOf(make(things))
    return init
  }
const bytes = (type: string, text: string, more = {}): Question['init'] => {
  return () => ({ headers: { 'content-type': type, ...more }, body: text })
}
/** It is not there, whoever has it. */
const hidden = (init?: Question['init'], path?: Question['path']): Question => ({
  status: 404,
  init,
  path,
})
/** Lists what is in the project alone. */
const LIST: Question = { status: 200 }
/** What is made has the name, and lies in the project that asks. */
const makes = (status: number, init?: Question['init']): Question => ({ status, init, isMade: true })
const OPEN = 'open'
/** For the operator's key, or keys of `default`. */
const REFUSED: Question = { status: 403 }
const traffic = (model: string) => ({ traffic: [{ model, weight: 1 }] })
const TUS = { 'tus-resumable': '1.0.0' }
const IMAGE = bytes('image/jpeg', 'no image')

/** `own` is what the asking project has: beside it another's is named in a body, or second in a path. */
const MATRIX: Record<string, Question | Question[] | typeof OPEN> = {
  'GET /healthz': OPEN,
  'GET /readyz': OPEN,
  'GET /metrics': REFUSED,

  'POST /v1/projects': { ...REFUSED, init: body(({ name }) => ({ name })) },
  'GET /v1/projects': REFUSED,
  'PATCH /v1/projects/{name}': { ...REFUSED, init: body(() => ({ stored_bytes_limit: 0 })) },
  'DELETE /v1/projects/{name}': REFUSED,
  'POST /v1/keys': makes(
    201,
    body(({ name }) => ({ name, scopes: ['data'] })),
  ),
  'GET /v1/keys': LIST,
  'GET /v1/keys/self': LIST,
  'POST /v1/keys/{id}/rotate': hidden(body(() => ({}))),
  'DELETE /v1/keys/{id}': hidden(),
  'GET /v1/audit': LIST,
  'GET /v1/usage': LIST,
  'POST /v1/webhooks': makes(
    201,
    body(() => ({ url: 'https://example.com/', events: ['job.failed'] })),
  ),
  'GET /v1/webhooks': LIST,
  'GET /v1/webhooks/{id}': hidden(),
  'DELETE /v1/webhooks/{id}': hidden(),
  'GET /v1/webhooks/{id}/deliveries': hidden(),
  'POST /v1/webhooks/{id}/deliveries/{delivery}/resend': hidden(),

  'OPTIONS /v1/uploads': makes(204),
  'POST /v1/uploads': makes(201, ({ name }) => ({ headers: uploadHeaders(name) })),
  'GET /v1/uploads/{id}': [hidden(), hidden(() => ({ method: 'HEAD', headers: TUS }))],
  'PATCH /v1/uploads/{id}': hidden(
    bytes('application/offset+octet-stream', 'x', { ...TUS, 'upload-offset': '0' }),
  ),
  'DELETE /v1/uploads/{id}': hidden(() => ({ headers: TUS })),
  'POST /v1/blobs/missing': makes(
    200,
    body(({ sha256 }) => ({ sha256: [sha256] })),
  ),
  'PUT /v1/blobs/{sha256}': makes(422, bytes('application/octet-stream', 'other bytes')),
  'POST /v1/datasets': makes(
    201,
    body(({ name }) => ({ name })),
  ),
  'GET /v1/datasets': LIST,
  'GET /v1/datasets/{name}': hidden(),
  'PUT /v1/datasets/{name}/archive': makes(202, bytes('application/x-tar', tar())),
  'POST /v1/datasets/{name}/imports': makes(
    403,
    body(() => ({ source: 's3://bucket/prefix' })),
  ),
  'POST /v1/datasets/{name}/versions': makes(
    409,
    body(({ sha256 }) => ({ files: [{ path: 'cat/1.jpg', sha256, bytes: 9 }] })),
  ),
  'GET /v1/datasets/{name}/versions': hidden(),
  'GET /v1/datasets/{name}/versions/{version}': hidden(),
  'PATCH /v1/datasets/{name}/versions/{version}': hidden(body(() => ({ tags: ['theirs'] }))),
  'DELETE /v1/datasets/{name}/versions/{version}': hidden(),
  'GET /v1/datasets/{name}/versions/{version}/archive': hidden(),
  'GET /v1/datasets/{name}/versions/{version}/diff/{other}': hidden(),
  'POST /v1/datasets/{name}/versions/{version}/edits': hidden(
    body(({ sha256 }) => ({ edits: [{ sha256, exclude: true }] })),
  ),
  'GET /v1/datasets/{name}/versions/{version}/files': hidden(),
  'GET /v1/datasets/{name}/versions/{version}/files/{sha256}': [
    hidden(),
    hidden(undefined, ({ sha256 }) => `/v1/datasets/own/versions/1/files/${sha256}`),
  ],
  'GET /v1/datasets/{name}/versions/{version}/files/{sha256}/thumbnail': hidden(),
  'GET /v1/datasets/{name}/versions/{version}/statistics': hidden(),

  'POST /v1/fine_tuning/jobs': [
    hidden(body(({ name }) => ({ training_dataset: `${name}@1` }))),
    hidden(body(({ name }) => ({ training_dataset: name }))),
    hidden(body(({ name }) => ({ training_dataset: 'own@1', model: `${name}@1` }))),
  ],
  'GET /v1/fine_tuning/jobs': LIST,
  'GET /v1/fine_tuning/jobs/{id}': hidden(),
  'POST /v1/fine_tuning/jobs/{id}/cancel': hidden(),
  'POST /v1/fine_tuning/jobs/{id}/pause': hidden(),
  'POST /v1/fine_tuning/jobs/{id}/resume': hidden(),
  'POST /v1/fine_tuning/jobs/{id}/stop': hidden(),
  'GET /v1/fine_tuning/jobs/{id}/events': [
    hidden(),
    hidden(() => ({ headers: { accept: 'text/event-stream' } })),
  ],
  'GET /v1/fine_tuning/jobs/{id}/checkpoints': hidden(),

  'POST /v1/fine_tuning/sweeps': hidden(
    body(({ name }) => ({ training_dataset: `${name}@1`, values: { epochs: [1] } })),
  ),
  'GET /v1/fine_tuning/sweeps': LIST,
  'GET /v1/fine_tuning/sweeps/{id}': hidden(),
  'POST /v1/fine_tuning/sweeps/{id}/cancel': hidden(),

  'GET /v1/models': LIST,
  'GET /v1/models/{reference}': [
    hidden(),
    hidden(undefined, ({ name }) => `/v1/models/${name}`),
    hidden(undefined, ({ name }) => `/v1/models/${name}@champion`),
  ],
  'PATCH /v1/models/{reference}': hidden(body(() => ({ tags: ['theirs'] }))),
  'DELETE /v1/models/{reference}': hidden(),
  'POST /v1/models/{name}/versions': makes(415),
  'GET /v1/models/{name}/versions': hidden(),
  'GET /v1/models/{reference}/files/{file}': hidden(),
  'GET /v1/models/{reference}/report': hidden(),
  'GET /v1/models/{reference}/compare/{other}': [
    hidden(),
    hidden(undefined, ({ name }) => `/v1/models/own@1/compare/${name}@1`),
  ],
  'GET /v1/models/{reference}/lineage': hidden(),
  'POST /v1/models/{reference}/evaluations': [
    hidden(body(() => evaluated('own'))),
    hidden(
      body(({ name }) => evaluated(name)),
      () => '/v1/models/own@1/evaluations',
    ),
  ],
  'GET /v1/models/{reference}/evaluations': hidden(),
  'GET /v1/evaluations/{id}': hidden(),
  'POST /v1/evaluations/{id}/cancel': [
    hidden(),
    hidden(undefined, ({ nextEvaluation }) => `/v1/evaluations/${nextEvaluation}/cancel`),
  ],
  'GET /v1/evaluations/{id}/report': hidden(),
  'GET /v1/evaluations/{id}/compare/{other}': hidden(),
  'GET /v1/models/{reference}/card': hidden(),
  'GET /v1/models/{reference}/export.zip': hidden(),
  'GET /v1/datasets/{name}/versions/{version}/lineage': hidden(),
  'PUT /v1/models/{name}/aliases/{alias}': hidden(body(() => ({ version: 1 }))),

  'PUT /v1/endpoints/{name}': [
    hidden(body(({ name }) => traffic(`${name}@1`))),
    hidden(
      body(({ name }) => ({ ...traffic('own@1'), shadow: `${name}@1` })),
      () => '/v1/endpoints/own',
    ),
  ],
  'GET /v1/endpoints': LIST,
  'GET /v1/endpoints/{name}': hidden(),
  'GET /v1/endpoints/{name}/revisions': hidden(),
  'POST /v1/endpoints/{name}/rollback': hidden(),
  'GET /v1/endpoints/{name}/shadow': hidden(),
  'POST /v1/endpoints/{name}/predict': hidden(IMAGE),
  'POST /v1/endpoints/{name}/embed': hidden(IMAGE),
  'POST /v1/endpoints/{name}/feedback': [
    hidden(body(({ capture }) => ({ prediction: capture, label: 'glass' }))),
    hidden(
      body(({ capture }) => ({ prediction: capture, label: 'glass' })),
      () => '/v1/endpoints/own/feedback',
    ),
  ],
  'POST /v1/endpoints/{name}/feedback/pull': hidden(body(({ name }) => ({ dataset: name }))),
  'POST /v1/endpoints/{name}/canary': [
    hidden(body(() => ({ model: 'own@1' }))),
    hidden(
      body(({ name }) => ({ model: `${name}@1` })),
      () => '/v1/endpoints/own/canary',
    ),
  ],
  'GET /v1/endpoints/{name}/canary': hidden(),
  'POST /v1/endpoints/{name}/canary/cancel': hidden(),
  'GET /v1/endpoints/{name}/drift': hidden(),
  'GET /v1/endpoints/{name}/captures': hidden(),
  'GET /v1/endpoints/{name}/captures/{id}/image': [
    hidden(),
    hidden(undefined, ({ capture }) => `/v1/endpoints/own/captures/${capture}/image`),
  ],
  'DELETE /v1/endpoints/{name}/captures/{id}': hidden(),
  'POST /v1/endpoints/{name}/batch': [
    hidden(body(() => ({ dataset: 'own@1' }))),
    hidden(bytes('application/x-tar', tar())),
    hidden(
      body(({ name }) => ({ dataset: `${name}@1` })),
      () => '/v1/endpoints/own/batch',
    ),
  ],
  'GET /v1/batches': LIST,
  'GET /v1/batches/{id}': hidden(),
  'POST /v1/batches/{id}/cancel': [
    hidden(),
    hidden(undefined, ({ nextBatch }) => `/v1/batches/${nextBatch}/cancel`),
  ],
  'GET /v1/batches/{id}/files/{file}': hidden(),
  'GET /v2': OPEN,
  'GET /v2/health/live': OPEN,
  'GET /v2/health/ready': OPEN,
  'GET /v2/models/{name}': hidden(),
  'GET /v2/models/{name}/ready': hidden(),
  'POST /v2/models/{name}/infer': hidden(body(() => ({ inputs: [] }))),
}

let api: TestApi
let theirs: Things
const ghost: Things = {
  ...{ name: 'ghost', sha256: hash('sha256', 'ghost'), upload: newId('up'), job: newId('ftjob') },
  ...{ sweep: newId('sweep'), evaluation: newId('eval'), batch: newId('batch'), capture: newId('pred') },
  ...{ nextEvaluation: newId('eval'), nextBatch: newId('batch') },
  ...{ webhook: newId('wh'), delivery: '999999999', key: newId('key') },
}
beforeAll(async () => {
  api = await startTestApi()
  theirs = await makeThings(api, 'recycling')
})
afterAll(() => api.close())

/** A project with something of each kind by the name `own`. */
async function makeOwn(name: string): Promise<TestProject> {
  const other = await makeProject(api, name)
  const { project } = other
  const { db } = api.context
  await insertDataset(db, 'own', project)
  await insertVersion(db, project, 'own', { ...newVersion(), jobId: null })
  const put = await other.ask('/v1/endpoints/own', jsonOf(traffic('own@1'), 'PUT'))
  expect(put.status).toBe(200)
  return other
}

test('every route of the document has a row, and every row a route', async () => {
  const { paths } = (await (await api.app.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(Object.keys(MATRIX).sort()).toEqual(routes.sort())
})

describe('the key of another project', () => {
  let reader: TestProject
  let maker: TestProject
  let before: unknown
  beforeAll(async () => {
    reader = await makeOwn('reader')
    maker = await makeOwn('maker')
    before = await everything()
  })

  /** What `default` has, as its operator sees it. */
  async function everything(): Promise<unknown> {
    const seen: Record<string, unknown> = {}
    for (const [route, row] of Object.entries(MATRIX)) {
      const [method, template = ''] = route.split(' ')
      // These tell of the questions themselves.
      if (method !== 'GET' || row === OPEN || /audit|usage|keys|projects|metrics|drift/.test(route)) continue
      const answer = await api.ask(fill(template, theirs))
      const type = answer.headers.get('content-type') ?? ''
      expect(answer.status, `${route} ${type}`).toBe(200)
      seen[route] = /json|text/.test(type) ? await answer.text() : (await answer.arrayBuffer()).byteLength
    }
    return seen
  }

  const questions = Object.entries(MATRIX).flatMap(([route, row]) =>
    row === OPEN ? [] : [row].flat().map((question, at): [string, number, Question] => [route, at, question]),
  )
  test.each(questions)('%s, %i: hears of what is not there', async (route, _, question) => {
    const { status, init, path, isMade } = question
    const [method = '', template = ''] = route.split(' ')
    const ask = async (things: Things) => {
      const address = path?.(things) ?? fill(template, things)
      const answer = await (isMade ? maker : reader).ask(address, { method, ...init?.(things) })
      return { status: answer.status, text: await answer.text() }
    }
    const asked = await ask(theirs)
    expect(asked.status, asked.text).toBe(status)
    if (question === LIST) {
      for (const id of valuesOf(theirs)) expect(asked.text).not.toContain(`"${id}`)
      return
    }
    const nowhere = await ask(ghost)
    expect(nowhere.status).toBe(status)
    expect(plain(asked.text, theirs)).toEqual(plain(nowhere.text, ghost))
  })

  test('has changed nothing of it', async () => {
    expect(await everything()).toEqual(before)
  })
})

/** The route's path with what it names. */
function fill(template: string, things: Things): string {
  const kinds = ['upload', 'job', 'sweep', 'evaluation', 'batch', 'capture', 'webhook', 'key'] as const
  const kind = kinds.find((kind) => template.includes(`/${kind}`)) ?? 'job'
  const isOfModel = template.startsWith('/v1/models/')
  const other = isOfModel
    ? `${things.name}@2`
    : template.startsWith('/v1/evaluations')
      ? things.evaluation
      : '1'
  return template
    .replace('{name}', things.name)
    .replace('{reference}', `${things.name}@1`)
    .replace('{other}', other)
    .replace('{version}', '1')
    .replace('{sha256}', things.sha256)
    .replace('{delivery}', things.delivery)
    .replace('{alias}', 'champion')
    .replace('{file}', template.includes('batches') ? 'results.jsonl' : 'model.onnx')
    .replace('{id}', things[kind])
}

/** All but the number of a delivery, which stands in many a text. */
function valuesOf({ delivery: _, ...things }: Things): string[] {
  return Object.values(things)
}

/** Without what differs from answer to answer. */
function plain(text: string, things: Things): string {
  return valuesOf(things)
    .sort((a, b) => b.length - a.length)
    .reduce((left, value) => left.replaceAll(value, '<thing>'), text)
    .replaceAll(/(?<=delivery )\d+/g, '<thing>')
    .replaceAll(/[a-z]+_[0-9a-z]{26}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/graft_[\w-]{43}|whsec_[\w+/=]{32}/g, '<secret>')
}

function tar(): string {
  const header = Buffer.alloc(10_240)
  header.write('ustar', 257)
  return header.toString('latin1')
}
