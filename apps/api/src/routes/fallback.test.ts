import { DEFAULT_PROJECT, parseReference } from '@graft/core/names'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Embedding, Prediction } from '@graft/core/wire/predictions'
import { resolveVersion } from '@graft/db/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServing } from '../serving/serving.ts'
import { jsonOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, type TestNetwork } from '../test-model.ts'

let api: TestApi
let network: TestNetwork
let good: string
/** Its golden examples have other logits than its network gives. */
let broken: string
beforeAll(async () => {
  api = await startTestApi()
  network = await makeNetwork()
  const [first, ...rest] = network.golden.examples
  const golden = { examples: [{ ...first!, logits: first!.logits.map((value) => value + 1) }, ...rest] }
  good = await publishNetwork(api.context, 'waste', network)
  broken = await publishNetwork(api.context, 'waste', { ...network, golden })
})
afterAll(() => api.close())

async function put(name: string, model: string, more: object = {}): Promise<Endpoint> {
  const body = { traffic: [{ model, weight: 1 }], ...more }
  const answer = await api.ask(`/v1/endpoints/${name}`, jsonOf(body, 'PUT'))
  expect(answer.status).toBe(200)
  return (await answer.json()) as Endpoint
}
async function ask<T>(path: string): Promise<T> {
  const image = network.photos[0]!.toString('base64')
  const answer = await api.ask(path, jsonOf({ image }))
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}
async function networkKey(model: string): Promise<string> {
  const version = await resolveVersion(api.context.db, DEFAULT_PROJECT, parseReference(model, 'model'))
  return version!.files['model.onnx']!.key
}
const read = async (name: string) => (await (await api.ask(`/v1/endpoints/${name}`)).json()) as Endpoint

test('where a model fails its golden examples the revision before answers, and every place says so', async () => {
  await put('sorter', good, { threshold: 1 })
  expect(await put('sorter', broken)).toMatchObject({ status: 'ready', faults: [], fallback: null })
  const fallback = { instead_of: broken, code: 'model_corrupt' }
  for (const _ of [1, 2]) {
    // With what that revision said of decisions.
    const prediction = await ask<Prediction>('/v1/endpoints/sorter/predict')
    expect(prediction).toMatchObject({ model: good, fallback, threshold: 1, decision: 'abstain' })
  }
  expect(await ask<Embedding>('/v1/endpoints/sorter/embed')).toMatchObject({ model: good, fallback })
  expect(await read('sorter')).toMatchObject({
    status: 'fallback',
    traffic: [{ model: broken }],
    faults: [{ model: broken, message: expect.stringContaining('is off by') }],
    fallback: [{ model: good, weight: 1 }],
  })
  const list = (await (await api.ask('/v1/endpoints')).json()) as { data: Endpoint[] }
  expect(list.data).toContainEqual(await read('sorter'))
  const metrics = await (await api.ask('/metrics')).text()
  expect(metrics).toMatch(/graft_prediction_fallbacks_total\{project="default",endpoint="sorter"\} 3/)
  expect(metrics).toMatch(/graft_model_load_failures_total 1/)
})

test('the Open Inference Protocol names the version that has answered, and the one that could not', async () => {
  await put('tensors', good)
  await put('tensors', broken)
  const data = [network.photos[0]!.toString('base64')]
  const inputs = [{ name: 'image', datatype: 'BYTES', shape: [1], data }]
  const answer = await api.ask('/v2/models/tensors/infer', jsonOf({ inputs }))
  expect(await answer.json()).toMatchObject({
    model_version: good,
    parameters: { fallback_instead_of: broken, fallback_code: 'model_corrupt' },
  })
})

test('revisions whose model is broken too are passed over', async () => {
  await put('older', good)
  await put('older', broken)
  const [first, ...rest] = network.golden.examples
  const golden = { examples: [{ ...first!, logits: [9, 9, 9] }, ...rest] }
  const third = await publishNetwork(api.context, 'waste', { ...network, golden })
  await put('older', third)
  const prediction = await ask<Prediction>('/v1/endpoints/older/predict')
  expect(prediction).toMatchObject({ model: good, fallback: { instead_of: third } })
})

test('an endpoint without a version before is failing, and ready again once its model loads', async () => {
  const model = await publishNetwork(api.context, 'repaired', network)
  await put('alone', model)
  const key = await networkKey(model)
  await api.context.store.put(key, Buffer.from('damaged'))
  const image = network.photos[0]!.toString('base64')
  const refused = await api.ask('/v1/endpoints/alone/predict', jsonOf({ image }))
  expect(((await refused.json()) as { code: string }).code).toBe('model_corrupt')
  expect(await read('alone')).toMatchObject({ status: 'failing', faults: [{ model }], fallback: null })
  await api.context.store.put(key, network.onnx)
  // As another process of the platform loads it.
  const other = openServing(api.context)
  try {
    await other.models.use(DEFAULT_PROJECT, model, null, async () => {})
  } finally {
    await other.close()
  }
  expect(await read('alone')).toMatchObject({ status: 'ready', faults: [] })
})

test('a model whose files are gone is replaced as well', async () => {
  const model = await publishNetwork(api.context, 'gone', network)
  await put('kept', good)
  await put('kept', model)
  await api.context.store.delete(await networkKey(model))
  expect(await ask<Prediction>('/v1/endpoints/kept/predict')).toMatchObject({
    model: good,
    fallback: { instead_of: model },
  })
})
