import type { Batch } from '@graft/core/wire/batches'
import type { Page } from '@graft/core/wire/common'
import type { Prediction } from '@graft/core/wire/predictions'
import { claimBatch } from '@graft/db/batches'
import { datasets, datasetVersions } from '@graft/db/schema'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import { PHOTOS, startTestBulk } from '../bulk/test-bulk.ts'
import { jsonOf, problemOf } from '../test-api.ts'

let bulk: Awaited<ReturnType<typeof startTestBulk>>
beforeAll(async () => {
  bulk = await startTestBulk()
})
afterEach(() => bulk.stopWorker())
afterAll(() => bulk.close())

test('every image of the version is answered as it is alone, or has its fault, in order', async () => {
  await bulk.insertImages('papers', [...PHOTOS, PHOTOS[0]!.subarray(0, 1000)])
  const made = await bulk.order({ dataset: 'papers' })
  expect(made).toMatchObject({
    object: 'batch',
    endpoint: 'sorter',
    revision: 1,
    dataset: 'papers@1',
    split: null,
    status: 'queued',
    progress: { images: 4, done: 0, failed: 0 },
  })
  const batch = await bulk.ended(made.id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 4, done: 4, failed: 1 } })
  const lines = await bulk.linesOf(batch)
  expect(lines.map(({ path }) => path[path.indexOf(',') - 1])).toEqual(['0', '1', '2', '3'])
  for (const [index, photo] of PHOTOS.entries()) {
    const image = photo.toString('base64')
    const alone = (await (
      await bulk.api.ask('/v1/endpoints/sorter/predict', jsonOf({ image }))
    ).json()) as Prediction
    const { predictions, decision, threshold } = alone
    const near = predictions.map(({ label, confidence }) => ({
      label,
      confidence: expect.closeTo(confidence, 4),
    }))
    expect(lines[index]).toMatchObject({
      model: bulk.model,
      label: 'paper',
      predictions: near,
      decision,
      threshold,
    })
  }
  expect(lines[3]).toMatchObject({ error: { code: 'image_undecodable' } })

  const answer = await bulk.api.ask(batch.files['results.csv']!.url)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(answer.headers.get('etag')).toBe(`"${batch.files['results.csv']!.sha256}"`)
  const rows = (await answer.text()).split('\r\n')
  expect(rows).toHaveLength(6)
  expect(rows[0]).toBe('path,split,label,predicted,confidence,decision,model,error')
  expect(rows[1]).toMatch(
    /^"train\/paper\/0, ""papers"".jpg",train,paper,\w+,0\.\d+,(accept|abstain),waste@1,$/,
  )
  expect(rows[4]).toMatch(/,test,paper,,,,,image_undecodable$/)
})

test('of one split only its images are asked about', async () => {
  await bulk.insertImages('splits', PHOTOS)
  const batch = await bulk.ended((await bulk.order({ dataset: 'splits@1', split: 'test' })).id)
  expect(batch).toMatchObject({ split: 'test', progress: { images: 2, done: 2 } })
  expect((await bulk.linesOf(batch)).map(({ split }) => split)).toEqual(['test', 'test'])
})

test('a cancelled batch has no results, and is not cancelled twice', async () => {
  await bulk.insertImages('left', PHOTOS)
  const { id } = await bulk.order({ dataset: 'left' })
  const cancel = () => bulk.api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
  expect(await (await cancel()).json()).toMatchObject({ status: 'cancelled', files: {} })
  expect(await problemOf(await cancel())).toMatchObject({ status: 409, code: 'state_conflict' })
  expect(await claimBatch(bulk.api.context.db)).toBeUndefined()
  expect(await problemOf(await bulk.api.ask(`/v1/batches/${id}/files/results.csv`))).toMatchObject({
    code: 'not_found',
  })
})

test.each<[string, string, object, string]>([
  ['an unknown endpoint', 'nowhere', { dataset: 'papers' }, 'not_found'],
  ['an unknown data set', 'sorter', { dataset: 'none' }, 'not_found'],
  ['an unknown version', 'sorter', { dataset: 'papers@9' }, 'not_found'],
  ['an alias', 'sorter', { dataset: 'papers@newest' }, 'not_found'],
  ['an empty split', 'sorter', { dataset: 'papers', split: 'validation' }, 'invalid_request'],
  ['no data set', 'sorter', {}, 'invalid_request'],
])('%s is refused', async (_, endpoint, body, code) => {
  expect(await problemOf(await bulk.api.ask(`/v1/endpoints/${endpoint}/batch`, jsonOf(body)))).toMatchObject({
    code,
  })
})

test('a key that may not read data cannot order a batch', async () => {
  const answer = await bulk.api.ask('/v1/keys', jsonOf({ name: 'camera', scopes: ['predict'] }))
  const { key } = (await answer.json()) as { key: string }
  const init = jsonOf({ dataset: 'papers' })
  const headers = { ...init.headers, authorization: `Bearer ${key}` }
  const refused = await bulk.api.ask('/v1/endpoints/sorter/batch', { ...init, headers })
  expect(await problemOf(refused)).toMatchObject({ code: 'forbidden' })
})

test('a bare name means the newest version that was not rejected, as for a job', async () => {
  await bulk.insertImages('twice', PHOTOS)
  const { db } = bulk.api.context
  const [row] = await db.select().from(datasets).where(eq(datasets.name, 'twice'))
  const [first] = await db.select().from(datasetVersions).where(eq(datasetVersions.datasetId, row!.id))
  await db.insert(datasetVersions).values({ ...first!, number: 2, state: 'rejected' })
  const { id, dataset } = await bulk.order({ dataset: 'twice' })
  expect(dataset).toBe('twice@1')
  await bulk.api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
})

/** Asks as a new key with these scopes. */
async function keyOf(...scopes: string[]) {
  const made = await bulk.api.ask('/v1/keys', jsonOf({ name: 'one', scopes }))
  const { key } = (await made.json()) as { key: string }
  const authorization = `Bearer ${key}`
  const ask = (path: string, init: RequestInit = {}) =>
    bulk.api.ask(path, { ...init, headers: { ...(init.headers as object), authorization } })
  const order = () =>
    ask('/v1/endpoints/sorter/batch', {
      method: 'POST',
      headers: { 'content-type': 'application/zip' },
      body: new Uint8Array(zipOf([{ name: '1.jpg', data: PHOTOS[0]! }])),
    })
  const seen = async () => ((await (await ask('/v1/batches')).json()) as Page<Batch>).data.map(({ id }) => id)
  return { ask, order, seen }
}

test('a key without the scope of data sees its own batches alone', async () => {
  const [one, other, reader] = [
    await keyOf('predict'),
    await keyOf('predict'),
    await keyOf('predict', 'data'),
  ]
  const { id } = (await (await one.order()).json()) as Batch
  expect(await one.seen()).toEqual([id])
  expect(await other.seen()).toEqual([])
  expect(await reader.seen()).toContain(id)
  for (const [path, method] of [
    [`/v1/batches/${id}`, 'GET'],
    [`/v1/batches/${id}/cancel`, 'POST'],
    [`/v1/batches/${id}/files/results.csv`, 'GET'],
  ] as const) {
    expect(await problemOf(await other.ask(path, { method }))).toMatchObject({ code: 'not_found' })
  }
  expect((await reader.ask(`/v1/batches/${id}`)).status).toBe(200)
  expect((await one.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })).status).toBe(200)
})

test('batches of one key are limited while they wait or run, of archives as of data sets', async () => {
  await bulk.insertImages('many', PHOTOS)
  const one = await keyOf('predict', 'data')
  vi.stubEnv('GRAFT_MAX_BATCHES_PER_KEY', '1')
  const { id } = (await (await one.order()).json()) as Batch
  const ofVersion = () => one.ask('/v1/endpoints/sorter/batch', jsonOf({ dataset: 'many' }))
  for (const refused of [await one.order(), await ofVersion()]) {
    expect(await problemOf(refused)).toMatchObject({ status: 429, code: 'too_many_batches' })
  }
  await one.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
  expect((await ofVersion()).status).toBe(202)
  expect((await problemOf(await one.order())).code).toBe('too_many_batches')
  vi.unstubAllEnvs()
})
