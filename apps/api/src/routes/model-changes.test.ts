// Versions that are tagged, archived and deleted, while endpoints serve some of them.
import type { Page } from '@graft/core/wire/common'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Model, ModelVersion } from '@graft/core/wire/models'
import { claimJob, finishJob, type Lease } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectModelFiles } from '../models/collect-files.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
let datasetId: string
beforeAll(async () => {
  api = await startTestApi()
  datasetId = await insertDataset(api.context.db, 'photos')
})
afterAll(() => api.close())

/** A version with a file of its own, by a job that has ended unless `running`. */
async function publish(modelName: string, running = false): Promise<{ lease: Lease; key: string }> {
  const { db, store } = api.context
  const claimed = await claimJob(db, await insertJob(db, datasetId, { modelName }))
  const { lease } = claimed!
  const key = `models/${lease.jobId}/1/fine_tuned/model.onnx`
  const files = { 'model.onnx': { key, ...(await store.put(key, Buffer.from(modelName))) } }
  await publishModel(db, lease, { ...newVersion(), files })
  if (!running) await finishJob(db, lease, 'failed')
  return { lease, key }
}
const patch = (reference: string, body: object) => api.ask(`/v1/models/${reference}`, jsonOf(body, 'PATCH'))
const remove = (reference: string) => api.ask(`/v1/models/${reference}`, { method: 'DELETE' })
const serve = (endpoint: string, model: string, shadow: string | null = null) =>
  api.ask(`/v1/endpoints/${endpoint}`, jsonOf({ traffic: [{ model, weight: 1 }], shadow }, 'PUT'))
const newest = async (name: string) =>
  ((await (await api.ask(`/v1/models/${name}`)).json()) as Model).latest.version

test('tags are set, and versions listed by them', async () => {
  await publish('tagged')
  await publish('tagged')
  const answer = await patch('tagged@1', { tags: ['ship', 'audited', 'ship'] })
  expect(await answer.json()).toMatchObject({ version: 1, tags: ['audited', 'ship'], archived_at: null })
  const page = (await (await api.ask('/v1/models/tagged/versions?tag=ship')).json()) as Page<ModelVersion>
  expect(page.data.map(({ version }) => version)).toEqual([1])
  expect(await problemOf(await patch('tagged@1', { tags: ['Not a tag'] }))).toMatchObject({
    code: 'invalid_request',
  })
})

test('an archived version is not what the bare name means, and no endpoint takes it', async () => {
  await publish('old')
  await publish('old')
  const archived = (await (await patch('old@2', { archived: true })).json()) as ModelVersion
  expect(archived.archived_at).not.toBeNull()
  expect(await newest('old')).toBe(1)
  expect(await problemOf(await serve('old', 'old@2'))).toMatchObject({ status: 409, code: 'state_conflict' })
  await patch('old@2', { archived: false })
  expect(await newest('old')).toBe(2)
})

test('a version that an endpoint serves, or its shadow, is neither archived nor deleted', async () => {
  for (let version = 0; version < 3; version += 1) await publish('served')
  await serve('sorter', 'served@1', 'served@2')
  for (const reference of ['served@1', 'served@2']) {
    for (const answer of [await patch(reference, { archived: true }), await remove(reference)]) {
      expect(await problemOf(answer)).toMatchObject({
        code: 'state_conflict',
        detail: `${reference} is served by sorter.`,
      })
    }
  }
  expect((await patch('served@1', { tags: ['live'] })).status).toBe(200)
})

test('an endpoint does not roll back to a version that is gone', async () => {
  await publish('gone')
  await publish('gone')
  await serve('back', 'gone@1')
  await serve('back', 'gone@2')
  const back = () => api.ask('/v1/endpoints/back/rollback', { method: 'POST' })
  await patch('gone@1', { archived: true })
  expect(await problemOf(await back())).toMatchObject({ code: 'state_conflict' })
  expect((await remove('gone@1')).status).toBe(204)
  expect(await problemOf(await back())).toMatchObject({ code: 'not_found' })
  expect((await (await api.ask('/v1/endpoints/back')).json()) as Endpoint).toMatchObject({
    traffic: [{ model: 'gone@2' }],
  })
})

test('a deleted version leaves its files to the collection, and its number to nobody', async () => {
  const { store } = api.context
  const { key: kept } = await publish('numbered')
  const { key } = await publish('numbered')
  expect((await remove('numbered@2')).status).toBe(204)
  expect(await problemOf(await api.ask('/v1/models/numbered@2'))).toMatchObject({ code: 'not_found' })
  expect(await newest('numbered')).toBe(1)

  const { lease, key: running } = await publish('numbered', true)
  expect(await newest('numbered')).toBe(3)
  const failedAttempt = `models/${lease.jobId}/0/fine_tuned/model.onnx`
  await store.put(failedAttempt, Buffer.from('of an attempt before'))
  await collectModelFiles(api.context)
  expect(await store.size(key)).toBeUndefined()
  expect(await store.size(kept)).toBeDefined()
  expect(await store.size(failedAttempt)).toBeDefined() // its job still runs
  await finishJob(api.context.db, lease, 'failed')
  await collectModelFiles(api.context)
  expect(await store.size(failedAttempt)).toBeUndefined()
  expect(await store.size(running)).toBeDefined()
})

test('a version with an alias, of a running job, or without its number is not deleted', async () => {
  const { lease } = await publish('kept', true)
  expect(await problemOf(await remove('kept@1'))).toMatchObject({ code: 'state_conflict' })
  await finishJob(api.context.db, lease, 'failed')
  await api.ask('/v1/models/kept/aliases/champion', jsonOf({ version: 1 }, 'PUT'))
  expect(await problemOf(await remove('kept@1'))).toMatchObject({
    code: 'state_conflict',
    detail: expect.stringContaining('champion'),
  })
  expect(await problemOf(await remove('kept'))).toMatchObject({ code: 'invalid_request' })
  expect(await problemOf(await remove('nobody@1'))).toMatchObject({ code: 'not_found' })
})

test('of a deletion and a deployment at the same time one gives way', async () => {
  for (let round = 1; round <= 10; round += 1) {
    await publish('raced')
    const reference = `raced@${round}`
    const [removed, served] = await Promise.all([remove(reference), serve(`race-${round}`, reference)])
    expect([removed.status, served.status].sort()).toEqual(removed.status === 204 ? [204, 404] : [200, 409])
  }
})
