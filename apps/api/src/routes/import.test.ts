import type { ModelLineage } from '@graft/core/registry'
import type { ModelVersion, Prediction } from '@graft/core/wire'
import { writePth } from '@graft/nn/pth'
import { createRandom } from '@graft/nn/random'
import { writeSafetensors } from '@graft/nn/safetensors'
import { toOnnx } from '@graft/nn/to-onnx'
import { readBaseWeights, withNewHead } from '@graft/nn/weights'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectModelFiles } from '../models/collect-files.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { TEST_LABELS, testPhotos } from '../test-model.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const weights = withNewHead(readBaseWeights(), TEST_LABELS.length, createRandom(1))

async function post(parts: Record<string, Uint8Array | string>, name = 'brought'): Promise<Response> {
  const form = new FormData()
  for (const [part, value] of Object.entries(parts)) {
    form.set(part, typeof value === 'string' ? value : new File([new Uint8Array(value)], part))
  }
  // As bytes: undici goes on writing a form's stream after its reader has left, and fails past every handler.
  const encoded = new Response(form)
  const headers = { 'content-type': encoded.headers.get('content-type') ?? '' }
  return api.ask(`/v1/models/${name}/versions`, { method: 'POST', headers, body: await encoded.bytes() })
}
const labels = JSON.stringify(TEST_LABELS)

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

const safetensors = writeSafetensors(weights)
test.each([
  ['noise', { labels, file: new Uint8Array(1000).fill(9) }, 422, 'weights_invalid'],
  ['too few labels', { labels: '["a","b"]', file: safetensors }, 422, 'weights_invalid'],
  ['labels that are the same', { labels: '["a","b","a"]', file: safetensors }, 400, 'invalid_request'],
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
