// Feedback, the images that are kept, and the data set that is made of both.
import { hash } from 'node:crypto'
import type { Page } from '@graft/core/wire/common'
import type { Dataset, DatasetFile, DatasetVersion } from '@graft/core/wire/datasets'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { CaptureRecord, PulledFeedback } from '@graft/core/wire/feedback'
import type { Prediction } from '@graft/core/wire/predictions'
import { blobs, captures } from '@graft/db/schema'
import { blobKey } from '@graft/store/object-store'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { collectGarbage } from '../datasets/collect-garbage.ts'
import { ingest } from '../datasets/ingest.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, testPhotos } from '../test-model.ts'

let api: TestApi
let model: string
beforeAll(async () => {
  api = await startTestApi()
  model = await publishNetwork(api.context, 'waste', await makeNetwork())
})
afterAll(() => api.close())
afterEach(() => vi.unstubAllEnvs())

const glass = testPhotos('glass', 5)
const metal = testPhotos('metal', 3)
const ALL = { share: 1, retention_days: 7 }

async function put(name: string, more: object = {}): Promise<Endpoint> {
  const traffic = [{ model, weight: 1 }]
  return await answerOf(await api.ask(`/v1/endpoints/${name}`, jsonOf({ traffic, ...more }, 'PUT')))
}
async function answerOf<T>(answer: Response, status = 200): Promise<T> {
  expect(answer.status, await answer.clone().text()).toBe(status)
  return (await answer.json()) as T
}
async function predict(name: string, photo: Buffer): Promise<Prediction> {
  return await answerOf(
    await api.ask(`/v1/endpoints/${name}/predict?top_k=1`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(photo),
    }),
  )
}
async function kept(name: string, query = ''): Promise<Page<CaptureRecord>> {
  await api.context.serving.captures.settled()
  return await answerOf(await api.ask(`/v1/endpoints/${name}/captures${query}`))
}
const tell = (name: string, body: object) => api.ask(`/v1/endpoints/${name}/feedback`, jsonOf(body))
const pull = (name: string, dataset: string) =>
  api.ask(`/v1/endpoints/${name}/feedback/pull`, jsonOf({ dataset }))
/** As bytes: a form that is refused half-way is no stream that somebody still writes to. */
async function posted(form: FormData): Promise<RequestInit> {
  const encoded = new Response(form)
  const headers = { 'content-type': encoded.headers.get('content-type') ?? '' }
  return { method: 'POST', headers, body: await encoded.arrayBuffer() }
}
const never = (at: number) => `pred_${String(at).padStart(26, '0')}`

async function judged(dataset: string, { version }: DatasetVersion): Promise<DatasetVersion> {
  const { id } = await answerOf<Dataset>(await api.ask(`/v1/datasets/${dataset}`))
  await ingest(api.context, { dataset_id: id, version }, new AbortController().signal)
  return await answerOf(await api.ask(`/v1/datasets/${dataset}/versions/${version}`))
}
async function filesOf(dataset: string, version: number): Promise<DatasetFile[]> {
  const path = `/v1/datasets/${dataset}/versions/${version}/files`
  return (await answerOf<Page<DatasetFile>>(await api.ask(path))).data
}

test('no image is kept unless the endpoint says so, and then with the whole answer', async () => {
  await put('private')
  await predict('private', glass[0]!)
  expect((await kept('private')).data).toEqual([])

  expect((await put('open', { capture: ALL })).capture).toEqual(ALL)
  const prediction = await predict('open', glass[0]!)
  const [capture] = (await kept('open')).data
  expect(capture).toMatchObject({
    id: prediction.id,
    endpoint: 'open',
    model,
    label: null,
    sha256: hash('sha256', glass[0]!),
  })
  // The caller has asked for one label; what is kept has three, whose confidences add up to one.
  const sum = capture!.predictions.reduce((total, { confidence }) => total + confidence, 0)
  expect(sum).toBeCloseTo(1, 5)
  expect(capture!.predictions[0]).toEqual(prediction.predictions[0])
  const days = (Date.parse(capture!.expires_at) - Date.parse(capture!.created_at)) / 86_400_000
  expect(days).toBeCloseTo(7, 3)

  const image = await api.ask(capture!.image_url)
  expect(image.headers.get('content-type')).toBe('image/jpeg')
  expect(hash('sha256', Buffer.from(await image.arrayBuffer()))).toBe(capture!.sha256)
})

test('feedback with an Idempotency-Key is taken once, and answered as before', async () => {
  await put('repeated', { capture: ALL })
  const { id: prediction } = await predict('repeated', glass[0]!)
  await kept('repeated')
  const request = jsonOf({ prediction, label: 'jar' })
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'told-once' }
  const path = '/v1/endpoints/repeated/feedback'
  const first = await api.ask(path, { ...request, headers })
  expect(await answerOf<CaptureRecord>(first)).toMatchObject({ id: prediction, label: 'jar' })
  const again = await api.ask(path, { ...request, headers })
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(await answerOf<CaptureRecord>(again)).toMatchObject({ id: prediction, label: 'jar' })
})

test('a share keeps about as many', async () => {
  await put('share', { capture: { share: 0.5 } })
  const images = Array.from({ length: 40 }, () => glass[0]!.toString('base64'))
  await answerOf(await api.ask('/v1/endpoints/share/predict', jsonOf({ images })))
  const { length } = (await kept('share')).data
  // Outside of these bounds once in a million runs.
  expect(length).toBeGreaterThan(4)
  expect(length).toBeLessThan(36)
})

test('images past what may wait are dropped and counted, and all are answered', async () => {
  await put('narrow', { capture: ALL })
  vi.stubEnv('GRAFT_MAX_CAPTURE_QUEUE_BYTES', String(glass[0]!.length + 1))
  const images = [glass[0]!, glass[0]!].map((image) => image.toString('base64'))
  const { data } = await answerOf<{ data: Prediction[] }>(
    await api.ask('/v1/endpoints/narrow/predict', jsonOf({ images })),
  )
  expect(data.map(({ object }) => object)).toEqual(['prediction', 'prediction'])
  expect((await kept('narrow')).data).toHaveLength(1)
  const metrics = await (await api.ask('/metrics')).text()
  expect(metrics).toContain('graft_captures_total{project="default",endpoint="narrow",outcome="dropped"} 1')
  expect(metrics).toContain('graft_captures_total{project="default",endpoint="narrow",outcome="kept"} 1')
})

test('a store that fails loses captures, and no prediction', async () => {
  await put('broken', { capture: ALL })
  const photo = testPhotos('paper', 2)[1]!
  const put_ = vi.spyOn(api.context.store, 'put').mockRejectedValueOnce(new Error('no room'))
  expect((await predict('broken', photo)).predictions).toHaveLength(1)
  expect((await kept('broken')).data).toEqual([])
  put_.mockRestore()
  expect(await (await api.ask('/metrics')).text()).toContain(
    'graft_captures_total{project="default",endpoint="broken",outcome="failed"} 1',
  )
  // Its turn comes again.
  await predict('broken', photo)
  expect((await kept('broken')).data).toHaveLength(1)
})

test('a store that hangs holds up no prediction', async () => {
  await put('hanging', { capture: ALL })
  const photo = testPhotos('plastic', 1)[0]!
  const { store } = api.context
  const write = store.put.bind(store)
  const released = Promise.withResolvers<void>()
  const hanging = vi.spyOn(store, 'put').mockImplementation(async (...given) => {
    await released.promise
    return await write(...given)
  })
  for (let at = 0; at < 3; at++) expect((await predict('hanging', photo)).predictions).toHaveLength(1)
  expect(hanging).toHaveBeenCalled()
  expect((await answerOf<Page<CaptureRecord>>(await api.ask('/v1/endpoints/hanging/captures'))).data).toEqual(
    [],
  )
  released.resolve()
  expect((await kept('hanging')).data).toHaveLength(3)
  hanging.mockRestore()
})

test('what is least sure comes first, page by page, and what has a label is told apart', async () => {
  await put('ranked', { capture: ALL })
  for (const photo of [...glass.slice(2), ...metal]) await predict('ranked', photo)
  const seen: CaptureRecord[] = []
  for (let after = ''; ; ) {
    const page = await kept('ranked', `?order=uncertainty&limit=4${after}`)
    seen.push(...page.data)
    if (!page.has_more) break
    after = `&after=${encodeURIComponent(page.last_id ?? '')}`
  }
  expect(new Set(seen.map(({ id }) => id)).size).toBe(6)
  expect(seen).toEqual(seen.toSorted((a, b) => b.uncertainty! - a.uncertainty!))
  const [first] = seen
  await answerOf(await tell('ranked', { prediction: first!.id, label: 'glass' }))
  const ids = async (query: string) => (await kept('ranked', query)).data.map(({ id }) => id)
  expect(await ids('?labelled=true')).toEqual([first!.id])
  expect(await ids('?labelled=false&order=uncertainty')).toEqual(seen.slice(1).map(({ id }) => id))
  expect(await ids('')).toEqual(
    seen
      .map(({ id }) => id)
      .toSorted()
      .toReversed(),
  )
  const wrong = await api.ask('/v1/endpoints/ranked/captures?order=uncertainty&after=pred_1')
  expect(await problemOf(wrong)).toMatchObject({ code: 'invalid_request' })
})

test('feedback is taken at once, its last word stands, and without the image it is refused', async () => {
  await put('told', { capture: ALL })
  const { id } = await predict('told', metal[0]!)
  expect(await answerOf(await tell('told', { prediction: id, label: 'glass' }))).toMatchObject({
    id,
    label: 'glass',
  })
  await tell('told', { prediction: id, label: 'a new label' })
  expect((await kept('told')).data).toMatchObject([{ id, label: 'a new label' }])
  expect(await problemOf(await tell('told', { prediction: never(1), label: 'glass' }))).toMatchObject({
    code: 'not_found',
  })
  const other = { prediction: id, label: 'metal', image: metal[1]!.toString('base64') }
  expect(await problemOf(await tell('told', other))).toMatchObject({ code: 'checksum_mismatch' })
})

test('an image comes along as base64 or as the file of a form, where nothing is kept', async () => {
  await put('sent')
  const { id } = await predict('sent', metal[0]!)
  const image = metal[0]!.toString('base64')
  const taken = await answerOf(await tell('sent', { prediction: id, label: 'metal', image }))
  expect(taken).toMatchObject({ id, label: 'metal', model: null, uncertainty: null })

  const form = new FormData()
  form.set('prediction', never(2))
  form.set('label', 'glass')
  form.set('image', new Blob([new Uint8Array(glass[0]!)]), 'photo.jpg')
  await answerOf(await api.ask('/v1/endpoints/sent/feedback', await posted(form)))
  expect((await kept('sent')).data.map(({ sha256 }) => sha256)).toEqual([
    hash('sha256', metal[0]!),
    hash('sha256', glass[0]!),
  ])
})

test.each<[string, object, string]>([
  ['another id', { prediction: 'pred_1', label: 'glass' }, 'invalid_request'],
  ['no label', { prediction: never(3) }, 'invalid_request'],
  ['a label that is no folder', { prediction: never(3), label: '../up' }, 'label_invalid'],
  ['no base64', { prediction: never(3), label: 'glass', image: '###' }, 'invalid_request'],
  ['no image', { prediction: never(3), label: 'glass', image: 'aGVsbG8=' }, 'image_type_unsupported'],
])('feedback with %s is refused', async (_, body, code) => {
  await put('strict')
  expect(await problemOf(await tell('strict', body))).toMatchObject({ code })
  expect((await kept('strict')).data).toEqual([])
})

test('forms are read whole or refused', async () => {
  await put('forms')
  const post = async (parts: Record<string, string | Blob>) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(parts)) form.append(name, value)
    return await api.ask('/v1/endpoints/forms/feedback', await posted(form))
  }
  const photo = new Blob([new Uint8Array(glass[0]!)])
  const right = { prediction: never(4), label: 'glass' }
  expect(await problemOf(await post({ label: 'glass', image: photo }))).toMatchObject({
    errors: [{ path: 'prediction' }],
  })
  expect(await problemOf(await post({ ...right, one: photo, two: photo }))).toMatchObject({
    code: 'invalid_request',
  })
  vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', '1000')
  expect(await problemOf(await post({ ...right, image: photo }))).toMatchObject({ code: 'image_too_large' })
  const wrong = { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body: 'x' }
  expect(await problemOf(await api.ask('/v1/endpoints/forms/feedback', wrong))).toMatchObject({
    code: 'unsupported_media_type',
  })
})

test('kept images go when their time is over, or when they are deleted, and not before', async () => {
  const { db, store } = api.context
  await put('swept', { capture: ALL })
  const [old, young] = [testPhotos('paper', 4)[2]!, testPhotos('paper', 4)[3]!]
  const { id } = await predict('swept', old)
  const other = await predict('swept', young)
  await kept('swept')
  const size = (photo: Buffer) => store.size(blobKey(hash('sha256', photo)))
  // Nobody has relied on the blobs for long: only the rows hold them.
  await db.update(blobs).set({ claimedAt: sql`now() - interval '2 days'` })
  await collectGarbage(api.context)
  expect(await size(old)).toBe(old.length)

  await db.update(captures).set({ expiresAt: sql`now() - interval '1 second'` }).where(eq(captures.id, id))
  expect((await api.ask(`/v1/endpoints/swept/captures/${id}/image`)).status).toBe(404)
  expect((await tell('swept', { prediction: id, label: 'paper' })).status).toBe(404)
  await collectGarbage(api.context)
  expect(await size(old)).toBeUndefined()
  expect(await size(young)).toBe(young.length)

  const path = `/v1/endpoints/swept/captures/${other.id}`
  expect((await api.ask(path, { method: 'DELETE' })).status).toBe(204)
  expect((await api.ask(path, { method: 'DELETE' })).status).toBe(404)
  await collectGarbage(api.context)
  expect(await size(young)).toBeUndefined()
})

test('labelled images become a data set, and then its next version', async () => {
  await put('pulled', { capture: ALL })
  expect(await problemOf(await pull('pulled', 'learnt'))).toMatchObject({ code: 'state_conflict' })
  const ask = async (photo: Buffer, label: string) => {
    const { id } = await predict('pulled', photo)
    await answerOf(await tell('pulled', { prediction: id, label }))
    return id
  }
  for (const photo of glass) await ask(photo, 'glass')
  for (const photo of metal) await ask(photo, 'metal')
  await predict('pulled', testPhotos('paper', 1)[0]!)
  const first = await answerOf<PulledFeedback>(await pull('pulled', 'learnt'), 202)
  expect(first).toMatchObject({ added: 8, relabelled: 0, known: 0, version: { version: 1 } })
  const made = await judged('learnt', first.version)
  expect(made).toMatchObject({ status: 'ready', labels: ['glass', 'metal'], files: { accepted: 8 } })

  // Nothing new is no version.
  expect(await answerOf(await pull('pulled', 'learnt'), 202)).toMatchObject({
    added: 0,
    known: 8,
    version: { version: 1 },
  })

  // A new image, an image again, and another label for one that is there.
  const paper = testPhotos('paper', 3)
  for (const photo of paper) await ask(photo, 'paper')
  await ask(paper[0]!, 'paper')
  const { data } = await kept('pulled', '?labelled=true')
  const trained = (await filesOf('learnt', 1)).find(
    ({ label, split }) => label === 'glass' && split === 'train',
  )
  const wrong = data.find(({ sha256 }) => sha256 === trained!.sha256)
  await tell('pulled', { prediction: wrong!.id, label: 'metal' })
  const second = await answerOf<PulledFeedback>(await pull('pulled', 'learnt'), 202)
  expect(second).toMatchObject({ added: 4, relabelled: 1, known: 7, version: { version: 2 } })
  expect(await judged('learnt', second.version)).toMatchObject({
    status: 'ready',
    labels: ['glass', 'metal', 'paper'],
    files: { accepted: 11, duplicate: 1 },
  })
  const files = await filesOf('learnt', 2)
  expect(files.find(({ sha256 }) => sha256 === trained!.sha256)?.label).toBe('metal')
  // Models before and after are measured on the same images.
  expect(files.filter(({ label }) => label === 'paper').map(({ split }) => split)).toEqual(
    Array.from({ length: 4 }, () => 'train'),
  )
  const test = (rows: DatasetFile[]) =>
    rows.filter(({ split }) => split === 'test').map(({ sha256 }) => sha256)
  expect(test(files).toSorted()).toEqual(test(await filesOf('learnt', 1)).toSorted())
})

test('feedback that contradicts itself is judged as any upload is', async () => {
  await put('torn', { capture: ALL })
  for (const label of ['glass', 'metal']) {
    const { id } = await predict('torn', glass[0]!)
    await tell('torn', { prediction: id, label })
  }
  const { version } = await answerOf<PulledFeedback>(await pull('torn', 'torn'), 202)
  expect(await judged('torn', version)).toMatchObject({ status: 'rejected', files: { rejected: 2 } })
  expect((await filesOf('torn', 1)).map(({ reason }) => reason?.code)).toEqual([
    'conflicting_labels',
    'conflicting_labels',
  ])
})
