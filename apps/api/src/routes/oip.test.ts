import { DEFAULT_PROJECT } from '@graft/core/names'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import type { Prediction } from '@graft/core/wire/predictions'
import { setTraffic } from '@graft/db/endpoints'
import { decodeImage } from '@graft/vision/decode'
import { preprocess } from '@graft/vision/preprocess'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, TEST_LABELS, testPhotos } from '../test-model.ts'

const photos = testPhotos('glass', 2)
let api: TestApi
let model: string
let alone: Prediction[]
beforeAll(async () => {
  api = await startTestApi()
  model = await publishNetwork(api.context, 'waste', await makeNetwork())
  await setTraffic(api.context.db, DEFAULT_PROJECT, 'sorter', { traffic: [{ model, weight: 1 }] }, 'key_test')
  const images = photos.map((photo) => photo.toString('base64'))
  const answer = await api.ask('/v1/endpoints/sorter/predict', jsonOf({ images }))
  alone = ((await answer.json()) as { data: Prediction[] }).data
})
afterAll(() => api.close())

const infer = (body: object) => api.ask('/v2/models/sorter/infer', jsonOf(body))

/** JSON, then the binary data, as Triton's client sends it. */
function binary(json: object, data: Uint8Array): RequestInit {
  const head = Buffer.from(JSON.stringify(json))
  return {
    method: 'POST',
    headers: { 'inference-header-content-length': String(head.length) },
    body: new Uint8Array(Buffer.concat([head, data])),
  }
}
const element = (bytes: Uint8Array) => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}
const elements = Buffer.concat(photos.map(element))
const image = (size: number) => ({
  name: 'image',
  shape: [2],
  datatype: 'BYTES',
  parameters: { binary_data_size: size },
})

/** The confidences in the order of the labels. */
const expected = () =>
  alone.flatMap(({ predictions }) =>
    TEST_LABELS.map((label) =>
      expect.closeTo(predictions.find((each) => each.label === label)!.confidence, 4),
    ),
  )

test('JSON with base64 is answered by probabilities and labels', async () => {
  const data = photos.map((photo) => photo.toString('base64'))
  const answer = await infer({ id: '7', inputs: [{ name: 'image', shape: [2], datatype: 'BYTES', data }] })
  expect(await answer.json()).toEqual({
    model_name: 'sorter',
    model_version: model,
    id: '7',
    outputs: [
      { name: 'probabilities', datatype: 'FP32', shape: [2, 3], data: expected() },
      {
        name: 'label',
        datatype: 'BYTES',
        shape: [2],
        data: alone.map(({ predictions: [first] }) => first!.label),
      },
    ],
  })
})

test('binary tensors are read and written behind the JSON', async () => {
  const outputs = [
    { name: 'probabilities', parameters: { binary_data: true } },
    { name: 'label', parameters: { binary_data: true } },
    { name: 'features' },
  ]
  const answer = await api.ask(
    '/v2/models/sorter/infer',
    binary({ inputs: [image(elements.length)], outputs }, elements),
  )
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  const body = Buffer.from(await answer.arrayBuffer())
  const length = Number(answer.headers.get('inference-header-content-length'))
  const head = JSON.parse(body.subarray(0, length).toString())
  const labels = Buffer.concat(alone.map(({ predictions: [first] }) => element(Buffer.from(first!.label))))
  expect(head.outputs).toMatchObject([
    { name: 'probabilities', parameters: { binary_data_size: 24 } },
    { name: 'label', parameters: { binary_data_size: labels.length } },
    { name: 'features', shape: [2, 512] },
  ])
  const floats = Array.from({ length: 6 }, (_, index) => body.readFloatLE(length + index * 4))
  expect(floats).toEqual(expected())
  expect(body.subarray(length + 24)).toEqual(labels)
})

test('inputs that the caller has prepared are run as they are', async () => {
  const inputs = await Promise.all(
    photos.map(async (photo) => preprocess(await decodeImage(photo), TEXTBOOK_PREPROCESSING)),
  )
  const data = Buffer.concat(inputs.map(({ buffer }) => Buffer.from(buffer)))
  const images = {
    name: 'images',
    datatype: 'FP32',
    shape: [2, 3, 224, 224],
    parameters: { binary_data_size: data.length },
  }
  const answer = await api.ask('/v2/models/sorter/infer', binary({ inputs: [images] }, data))
  const { outputs } = (await answer.json()) as { outputs: { data: number[] }[] }
  expect(outputs[0]!.data).toEqual(expected())
})

test.each([Number.NaN, 1e38])('an input of %d has no answer, and is not counted as one', async (value) => {
  const data = Buffer.from(new Float32Array(3 * 224 * 224).fill(value).buffer)
  const images = {
    name: 'images',
    datatype: 'FP32',
    shape: [1, 3, 224, 224],
    parameters: { binary_data_size: data.length },
  }
  const answer = await api.ask('/v2/models/sorter/infer', binary({ inputs: [images] }, data))
  expect(answer.status).toBe(400)
  expect(((await answer.json()) as { error: string }).error).toContain('invalid_request')
  expect((await api.ask('/v1/endpoints/sorter/drift')).status).toBe(200)
})

test('health and metadata are told as the protocol wants it', async () => {
  for (const path of ['/v2/health/live', '/v2/health/ready', '/v2/models/sorter/ready']) {
    expect((await api.ask(path)).status).toBe(200)
  }
  expect((await api.ask('/v2/models/none/ready')).status).toBe(404)
  expect(await (await api.ask('/v2/models/sorter')).json()).toMatchObject({
    name: 'sorter',
    versions: [model],
    inputs: [{ name: 'image', datatype: 'BYTES', shape: [-1] }],
  })
})

const nothing = { name: 'image', shape: [1], datatype: 'BYTES' }
test.each<[string, () => RequestInit, number, string]>([
  ['text', () => ({ method: 'POST', body: 'hello' }), 400, 'invalid_json'],
  ['no input', () => jsonOf({ inputs: [] }), 400, 'invalid_request'],
  ['no data', () => jsonOf({ inputs: [nothing] }), 400, 'no data'],
  ['an unknown input', () => jsonOf({ inputs: [{ ...nothing, name: 'x', data: [] }] }), 400, 'neither'],
  [
    'an unknown output',
    () => jsonOf({ inputs: [{ ...nothing, data: ['aa'] }], outputs: [{ name: 'x' }] }),
    400,
    'output',
  ],
  ['a wrong shape', () => jsonOf({ inputs: [{ ...nothing, shape: [3], data: ['aa'] }] }), 400, 'shape'],
  ['no image', () => jsonOf({ inputs: [{ ...nothing, data: ['aaaa'] }] }), 415, 'image_type_unsupported'],
  [
    'a small tensor',
    () => jsonOf({ inputs: [{ name: 'images', datatype: 'FP32', shape: [1, 2], data: [1, 2] }] }),
    400,
    '[3, 224, 224]',
  ],
  [
    'a number that is none',
    () => jsonOf({ inputs: [{ name: 'images', datatype: 'FP32', shape: [1, 2], data: [1, 'x'] }] }),
    400,
    'finite',
  ],
  [
    'a list nested ever deeper',
    () => {
      const data = '@'
      const body = JSON.stringify({ inputs: [{ ...nothing, data }] })
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
      return { ...jsonOf({}), body: body.replace('"@"', deep) }
    },
    400,
    'no text',
  ],
  [
    'a size that is no size',
    () => binary({ inputs: [image(elements.length - 1)] }, elements),
    400,
    'binary_data_size',
  ],
  ['a cut element', () => binary({ inputs: [image(9)] }, elements.subarray(0, 9)), 400, 'ends behind'],
  ['a cut length', () => binary({ inputs: [image(2)] }, elements.subarray(0, 2)), 400, 'ends behind'],
  [
    'too many images',
    () => jsonOf({ inputs: [{ ...nothing, shape: [1000], data: [] }] }),
    413,
    'payload_too_large',
  ],
])('%s is refused with `error`', async (_, init, status, words) => {
  const answer = await api.ask('/v2/models/sorter/infer', init())
  expect(answer.status).toBe(status)
  expect(((await answer.json()) as { error: string }).error).toContain(words)
})
