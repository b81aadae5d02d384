import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@graft/core/wire/common'
import type { ModelVersion } from '@graft/core/wire/models'
import type { Prediction } from '@graft/core/wire/predictions'
import type { ModelLineage } from '@graft/core/wire/registry'
import { idempotencyKeys } from '@graft/db/schema'
import { writePth } from '@graft/nn/pth'
import { createRandom } from '@graft/nn/random'
import { writeSafetensors } from '@graft/nn/safetensors'
import { toOnnx } from '@graft/nn/to-onnx'
import { readBaseWeights, withNewHead } from '@graft/nn/weights'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { collectModelFiles } from '../models/collect-files.ts'
import { jsonOf, problemOf, startTestApi, streamed, type TestApi } from '../test-api.ts'
import { TEST_LABELS, testPhotos } from '../test-model.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())
afterEach(() => vi.unstubAllEnvs())

const weights = withNewHead(readBaseWeights(), TEST_LABELS.length, createRandom(1))
const safetensors = writeSafetensors(weights)
const labels = JSON.stringify(TEST_LABELS)

/** As bytes: undici goes on writing a form's stream after its reader has left, and fails past every handler. */
async function encode(parts: Record<string, Uint8Array | string>) {
  const form = new FormData()
  for (const [part, value] of Object.entries(parts)) {
    form.set(part, typeof value === 'string' ? value : new File([new Uint8Array(value)], part))
  }
  const encoded = new Response(form)
  return { type: encoded.headers.get('content-type') ?? '', body: await encoded.bytes() }
}
async function post(
  parts: Record<string, Uint8Array | string>,
  name = 'brought',
  more: Record<string, string> = {},
): Promise<Response> {
  const { type, body } = await encode(parts)
  const headers = { 'content-type': type, ...more }
  return api.ask(`/v1/models/${name}/versions`, { method: 'POST', headers, body })
}
/** Sends a part of the form, and the rest once `go` is called. */
async function postSlowly(name: string, more: Record<string, string> = {}) {
  const { type, body } = await encode({ labels, file: safetensors })
  const { promise, resolve: go } = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  async function* chunks() {
    yield body.subarray(0, 100_000)
    begun.resolve()
    await promise
    yield body.subarray(100_000)
  }
  const headers = { 'content-type': type, ...more }
  const answer = api.ask(`/v1/models/${name}/versions`, streamed(chunks(), { method: 'POST', headers }))
  await begun.promise
  return { answer, go }
}
const versionsOf = async (name: string) => {
  const answer = await api.ask(`/v1/models/${name}/versions`)
  return answer.status === 404 ? 0 : ((await answer.json()) as Page<ModelVersion>).data.length
}

test('safetensors, .pth and ONNX become versions that are served and exported as any other', async () => {
  const answers: Prediction['predictions'][] = []
  for (const file of [writeSafetensors(weights), writePth(weights), toOnnx('resnet18', weights)]) {
    const answer = await post({ labels, file })
    const version = (await answer.json()) as ModelVersion
    expect({ status: answer.status, ...version }).toMatchObject({
      ...{ status: 201, object: 'model.version', model: 'brought', version: answers.length + 1 },
      ...{ stage: 'imported', architecture: 'resnet18', labels: TEST_LABELS, lineage: null, metrics: {} },
    })
    const traffic = [{ model: `brought@${version.version}`, weight: 1 }]
    expect((await api.ask('/v1/endpoints/sorter', jsonOf({ traffic }, 'PUT'))).status).toBeLessThan(300)
    const [photo] = testPhotos('glass', 1)
    const body = new Uint8Array(photo!)
    const headers = { 'content-type': 'image/jpeg' }
    const predicted = await api.ask('/v1/endpoints/sorter/predict', { method: 'POST', headers, body })
    expect(predicted.status).toBe(200)
    answers.push(((await predicted.json()) as Prediction).predictions)
  }
  for (const predictions of answers) {
    for (const [index, { label, confidence }] of predictions.entries()) {
      expect(label).toBe(answers[0]![index]!.label)
      expect(confidence).toBeCloseTo(answers[0]![index]!.confidence, 3)
    }
  }
  const zip = await api.ask('/v1/models/brought@1/export.zip')
  expect((await zip.arrayBuffer()).byteLength).toBeGreaterThan(80_000_000)
  expect(await (await api.ask('/v1/models/brought@1/card')).text()).toContain('imported')
  const lineage = (await (await api.ask('/v1/models/brought@1/lineage')).json()) as ModelLineage
  expect(lineage).toMatchObject({ parent: null, job: null, versions: ['brought@1'] })

  process.env.GRAFT_BLOB_SECONDS = '0.001'
  await collectModelFiles(api.context)
  delete process.env.GRAFT_BLOB_SECONDS
  expect((await api.ask('/v1/models/brought@1/files/model.safetensors', { method: 'HEAD' })).status).toBe(200)
  const { 'model.onnx': onnx } = ((await (await api.ask('/v1/models/brought@2')).json()) as ModelVersion)
    .files
  expect(onnx?.bytes).toBeGreaterThan(40_000_000)
})

test.each([
  ['noise', { labels, file: new Uint8Array(1000).fill(9) }, 422, 'weights_invalid'],
  ['too few labels', { labels: '["a","b"]', file: safetensors }, 422, 'weights_invalid'],
  ['labels that are the same', { labels: '["a","b","a"]', file: safetensors }, 400, 'invalid_request'],
  ['labels that differ in case', { labels: '["Cat","dog","cat"]', file: safetensors }, 422, 'label_twin'],
  ['labels that are no JSON', { labels: 'a,b,c', file: safetensors }, 400, 'invalid_request'],
  ['no labels', { file: safetensors }, 400, 'invalid_request'],
  ['no file', { labels }, 400, 'invalid_request'],
  ['a strange preprocessing', { labels, preprocessing: '{}', file: safetensors }, 400, 'invalid_request'],
])('%s: refused', async (_, parts, status, code) => {
  expect(await problemOf(await post(parts as Record<string, Uint8Array>))).toMatchObject({ status, code })
})

test('what is no form, too large or misnamed is refused', async () => {
  const answer = await api.ask('/v1/models/brought/versions', jsonOf({}))
  expect((await problemOf(answer)).code).toBe('unsupported_media_type')
  expect((await problemOf(await post({ labels, file: safetensors }, 'No Name'))).code).toBe('invalid_name')
  process.env.GRAFT_MAX_MODEL_FILE_BYTES = '1000'
  expect((await problemOf(await post({ labels, file: safetensors }))).code).toBe('payload_too_large')
  delete process.env.GRAFT_MAX_MODEL_FILE_BYTES
})

test('a form that arrives slowly keeps nobody waiting, and not longer than it may', async () => {
  const slow = await postSlowly('slow')
  expect((await post({ labels, file: safetensors }, 'quick')).status).toBe(201)
  slow.go()
  expect((await slow.answer).status).toBe(201)

  vi.stubEnv('GRAFT_MAX_IMPORT_BODY_SECONDS', '0.1')
  const late = await postSlowly('late')
  expect(await problemOf(await late.answer)).toMatchObject({ status: 408, code: 'body_too_slow' })
  late.go()
  expect(await readdir(join(api.context.dataFolder, 'tmp'))).toEqual([])
})

test('a file that takes too long to read is given up, and the next has its turn', async () => {
  vi.stubEnv('GRAFT_MAX_IMPORT_SECONDS', '0.001')
  const refused = await problemOf(await post({ labels, file: safetensors }, 'long'))
  expect(refused).toMatchObject({ status: 422, code: 'weights_too_slow' })
  vi.unstubAllEnvs()
  expect((await post({ labels, file: safetensors }, 'long')).status).toBe(201)
})

test('an import whose answer could not be kept has not happened', async () => {
  const { db } = api.context
  const ask = () => post({ labels, file: safetensors }, 'once', { 'idempotency-key': 'k-import' })
  await db.execute(
    sql`alter table idempotency_keys add constraint broken check (key <> 'k-import' or status is null)`,
  )
  expect((await ask()).status).toBe(500)
  await db.execute(sql`alter table idempotency_keys drop constraint broken`)
  expect(await versionsOf('once')).toBe(0)
  const made = await ask()
  expect(await made.json()).toMatchObject({ model: 'once', version: 1 })
  const again = await ask()
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(await versionsOf('once')).toBe(1)
  const audit = (await (await api.ask('/v1/audit?limit=1')).json()) as Page<{ path: string; status: number }>
  expect(audit.data).toMatchObject([{ path: '/v1/models/once/versions', status: 201 }])
})

test('an import whose key another request has taken meanwhile is not made as well', async () => {
  const { answer, go } = await postSlowly('taken', { 'idempotency-key': 'k-taken' })
  const isRow = eq(idempotencyKeys.key, 'k-taken')
  const taken = await api.context.db
    .update(idempotencyKeys)
    .set({ claim: 'another' })
    .where(isRow)
    .returning()
  expect(taken).toHaveLength(1)
  go()
  expect(await problemOf(await answer)).toMatchObject({ status: 409, code: 'idempotency_in_progress' })
  expect(await versionsOf('taken')).toBe(0)
})
