import { hash } from 'node:crypto'
import type { Page } from '@graft/core/wire/common'
import type { Model, ModelVersion } from '@graft/core/wire/models'
import { claimJob } from '@graft/db/job-lease'
import { type NewModelVersion, publishModel } from '@graft/db/publication'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { readPth } from '@graft/nn/pth'
import { writeSafetensors } from '@graft/nn/safetensors'
import type { Weights } from '@graft/nn/weights'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

const ONNX = Buffer.from('the bytes of a network')
const LABELS = Buffer.from('["cat","dog"]')

let api: TestApi
let job: string
let files: NewModelVersion['files']
const WEIGHTS: Weights = new Map([
  ['conv1.weight', { shape: [2, 1, 2, 2], data: Float32Array.of(0, 0.1, -1.5, 3, 1e-30, -0, 7, 8) }],
  ['fc.bias', { shape: [2], data: Float32Array.of(1 / 3, -1 / 3) }],
])
const SAFETENSORS = writeSafetensors(WEIGHTS)
beforeAll(async () => {
  api = await startTestApi()
  const { db, store } = api.context
  files = {
    'model.onnx': { key: 'models/x/model.onnx', ...(await store.put('models/x/model.onnx', ONNX)) },
    'labels.json': { key: 'models/x/labels.json', ...(await store.put('models/x/labels.json', LABELS)) },
  }
  const dataset = await insertDataset(db, 'photos')
  const weights = { key: 'models/x/weights', ...(await store.put('models/x/weights', SAFETENSORS)) }
  for (const modelName of ['pets', 'pets', 'birds']) {
    const id = await insertJob(db, dataset, { modelName, seed: 7 })
    job ??= id
    const claimed = await claimJob(db, id)
    await publishModel(db, claimed!.lease, {
      ...newVersion(),
      files: modelName === 'birds' ? { ...files, 'model.safetensors': weights } : files,
    })
  }
})
afterAll(() => api.close())

const read = (path: string, init?: RequestInit) => api.ask(`/v1/models${path}`, init)
const alias = (path: string, version: unknown) => read(path, jsonOf({ version }, 'PUT'))
async function answerOf<T>(answer: Response): Promise<T> {
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

test('a version tells what it is and where it comes from', async () => {
  const url = '/v1/models/pets@1/files/model.onnx'
  expect(await answerOf<ModelVersion>(await read('/pets@1'))).toMatchObject({
    object: 'model.version',
    model: 'pets',
    version: 1,
    stage: 'fine_tuned',
    labels: ['cat', 'dog'],
    lineage: { job, dataset: 'photos@1', recipe: 'auto', seed: 7, parent: 'resnet18' },
    files: { 'model.onnx': { sha256: hash('sha256', ONNX), bytes: ONNX.length, url } },
  })
})

test('a model shows its newest version; an escaped reference is the same reference', async () => {
  const model = await answerOf<Model>(await read('/pets'))
  expect(model).toMatchObject({ object: 'model', name: 'pets', latest: { version: 2 } })
  expect(await answerOf(await read('/pets%402'))).toEqual(model.latest)
})

test('an alias is moved from version to version', async () => {
  expect(await answerOf(await alias('/pets/aliases/champion', 1))).toMatchObject({
    version: 1,
    aliases: ['champion'],
  })
  expect(await answerOf(await read('/pets@champion'))).toMatchObject({ version: 1 })
  await alias('/pets/aliases/champion', 2)
  expect(await answerOf(await read('/pets@champion'))).toMatchObject({ version: 2, aliases: ['champion'] })
  expect(await answerOf(await read('/pets@1'))).toMatchObject({ aliases: [] })
})

test.each<[string, string, unknown, string]>([
  ['of an unknown version', '/pets/aliases/champion', 9, 'not_found'],
  ['of an unknown model', '/fish/aliases/champion', 1, 'not_found'],
  ['that is a number', '/pets/aliases/3', 1, 'invalid_name'],
  ['with capitals', '/pets/aliases/Champion', 1, 'invalid_name'],
  ['to no number', '/pets/aliases/champion', 'newest', 'invalid_request'],
])('an alias %s is refused', async (_, path, version, code) => {
  expect(await problemOf(await alias(path, version))).toMatchObject({ code })
})

test.each([
  ['/fish', 'not_found'],
  ['/pets@9', 'not_found'],
  ['/pets@nobody', 'not_found'],
  ['/pets@', 'invalid_name'],
  ['/Pets', 'invalid_name'],
  ['/pets@1/files/model.pth', 'not_found'],
  ['/pets@1/files/constructor', 'not_found'],
  ['/pets@1/files/..%2F..%2Fadmin-key', 'not_found'],
])('%s is %s', async (path, code) => {
  expect(await problemOf(await read(path))).toMatchObject({ code })
})

test('a file is downloaded under its sha256, and not sent again to who has it', async () => {
  const answer = await read('/pets@1/files/model.onnx')
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    etag: `"${hash('sha256', ONNX)}"`,
    'content-type': 'application/octet-stream',
    'content-length': String(ONNX.length),
    'content-disposition': 'attachment; filename="pets-1-model.onnx"',
  })
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(ONNX)
  const etag = answer.headers.get('etag')!
  const again = await read('/pets@1/files/model.onnx', { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
  expect(await again.text()).toBe('')
  const head = await read('/pets@1/files/labels.json', { method: 'HEAD' })
  expect(head.headers.get('content-type')).toBe('application/json')
  expect(head.headers.get('content-length')).toBe(String(LABELS.length))
  expect(await head.text()).toBe('')
})

test('a version with weights gives them as a state_dict too, under an ETag that names them', async () => {
  const path = '/birds@1/files/model.pth'
  const answer = await read(path)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    etag: `"${hash('sha256', SAFETENSORS)}-pth"`,
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment; filename="birds-1-model.pth"',
  })
  expect(await readPth(await answer.bytes())).toEqual(WEIGHTS)
  const etag = answer.headers.get('etag')!
  const again = await read(path, { headers: { 'if-none-match': etag } })
  expect([again.status, again.headers.get('etag')]).toEqual([304, etag])
  const head = await read(path, { method: 'HEAD' })
  expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, ''])
})

test('models are listed by name, versions the newest first, page by page', async () => {
  const first = await answerOf<Page<Model>>(await read('?limit=1'))
  expect(first).toMatchObject({ data: [{ name: 'birds' }], has_more: true, last_id: 'birds' })
  const second = await answerOf<Page<Model>>(await read('?limit=1&after=birds'))
  expect(second).toMatchObject({ data: [{ name: 'pets' }], has_more: false })
  const newest = await answerOf<Page<ModelVersion>>(await read('/pets/versions?limit=1'))
  expect(newest).toMatchObject({ data: [{ version: 2 }], has_more: true, last_id: '2' })
  const rest = await answerOf<Page<ModelVersion>>(await read('/pets/versions?after=2'))
  expect(rest).toMatchObject({ data: [{ version: 1 }], has_more: false })
})
