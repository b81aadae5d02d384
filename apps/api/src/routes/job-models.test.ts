// What a job starts from, and the weights that are kept of it.

import type { Page } from '@graft/core/wire/common'
import type { Job, JobCheckpoint } from '@graft/core/wire/jobs'
import type { ModelLineage } from '@graft/core/wire/registry'
import { appendEvent } from '@graft/db/job-events'
import { claimJob, finishJob, type Lease } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { datasetVersions } from '@graft/db/schema'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

const JOBS = '/v1/fine_tuning/jobs'
let api: TestApi
let datasetId: string
beforeAll(async () => {
  api = await startTestApi()
  datasetId = await insertDataset(api.context.db, 'photos')
})
afterAll(() => api.close())

const weights = { key: 'models/x/model.safetensors', sha256: 'b'.repeat(64), bytes: 1 }
async function claimed(modelName: string): Promise<Lease> {
  const { db } = api.context
  return (await claimJob(db, await insertJob(db, datasetId, { modelName })))!.lease
}
async function publish(name: string, change = {}): Promise<void> {
  const lease = await claimed(name)
  await publishModel(api.context.db, lease, {
    ...newVersion(),
    files: { 'model.safetensors': weights },
    ...change,
  })
  await finishJob(api.context.db, lease, 'failed')
}
const create = (body: object) => api.ask(JOBS, jsonOf({ training_dataset: 'photos', name: 'next', ...body }))

test('a job starts from a version; both tell of it, and the version stays while the job has not ended', async () => {
  await publish('hotdog')
  await publish('hotdog')
  const answer = await create({ model: 'hotdog@1' })
  expect(answer.status).toBe(201)
  const job = (await answer.json()) as Job
  expect(job.model).toBe('hotdog@1')
  const { db } = api.context
  const { lease, job: row } = (await claimJob(db, job.id))!
  expect(row).toMatchObject({ parent: 'hotdog@1', baseModel: 'resnet18' })

  await publishModel(db, lease, newVersion())
  const lineage = async (model: string) =>
    (await (await api.ask(`/v1/models/${model}/lineage`)).json()) as ModelLineage
  expect(await lineage('next@1')).toMatchObject({ parent: 'hotdog@1', job: job.id })
  expect((await lineage('hotdog@1')).children).toEqual([
    { job: job.id, status: 'running', versions: ['next@1'] },
  ])
  const remove = () => api.ask('/v1/models/hotdog@1', { method: 'DELETE' })
  expect(await problemOf(await remove())).toMatchObject({
    code: 'state_conflict',
    detail: expect.stringContaining(job.id),
  })
  await finishJob(db, lease, 'failed')
  expect((await remove()).status).toBe(204)
  expect(await lineage('next@1')).toMatchObject({ parent: 'hotdog@1' })

  expect(((await (await create({ model: 'hotdog' })).json()) as Job).model).toBe('hotdog@2')
})

test.each([
  ['one that is not there', { model: 'hotdog@9' }, 'not_found'],
  ['a name that is none', { model: 'Hot Dog' }, 'invalid_name'],
  ['an archived one', { model: 'archived@1' }, 'state_conflict'],
  ['one without weights', { model: 'empty@1' }, 'weights_invalid'],
  ['one that sees images otherwise', { model: 'grey@1' }, 'invalid_request'],
  ['a recipe that starts anew', { model: 'hotdog', recipe: 'scratch' }, 'invalid_request'],
])('%s is refused', async (_, body, code) => {
  if (code === 'state_conflict') {
    await publish('archived')
    await api.ask('/v1/models/archived@1', jsonOf({ archived: true }, 'PATCH'))
  }
  if (code === 'weights_invalid') await publish('empty', { files: {} })
  if (body.model === 'grey@1') {
    await publish('grey', { preprocessing: { ...newVersion().preprocessing, mean: [0.5, 0.5, 0.5] } })
  }
  expect((await problemOf(await create(body))).code).toBe(code)
})

test('the checkpoints of a job are its versions, and what its epochs have saved until it ends', async () => {
  const { db, store } = api.context
  const splits = { train: { cat: 40, dog: 30 }, validation: { cat: 8 }, test: {} }
  await db.update(datasetVersions).set({ splits }).where(eq(datasetVersions.datasetId, datasetId))
  const lease = await claimed('kept')
  const measured = (stage: string, epoch: number) =>
    appendEvent(db, lease.jobId, {
      ...({ level: 'info', type: 'metrics', message: 'Measured.' } as const),
      data: { stage, epoch, validation_loss: 1 - epoch / 10 },
    })
  const read = async () => {
    const answer = await api.ask(`${JOBS}/${lease.jobId}/checkpoints`)
    return ((await answer.json()) as Page<JobCheckpoint>).data
  }
  expect(await read()).toEqual([])
  await measured('probe', 0)
  await publishModel(db, lease, newVersion('probe'))
  for (const epoch of [1, 2, 3]) await measured('fine_tuned', epoch)
  for (const name of ['1/1.safetensors', '2/2.safetensors', '2/3.safetensors', '2/state.json']) {
    await store.put(`jobs/${lease.jobId}/checkpoints/${name}`, Buffer.from('x'))
  }
  const [third, second, probe, ...others] = await read()
  expect(others).toEqual([])
  expect(third).toMatchObject({
    object: 'fine_tuning.job.checkpoint',
    fine_tuning_job_id: lease.jobId,
    step_number: 9, // of 70 images in batches of 32
    fine_tuned_model_checkpoint: null,
    metrics: { validation_loss: 0.7 },
  })
  expect(second?.step_number).toBe(6)
  expect(probe).toMatchObject({ step_number: 0, fine_tuned_model_checkpoint: 'kept@1' })
  expect((await problemOf(await api.ask(`${JOBS}/ftjob_404/checkpoints`))).code).toBe('not_found')
})
