import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import type { Embedding, Prediction } from '@graft/core/wire/predictions'
import { openInference } from '@graft/nn/inference'
import { decodeImage } from '@graft/vision/decode'
import { isPlainJpeg } from '@graft/vision/plain-jpeg'
import { preprocess } from '@graft/vision/preprocess'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { jsonOf, problemOf, startTestApi, streamed, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, TEST_LABELS, type TestNetwork, testPhotos } from '../test-model.ts'

const photo = testPhotos('metal', 2)[1]!
const jpeg = (body: Uint8Array = photo): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'image/jpeg' },
  body: new Uint8Array(body),
})

let api: TestApi
let network: TestNetwork
let model: string
beforeAll(async () => {
  api = await startTestApi()
  network = await makeNetwork()
  model = await publishNetwork(api.context, 'waste', network)
  await serve('sorter', model)
})
afterAll(() => api.close())
afterEach(() => vi.unstubAllEnvs())

async function serve(endpoint: string, reference: string, threshold = 0): Promise<void> {
  const traffic = [{ model: reference, weight: 100 }]
  expect((await api.ask(`/v1/endpoints/${endpoint}`, jsonOf({ traffic, threshold }, 'PUT'))).status).toBe(200)
}
const predict = (init: RequestInit, path = 'sorter/predict') => api.ask(`/v1/endpoints/${path}`, init)
async function answerOf<T = Prediction>(answer: Response): Promise<T> {
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

/** A batch sums in another order than an image alone. */
const near = ({ predictions }: Prediction) =>
  predictions.map(({ label, confidence }) => ({ label, confidence: expect.closeTo(confidence, 4) }))

test('an image is answered by every label, the most confident first, and where the time went', async () => {
  const answer = await answerOf(await predict(jpeg()))
  expect(answer).toMatchObject({ object: 'prediction', endpoint: 'sorter', model, decision: 'accept' })
  const { predictions, timings } = answer
  expect(predictions.map(({ label }) => label).sort()).toEqual(TEST_LABELS)
  expect(predictions.reduce((sum, { confidence }) => sum + confidence, 0)).toBeCloseTo(1, 6)
  expect(predictions).toEqual(predictions.toSorted((a, b) => b.confidence - a.confidence))
  expect(timings.queue + timings.decode + timings.run).toBeLessThanOrEqual(timings.total)
})

test('a golden example is answered as its trainer saw it', async () => {
  const { predictions } = await answerOf(await predict(jpeg(network.photos[0])))
  const { logits } = network.golden.examples[0]!
  const [first, second] = predictions.map(({ label }) => logits[TEST_LABELS.indexOf(label)]!)
  expect(Math.log(predictions[0]!.confidence / predictions[1]!.confidence)).toBeCloseTo(first! - second!, 3)
})

test('top_k cuts the labels; the decision compares the best with the threshold', async () => {
  const { predictions } = await answerOf(await predict(jpeg(), 'sorter/predict?top_k=1'))
  expect(predictions).toHaveLength(1)
  const { confidence } = predictions[0]!
  await serve('careful', model, confidence + 1e-4)
  expect((await answerOf(await predict(jpeg(), 'careful/predict'))).decision).toBe('abstain')
  await serve('careful', model, confidence - 1e-4)
  expect((await answerOf(await predict(jpeg(), 'careful/predict'))).decision).toBe('accept')
  expect(await problemOf(await predict(jpeg(), 'sorter/predict?top_k=0'))).toMatchObject({
    code: 'invalid_request',
  })
})

test('a label with a threshold of its own is decided by it', async () => {
  const [first, second] = (await answerOf(await predict(jpeg()))).predictions
  const traffic = [{ model, weight: 1 }]
  const decide = async (settings: object) => {
    expect((await api.ask('/v1/endpoints/strict', jsonOf({ traffic, ...settings }, 'PUT'))).status).toBe(200)
    return (await answerOf(await predict(jpeg(), 'strict/predict'))).decision
  }
  expect(await decide({ threshold: 1, thresholds: { [first!.label]: 0 } })).toBe('accept')
  expect(await decide({ threshold: 0, thresholds: { [first!.label]: 1 } })).toBe('abstain')
  expect(await decide({ threshold: 0, thresholds: { [second!.label]: 1 } })).toBe('accept')
})

test('an explanation says where in the image the first label is seen, as a grid and a picture', async () => {
  const { predictions, explanation } = await answerOf(await predict(jpeg(), 'sorter/predict?explain=cam'))
  const { method, label, grid, overlay_png: png } = explanation!
  expect([method, label]).toEqual(['cam', predictions[0]!.label])
  expect(grid.map((row) => row.length)).toEqual(Array(7).fill(7))
  expect(Math.min(...grid.flat())).toBe(0)
  expect(Math.max(...grid.flat())).toBe(1)
  const { width, height } = await decodeImage(Buffer.from(png, 'base64'))
  expect([width, height]).toEqual([224, 224])
  expect(await problemOf(await predict(jpeg(), 'sorter/predict?explain=why'))).toMatchObject({
    code: 'invalid_request',
    errors: [{ path: 'explain' }],
  })
})

test("an embedding is the trunk's features, as the network itself gives them", async () => {
  const answer = await answerOf<Embedding>(await predict(jpeg(), 'sorter/embed'))
  expect(answer).toMatchObject({ object: 'embedding', endpoint: 'sorter', model })
  const inference = await openInference(network.onnx)
  const input = preprocess(await decodeImage(photo), TEXTBOOK_PREPROCESSING)
  const { features } = await inference.run(input, 224, ['features'])
  await inference.close()
  expect(answer.embedding).toHaveLength(512)
  for (const [index, feature] of features.entries()) {
    expect(answer.embedding[index]).toBeCloseTo(feature, 4)
  }
})

test('a routing key meets one version of a split, and all versions answer', async () => {
  const other = await publishNetwork(api.context, 'waste', network)
  const traffic = [model, other].map((each) => ({ model: each, weight: 50 }))
  expect((await api.ask('/v1/endpoints/split', jsonOf({ traffic }, 'PUT'))).status).toBe(200)
  const versionOf = async (key: string) => {
    const byQuery = await answerOf(await predict(jpeg(), `split/predict?routing_key=${key}`))
    const headers = { 'content-type': 'image/jpeg', 'x-routing-key': key }
    const byHeader = await answerOf(await predict({ ...jpeg(), headers }, 'split/predict'))
    expect(byHeader.model).toBe(byQuery.model)
    return byQuery.model
  }
  const versions = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(versionOf))
  expect(new Set(versions)).toEqual(new Set([model, other]))
})

test('a shadow is asked and compared, and never answers', async () => {
  const shadow = await publishNetwork(api.context, 'waste', network)
  const traffic = [{ model, weight: 1 }]
  expect((await api.ask('/v1/endpoints/watched', jsonOf({ traffic, shadow }, 'PUT'))).status).toBe(200)
  expect((await answerOf(await predict(jpeg(), 'watched/predict'))).model).toBe(model)
  await vi.waitFor(
    async () => {
      const { data } = await answerOf<{ data: unknown[] }>(await api.ask('/v1/endpoints/watched/shadow'))
      expect(data).toEqual([
        {
          object: 'shadow.comparison',
          model,
          shadow,
          compared: 1,
          agreed: 1,
          difference: expect.closeTo(0, 4),
          failed: 0,
          skipped: 0,
        },
      ])
    },
    { timeout: 20_000 },
  )
})

test('several images are answered in their order, each by a prediction or its own problem', async () => {
  const alone = await answerOf(await predict(jpeg()))
  const other = await answerOf(await predict(jpeg(network.photos[0])))
  const form = new FormData()
  for (const body of [photo, Buffer.from('%PDF-1.7'), network.photos[0]!]) {
    form.append('image', new Blob([new Uint8Array(body)]), 'image.jpg')
  }
  const encoded = new Response(form)
  const { data } = await answerOf<{ data: unknown[] }>(
    await predict({
      method: 'POST',
      headers: { 'content-type': encoded.headers.get('content-type')! },
      body: await encoded.bytes(),
    }),
  )
  expect(data).toMatchObject([
    { predictions: near(alone) },
    { code: 'image_type_unsupported', status: 415, detail: expect.any(String) },
    { predictions: near(other) },
  ])
})

test('a photo that is cut says so, though the header is that of one which the network decodes itself', async () => {
  const cut = photo.subarray(0, photo.length - 200)
  expect(isPlainJpeg(cut)).toBe(true)
  const problem = await problemOf(await predict(jpeg(cut)))
  expect(problem).toMatchObject({ status: 422, code: 'image_undecodable' })
  await answerOf(await predict(jpeg()))
})

test('base64 is answered as the bytes are', async () => {
  const alone = await answerOf(await predict(jpeg()))
  const image = photo.toString('base64')
  expect((await answerOf(await predict(jsonOf({ image })))).predictions).toEqual(alone.predictions)
  const { data } = await answerOf<{ data: Prediction[] }>(await predict(jsonOf({ images: [image, 'no'] })))
  expect(data).toMatchObject([{ predictions: near(alone) }, { code: 'invalid_request' }])
})

test('many requests at once get the answers of one alone', async () => {
  const alone = await answerOf(await predict(jpeg()))
  const all = await Promise.all(Array.from({ length: 8 }, async () => answerOf(await predict(jpeg()))))
  for (const { predictions } of all) expect(predictions).toEqual(near(alone))
})

test.each<[string, RequestInit, number, string]>([
  ['a PDF', jpeg(Buffer.from('%PDF-1.7')), 415, 'image_type_unsupported'],
  ['half a photo', jpeg(photo.subarray(0, photo.length / 2)), 422, 'image_undecodable'],
  ['an empty body', jpeg(new Uint8Array()), 422, 'image_empty'],
  [
    'text',
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
    415,
    'unsupported_media_type',
  ],
  ['JSON of another shape', jsonOf({ picture: '' }), 400, 'invalid_request'],
])('%s is refused', async (_, init, status, code) => {
  expect(await problemOf(await predict(init))).toMatchObject({ status, code })
})

test('a stream without end is refused at the limit', async () => {
  vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', '1000')
  async function* endless() {
    for (;;) yield new Uint8Array(600)
  }
  const answer = await predict(
    streamed(endless(), { method: 'POST', headers: { 'content-type': 'image/png' } }),
  )
  expect(await problemOf(answer)).toMatchObject({ status: 413, code: 'image_too_large' })
})

test('an unknown endpoint is not_found', async () => {
  expect(await problemOf(await predict(jpeg(), 'nowhere/predict'))).toMatchObject({ code: 'not_found' })
})

test('Prometheus reads where the time went, which models are loaded, and how often they were', async () => {
  for (const _ of [1, 2]) await answerOf(await predict(jpeg()))
  const text = await (await api.ask('/metrics')).text()
  for (const phase of ['queue', 'decode', 'run']) {
    expect(text).toMatch(new RegExp(`graft_prediction_phase_seconds_count\\{phase="${phase}"\\} [1-9]`))
  }
  expect(text).toMatch(/graft_prediction_batch_images_count [1-9]/)
  expect(text).toMatch(/graft_model_load_seconds_count [1-9]/)
  expect(text).toMatch(/graft_models_in_memory\{state="warm"\} [1-9]/)
  for (const state of ['cold', 'warm']) {
    expect(text).toMatch(new RegExp(`graft_model_requests_total\\{state="${state}"\\} [1-9]`))
  }
})

test('a corrupt model never answers, while others do', async () => {
  const [first, ...rest] = network.golden.examples
  const golden = { examples: [{ ...first!, logits: first!.logits.map((value) => value + 1) }, ...rest] }
  await serve('broken', await publishNetwork(api.context, 'broken', { ...network, golden }))
  for (const _ of [1, 2]) {
    const problem = await problemOf(await predict(jpeg(), 'broken/predict'))
    expect(problem).toMatchObject({
      status: 500,
      code: 'model_corrupt',
      detail: expect.stringContaining('broken@1'),
    })
  }
  expect((await predict(jpeg())).status).toBe(200)
})

test('a deadline that has passed is told, and a caller that has gone costs nothing more', async () => {
  const late = { ...jpeg(), headers: { 'content-type': 'image/jpeg', 'x-deadline-ms': '1' } }
  expect(await problemOf(await predict(late))).toMatchObject({ status: 504, code: 'deadline_exceeded' })
  const gone = await predict({ ...jpeg(), signal: AbortSignal.abort() })
  expect(await problemOf(gone)).toMatchObject({ status: 499, code: 'request_abandoned' })
})
