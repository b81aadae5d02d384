import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Prediction } from '@graft/core/wire/predictions'
import { type Report, reportSchema, type SplitReport } from '@graft/core/wire/report'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, TEST_LABELS, type TestNetwork } from '../test-model.ts'

let api: TestApi
let network: TestNetwork
beforeAll(async () => {
  api = await startTestApi()
  network = await makeNetwork()
})
afterAll(() => api.close())

function reportOf(
  thresholds: SplitReport['thresholds'],
  split: 'validation' | 'train' = 'validation',
): Report {
  const calibration = { ece: 0, ece_uncalibrated: 0, bins: [] }
  const counts = { images: 10, accuracy: 0.9, loss: 0.3, confusion: [], classes: [], top_losses: [] }
  const splits = { [split]: { ...counts, calibration, thresholds } }
  const report = { object: 'model.report', labels: TEST_LABELS, curve: [], temperature: 1, splits }
  return reportSchema.parse(report)
}
const at = (threshold: number, accuracy: number | null) => ({ threshold, coverage: 0.5, accuracy })
const publish = (name: string, report?: Report) =>
  publishNetwork(api.context, name, { ...network, ...(report && { report }) })
const put = (name: string, model: string, threshold: unknown) =>
  api.ask(`/v1/endpoints/${name}`, jsonOf({ traffic: [{ model, weight: 1 }], threshold }, 'PUT'))
async function predict(name: string): Promise<Prediction> {
  const image = network.photos[0]!.toString('base64')
  return (await (await api.ask(`/v1/endpoints/${name}/predict`, jsonOf({ image }))).json()) as Prediction
}

test("a stated precision is each model's own threshold, and stays when the model changes", async () => {
  const sure = await publish('sure', reportOf([at(0, 0.96), at(0.9, 1)]))
  const unsure = await publish('unsure', reportOf([at(0, 0.8), at(1, 0.95)]))
  const answer = await put('stated', sure, { precision: 0.95 })
  expect(((await answer.json()) as Endpoint).threshold).toEqual({ precision: 0.95 })
  expect(await predict('stated')).toMatchObject({ decision: 'accept', threshold: 0 })
  expect((await put('stated', unsure, { precision: 0.95 })).status).toBe(200)
  expect(await predict('stated')).toMatchObject({ decision: 'abstain', threshold: 1 })
  // The revision before comes back with its statement.
  await put('stated', sure, 0.1)
  const back = await api.ask('/v1/endpoints/stated/rollback', { method: 'POST' })
  expect((await back.json()) as Endpoint).toMatchObject({ threshold: { precision: 0.95 } })
})

test.each<[string, Report | undefined, string, RegExp]>([
  ['that no threshold has reached', reportOf([at(0, 0.8), at(0.9, null)]), 'invalid_request', /of 0\.800/],
  [
    'of a model without validation images',
    reportOf([at(0, 1)], 'train'),
    'invalid_request',
    /without validation/,
  ],
  ['of a model without a report', undefined, 'not_found', /no report/],
])('a precision %s is refused, and nothing changes', async (_, report, code, detail) => {
  const model = await publish(`refused-${crypto.randomUUID().slice(0, 8)}`, report)
  const refused = await problemOf(await put('refused', model, { precision: 0.95 }))
  expect(refused).toMatchObject({ code, detail: expect.stringMatching(detail) })
  expect((await api.ask('/v1/endpoints/refused')).status).toBe(404)
})

test.each([{ precision: 0 }, { precision: 1.1 }, { recall: 0.9 }, 'high'])(
  '%j is no threshold',
  async (threshold) => {
    const model = await publish('plain')
    expect(await problemOf(await put('wrong', model, threshold))).toMatchObject({ code: 'invalid_request' })
  },
)
