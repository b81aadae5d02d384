import type { Drift } from '@graft/core/wire/drift'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Prediction } from '@graft/core/wire/predictions'
import { type Report, reportSchema } from '@graft/core/wire/report'
import { answerCounts } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { forgetOldCounts } from '../endpoints/answer-meter.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, TEST_LABELS, type TestNetwork, testPhotos } from '../test-model.ts'

let api: TestApi
let network: TestNetwork
beforeAll(async () => {
  api = await startTestApi()
  network = await makeNetwork()
})
afterAll(() => api.close())

/** The report of a model that answered so on its test split. */
function reportOf(answers: { label: string; confidence: number }[]): Report {
  const test = {
    images: answers.length,
    accuracy: 1,
    loss: 0.1,
    confusion: [],
    classes: [],
    calibration: { ece: 0, ece_uncalibrated: 0, bins: [] },
    thresholds: [],
    top_losses: [],
    answers: answers.map(({ label, confidence }, at) => ({
      path: `${at}.jpg`,
      sha256: String(at),
      label,
      predicted: label,
      confidence,
    })),
  }
  const report = { object: 'model.report', labels: TEST_LABELS, curve: [], temperature: 1 }
  return reportSchema.parse({ ...report, splits: { test } })
}
const repeat = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)

async function serve(name: string, report?: Report): Promise<string> {
  const model = await publishNetwork(api.context, name, { ...network, ...(report && { report }) })
  const put = jsonOf({ traffic: [{ model, weight: 1 }] }, 'PUT')
  expect((await api.ask(`/v1/endpoints/${name}`, put)).status).toBe(200)
  return model
}
async function predict(name: string, images: Buffer[]): Promise<Prediction[]> {
  const body = jsonOf({ images: images.map((image) => image.toString('base64')) })
  const answer = await api.ask(`/v1/endpoints/${name}/predict?top_k=1`, body)
  return ((await answer.json()) as { data: Prediction[] }).data
}
async function drift(name: string, query = ''): Promise<Drift> {
  const answer = await api.ask(`/v1/endpoints/${name}/drift${query}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Drift
}

test('answers are counted, and compared with those of the test split once there are enough', async () => {
  const photo = testPhotos('glass', 1)[0]!
  await serve('first')
  const [prediction] = await predict('first', [photo])
  const { label, confidence } = prediction!.predictions[0]!
  const elsewhere = TEST_LABELS.filter((other) => other !== label)
  const far = (confidence + 0.5) % 1

  const sameModel = await serve('same', reportOf(repeat(50, { label, confidence })))
  const other = await serve('other', reportOf(repeat(50, { label: elsewhere[0]!, confidence: far })))
  for (const name of ['same', 'other']) await predict(name, repeat(4, photo))
  expect((await drift('same')).models).toMatchObject([
    { predictions: 4, confidence: { status: 'too_few' }, labels: { status: 'too_few' } },
  ])
  // The same answers, without the minutes that a busy machine would take for them.
  for (const [name, model] of Object.entries({ same: sameModel, other })) {
    const { id: endpointId } = (await (await api.ask(`/v1/endpoints/${name}`)).json()) as Endpoint
    for (const _ of repeat(116, 0)) api.context.serving.answers.add({ endpointId, model, label, confidence })
  }
  const [same] = (await drift('same')).models
  expect(same).toMatchObject({
    predictions: 120,
    reference: { split: 'test', images: 50 },
    confidence: { status: 'stable' },
    labels: { status: 'stable' },
  })
  expect(same!.labels.counts).toContainEqual({ label, served: 120, reference: 50 })
  const bin = Math.floor(confidence * 10)
  expect(same!.confidence.bins[bin]).toEqual({
    from: bin / 10,
    to: (bin + 1) / 10,
    served: 120,
    reference: 50,
  })
  const [moved] = (await drift('other')).models
  expect(moved).toMatchObject({
    model: other,
    confidence: { status: 'shifted' },
    labels: { status: 'shifted' },
  })
  expect(moved!.labels.counts).toContainEqual({ label: elsewhere[0], served: 0, reference: 50 })
})

test('without a report there is nothing to compare with, and it says so', async () => {
  await serve('bare')
  await predict('bare', testPhotos('glass', 2))
  expect((await drift('bare')).models).toMatchObject([
    { predictions: 2, reference: null, confidence: { psi: null, status: null }, labels: { psi: null } },
  ])
})

test('what is asked by the Open Inference Protocol counts as well', async () => {
  const model = await serve('protocol')
  const data = testPhotos('glass', 2).map((photo) => photo.toString('base64'))
  const inputs = [{ name: 'image', datatype: 'BYTES', shape: [2], data }]
  expect((await api.ask('/v2/models/protocol/infer', jsonOf({ inputs }))).status).toBe(200)
  const [byProtocol] = (await drift('protocol')).models
  expect(byProtocol).toMatchObject({ model, predictions: 2 })
  await predict('protocol', testPhotos('glass', 2))
  const [both] = (await drift('protocol')).models
  expect(both!.confidence.bins.map(({ served }) => served)).toEqual(
    byProtocol!.confidence.bins.map(({ served }) => 2 * served),
  )
})

test('only what was answered since then counts, by the hour, and what is old is forgotten', async () => {
  await serve('old')
  await predict('old', testPhotos('glass', 1))
  expect((await drift('old')).models).toHaveLength(1)
  const { db } = api.context
  await db.update(answerCounts).set({ hour: sql`${answerCounts.hour} - interval '30 hours'` })
  expect((await drift('old')).models).toEqual([])
  const before = new Date(Date.now() - 40 * 3600_000).toISOString()
  const found = await drift('old', `?since=${before}`)
  expect(found.models).toMatchObject([{ predictions: 1 }])
  expect(found.since).toBe(`${before.slice(0, 13)}:00:00.000Z`)
  await forgetOldCounts(db)
  expect(await db.select().from(answerCounts)).not.toEqual([])
  vi.stubEnv('GRAFT_DRIFT_DAYS', '1.5') // 36 hours, and the counts are 30 old
  await forgetOldCounts(db)
  expect(await db.select().from(answerCounts)).not.toEqual([])
  vi.unstubAllEnvs()
  await db.update(answerCounts).set({ hour: sql`${answerCounts.hour} - interval '90 days'` })
  await forgetOldCounts(db)
  expect(await db.select().from(answerCounts)).toEqual([])
})

test('a time to come, and an endpoint that is not there, are refused', async () => {
  await serve('there')
  const path = '/v1/endpoints/there/drift?since=2999-01-01T00:00:00Z'
  expect(await problemOf(await api.ask(path))).toMatchObject({ code: 'invalid_request' })
  expect(await problemOf(await api.ask('/v1/endpoints/nowhere/drift'))).toMatchObject({ code: 'not_found' })
})
