import { DEFAULT_PROJECT } from '@graft/core/names'
import type { Page } from '@graft/core/wire/common'
import type { Evaluation } from '@graft/core/wire/evaluations'
import type { Comparison } from '@graft/core/wire/registry'
import type { EvaluationReport } from '@graft/core/wire/report'
import { claimEvaluation, succeedEvaluation } from '@graft/db/evaluations'
import { insertVersion } from '@graft/db/publication'
import { datasetVersions } from '@graft/db/schema'
import { insertDataset, newVersion } from '@graft/db/test-rows'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  const { db } = api.context
  const id = await insertDataset(db, 'photos')
  const splits = { train: { cat: 3, wolf: 1 }, validation: {}, test: { cat: 2, dog: 1 } }
  await db.update(datasetVersions).set({ splits }).where(eq(datasetVersions.datasetId, id))
  await insertDataset(db, 'late')
  await db.insert(datasetVersions).values({
    ...{ datasetId: id, number: 2, state: 'ingesting', archiveKey: 'x' },
    ...{ archiveSha256: '0'.repeat(64), archiveType: 'zip' },
  })
  for (let number = 1; number <= 2; number += 1) {
    await insertVersion(db, DEFAULT_PROJECT, 'pets', { ...newVersion(), jobId: null })
  }
})
afterAll(() => api.close())

const order = (model: string, body: object) => api.ask(`/v1/models/${model}/evaluations`, jsonOf(body))
async function read<T>(path: string): Promise<T> {
  const answer = await api.ask(path)
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

/** Measured as a trainer does, with these answers for two cats and a dog. */
async function measure(model: string, predicted: string[]): Promise<string> {
  const { db, store } = api.context
  const answer = await order(model, { dataset: 'photos@1' })
  expect(answer.status).toBe(202)
  const { id } = (await answer.json()) as Evaluation
  const claimed = (await claimEvaluation(db))!
  expect(claimed.id).toBe(id)
  const report: EvaluationReport = {
    ...{ object: 'model.evaluation.report', model, dataset: 'photos@1', split: 'test' },
    ...{ labels: ['cat', 'dog'], images: 3, accuracy: 0.5, loss: 0.7, confusion: [], classes: [] },
    ...{ calibration: { ece: 0, ece_uncalibrated: 0, bins: [] }, thresholds: [], top_losses: [] },
    answers: ['cat', 'cat', 'dog'].map((label, index) => ({
      ...{ path: `${index}.jpg`, sha256: `hash-${index}`, label, predicted: predicted[index]! },
      confidence: 0.9,
    })),
  }
  const key = `evaluations/${id}/1/report.json`
  const stored = { key, ...(await store.put(key, Buffer.from(JSON.stringify(report)))) }
  await succeedEvaluation(db, claimed, { metrics: { accuracy: 0.5, loss: 0.7 }, report: stored })
  return id
}

test('an evaluation is ordered, measured, read, listed and compared', async () => {
  const first = await measure('pets@1', ['cat', 'dog', 'dog'])
  const second = await measure('pets', ['cat', 'cat', 'cat']) // the newest: pets@2
  expect(await read<Evaluation>(`/v1/evaluations/${first}`)).toMatchObject({
    ...{ model: 'pets@1', dataset: 'photos@1', split: 'test', status: 'succeeded' },
    progress: { images: 3, done: 3 },
    metrics: { accuracy: 0.5, loss: 0.7 },
  })
  expect((await read<EvaluationReport>(`/v1/evaluations/${second}/report`)).answers).toHaveLength(3)
  expect((await read<Page<Evaluation>>('/v1/models/pets@2/evaluations')).data).toMatchObject([{ id: second }])
  const comparison = await read<Comparison>(`/v1/evaluations/${first}/compare/${second}`)
  expect(comparison.common).toMatchObject({ images: 3, both_right: 1, only_a_right: 1, only_b_right: 1 })
  expect((await problemOf(await api.ask(`/v1/evaluations/${first}/cancel`, { method: 'POST' }))).code).toBe(
    'state_conflict',
  )
})

test('one that waits is cancelled, and then nobody takes it', async () => {
  const { id } = (await (await order('pets@1', { dataset: 'photos@1' })).json()) as Evaluation
  expect((await problemOf(await api.ask(`/v1/evaluations/${id}/report`))).code).toBe('state_conflict')
  const answer = await api.ask(`/v1/evaluations/${id}/cancel`, { method: 'POST' })
  expect(await answer.json()).toMatchObject({ status: 'cancelled', metrics: null })
  expect(await claimEvaluation(api.context.db)).toBeUndefined()
})

test.each([
  ['labels that the model does not know', { dataset: 'photos@1', split: 'train' }, 'labels_unknown'],
  ['a split without images', { dataset: 'photos@1', split: 'validation' }, 'invalid_request'],
  ['data that is still ingested', { dataset: 'photos@2' }, 'dataset_not_ready'],
  ['data that is not there', { dataset: 'nothing@1' }, 'not_found'],
  ['an unknown split', { dataset: 'photos@1', split: 'all' }, 'invalid_request'],
])('%s: refused', async (_, body, code) => {
  expect((await problemOf(await order('pets@1', body))).code).toBe(code)
})

test('evaluations of one key are limited while they wait or run; those of another key do not count', async () => {
  const made = await api.ask('/v1/keys', jsonOf({ name: 'ci', scopes: ['train'] }))
  const { key } = (await made.json()) as { key: string }
  const init = jsonOf({ dataset: 'photos@1' })
  const headers = { ...init.headers, authorization: `Bearer ${key}` }
  const ask = () => api.ask('/v1/models/pets@1/evaluations', { ...init, headers })
  vi.stubEnv('GRAFT_MAX_EVALUATIONS_PER_KEY', '1')
  const { id } = (await (await ask()).json()) as Evaluation
  expect(await problemOf(await ask())).toMatchObject({ status: 429, code: 'too_many_evaluations' })
  expect((await order('pets@1', { dataset: 'photos@1' })).status).toBe(202)
  await api.ask(`/v1/evaluations/${id}/cancel`, { method: 'POST' })
  expect((await ask()).status).toBe(202)
  vi.unstubAllEnvs()
})
