import { GraftError } from '@graft/core/errors'
import type { Page } from '@graft/core/wire/common'
import type { DryRun, Job, JobEvent } from '@graft/core/wire/jobs'
import { claimJob, finishJob, releaseJob, renewLease } from '@graft/db/job-lease'
import { datasetVersions } from '@graft/db/schema'
import { insertDataset } from '@graft/db/test-rows'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { finishVersion } from '../datasets/finish-version.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

const JOBS = '/v1/fine_tuning/jobs'
let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await insertDataset(api.context.db, 'hotdog')
})
afterAll(() => api.close())

const post = (body: object) => api.ask(JOBS, jsonOf(body))
const read = async (id: string) => (await (await api.ask(`${JOBS}/${id}`)).json()) as Job
const cancel = (id: string) => api.ask(`${JOBS}/${id}/cancel`, { method: 'POST' })
async function make(body: object = {}): Promise<Job> {
  const answer = await post({ training_dataset: 'hotdog', ...body })
  expect(answer.status).toBe(201)
  return (await answer.json()) as Job
}
async function messagesOf({ id }: Job): Promise<string[]> {
  const page = (await (await api.ask(`${JOBS}/${id}/events`)).json()) as Page<JobEvent>
  return page.data.map(({ message }) => message)
}
/** A data set whose only version is in another state. */
async function insertDatasetAs(name: string, change: Partial<typeof datasetVersions.$inferInsert>) {
  const id = await insertDataset(api.context.db, name)
  await api.context.db.update(datasetVersions).set(change).where(eq(datasetVersions.datasetId, id))
  return id
}

test('a dry run is answered by a trainer, and makes no job', async () => {
  const ask = (dataset: string) => api.ask(`${JOBS}?dry_run=true`, jsonOf({ training_dataset: dataset }))
  vi.stubEnv('GRAFT_MAX_DRY_RUN_SECONDS', '1')
  expect((await problemOf(await ask('hotdog'))).code).toBe('trainer_silent')
  vi.unstubAllEnvs()
  const left = { ...jsonOf({ training_dataset: 'hotdog' }), signal: AbortSignal.timeout(100) }
  expect((await problemOf(await api.ask(`${JOBS}?dry_run=true`, left))).code).toBe('request_abandoned')
  expect(await api.context.queue.depths()).toEqual([])
  await insertDatasetAs('arriving', { state: 'ingesting' })
  expect((await problemOf(await ask('arriving'))).code).toBe('state_conflict')
  expect((await problemOf(await ask('nothing'))).code).toBe('not_found')
  const both = await api.ask(`${JOBS}?dry_run=true&dry_run=false`, jsonOf({ training_dataset: 'hotdog' }))
  expect((await problemOf(both)).code).toBe('invalid_request')

  const measured = { object: 'fine_tuning.dry_run', engine: 'none', images_per_second: 7, eta_seconds: 3 }
  const rest = { images: { train: 1, validation: 1, test: 1 }, peak_memory_bytes: 1 }
  await api.context.queue.answer('dry-run', async ({ recipe, seed }) => {
    if (seed === 13) return { code: 'engine_unavailable', message: 'no engine' }
    return { ...measured, ...rest, hyperparameters: recipe } as DryRun
  })
  const answer = await ask('hotdog')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ ...measured, hyperparameters: { recipe: 'auto' } })
  const body = jsonOf({ training_dataset: 'hotdog', seed: 13 })
  const refused = await api.ask(`${JOBS}?dry_run=true`, body)
  expect((await problemOf(refused)).code).toBe('engine_unavailable')
  expect(await (await api.ask(JOBS)).json()).toMatchObject({ data: [] })
})

test('a job on a ready version is queued, with every hyper-parameter resolved', async () => {
  const job = await make({
    hyperparameters: { epochs: 7, batch_size: 'auto' },
    recipe: 'seed',
    seed: 3,
    deploy: 'sorter',
  })
  expect(job).toMatchObject({
    id: expect.stringMatching(/^ftjob_/),
    object: 'fine_tuning.job',
    status: 'queued',
    model: 'resnet18',
    training_dataset: 'hotdog@1',
    hyperparameters: { recipe: 'seed', epochs: 7, batch_size: 128, learning_rate: 5e-5 },
    name: 'hotdog',
    seed: 3,
    deploy: 'sorter',
    fine_tuned_model: null,
    error: null,
    started_at: null,
    finished_at: null,
  })
  expect(await read(job.id)).toEqual(job)
  expect(await messagesOf(job)).toEqual(['The job waits for a trainer.'])
})

test('the message of a job reaches the trainers', async () => {
  const taken = new Set<string>()
  await api.context.queue.work('fine-tune', async ({ job_id }) => {
    taken.add(job_id)
  })
  const job = await make()
  await expect.poll(() => taken.has(job.id), { timeout: 20_000 }).toBe(true)
})

test('a job waits for the ingest of its version, and is queued by its end', async () => {
  const id = await insertDatasetAs('slow', { state: 'ingesting' })
  const job = await make({ training_dataset: 'slow@1' })
  expect(job.status).toBe('validating_files')
  const settlement = {
    files: [],
    labels: ['a', 'b'],
    splits: { train: {}, validation: {}, test: {} },
    cut: [],
  }
  await finishVersion(
    api.context,
    { datasetId: id, number: 1 },
    { settlement, manifestSha256: '0'.repeat(64) },
  )
  expect((await read(job.id)).status).toBe('queued')
})

test('a bare name passes over a rejected version', async () => {
  const id = await insertDatasetAs('steady', { state: 'ready' })
  const [first] = await api.context.db.select().from(datasetVersions).where(eq(datasetVersions.datasetId, id))
  await api.context.db.insert(datasetVersions).values({ ...first!, number: 2, state: 'rejected' })
  expect(await make({ training_dataset: 'steady' })).toMatchObject({ training_dataset: 'steady@1' })
})

test('a key that may train but not deploy makes jobs that deploy nothing', async () => {
  await insertDatasetAs('mine', { state: 'ready' })
  const created = await api.ask('/v1/keys', jsonOf({ name: 'student', scopes: ['train'] }))
  const { key } = (await created.json()) as { key: string }
  const ask = (body: object) => {
    const init = jsonOf({ training_dataset: 'mine', ...body })
    return api.ask('/v1/fine_tuning/jobs', {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${key}` },
    })
  }
  expect((await ask({})).status).toBe(201)
  expect(await problemOf(await ask({ deploy: 'prod' }))).toMatchObject({ status: 403, code: 'forbidden' })
})

test('a job whose version is rejected fails with it', async () => {
  const id = await insertDatasetAs('faulty', { state: 'ingesting' })
  const job = await make({ training_dataset: 'faulty' })
  const fault = new GraftError('too_few_classes', 'There is one class.')
  await finishVersion(api.context, { datasetId: id, number: 1 }, { fault })
  expect(await read(job.id)).toMatchObject({
    status: 'failed',
    error: { code: 'dataset_rejected', message: expect.stringContaining('one class') },
  })
  expect(await problemOf(await post({ training_dataset: 'faulty' }))).toMatchObject({
    status: 422,
    code: 'dataset_rejected',
    detail: expect.stringContaining('one class'),
  })
})

test.each<[string, object, string, string?]>([
  ['no data set', {}, 'invalid_request', 'training_dataset'],
  ['an unknown data set', { training_dataset: 'none' }, 'not_found'],
  ['an unknown version', { training_dataset: 'hotdog@2' }, 'not_found'],
  ['an alias, which data sets have not', { training_dataset: 'hotdog@best' }, 'not_found'],
  ['a bad name of a data set', { training_dataset: 'Hot Dog' }, 'invalid_name'],
  ['a bad name of a model', { training_dataset: 'hotdog', name: '../x' }, 'invalid_name'],
  ['a bad name of an endpoint', { training_dataset: 'hotdog', deploy: 'A' }, 'invalid_name'],
  ['an unknown network', { training_dataset: 'hotdog', model: 'gpt' }, 'not_found'],
  ['an unknown recipe', { training_dataset: 'hotdog', recipe: 'x' }, 'invalid_request', 'recipe'],
  [
    'an unknown hyper-parameter',
    { training_dataset: 'hotdog', hyperparameters: { speed: 1 } },
    'invalid_request',
    'hyperparameters',
  ],
  [
    'a value out of range',
    { training_dataset: 'hotdog', hyperparameters: { epochs: 0 } },
    'invalid_request',
    'hyperparameters.epochs',
  ],
  ['an unknown field', { training_dataset: 'hotdog', nmae: 'x' }, 'invalid_request', ''],
])('%s is refused', async (_, body, code, path) => {
  const problem = await problemOf(await post(body))
  expect(problem.code).toBe(code)
  if (path !== undefined) expect(problem.errors.map((error) => error.path)).toEqual([path])
})

test('a job that waits is cancelled at once', async () => {
  const queued = await make()
  const answer = await cancel(queued.id)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    id: queued.id,
    status: 'cancelled',
    finished_at: expect.any(String),
  })
  expect(await messagesOf(queued)).toEqual(['The job waits for a trainer.', 'The job was cancelled.'])
  expect(await claimJob(api.context.db, queued.id)).toBeUndefined()

  await insertDatasetAs('waiting', { state: 'ingesting' })
  const waiting = await make({ training_dataset: 'waiting' })
  expect(await (await cancel(waiting.id)).json()).toMatchObject({ status: 'cancelled' })
})

test('a running job hears of its cancellation at the next heartbeat', async () => {
  const { db, queue } = api.context
  const job = await make()
  const claimed = await claimJob(db, job.id)
  const { lease } = claimed!
  expect(await renewLease(db, lease)).toBeNull()
  expect(await (await cancel(job.id)).json()).toMatchObject({ status: 'running', finished_at: null })
  expect((await cancel(job.id)).status).toBe(200)
  expect(await renewLease(db, lease)).toBe('cancel')
  await releaseJob(db, queue, lease)
  expect(await (await cancel(job.id)).json()).toMatchObject({ status: 'cancelled' })
})

test('a job that has ended is not cancelled', async () => {
  const { db } = api.context
  const job = await make()
  const claimed = await claimJob(db, job.id)
  await finishJob(db, claimed!.lease, 'failed', { errorCode: 'diverged', errorMessage: 'NaN' })
  expect(await problemOf(await cancel(job.id))).toMatchObject({ status: 409, code: 'state_conflict' })
  expect(await read(job.id)).toMatchObject({ status: 'failed', error: { code: 'diverged', message: 'NaN' } })
})

test('an unknown job is not_found', async () => {
  for (const answer of [await api.ask(`${JOBS}/ftjob_none`), await cancel('ftjob_none')]) {
    expect(await problemOf(answer)).toMatchObject({ status: 404, code: 'not_found' })
  }
})

test('jobs are listed, the newest first, each once', async () => {
  const ids: string[] = []
  let after = ''
  do {
    const page = (await (await api.ask(`${JOBS}?limit=3${after}`)).json()) as Page<Job>
    ids.push(...page.data.map(({ id }) => id))
    after = page.has_more ? `&after=${page.last_id}` : ''
  } while (after !== '')
  expect(ids.length).toBeGreaterThan(6)
  expect(ids).toEqual([...new Set(ids)].sort().reverse())
  const newest = await make()
  const page = (await (await api.ask(JOBS)).json()) as Page<Job>
  expect(page.data[0]?.id).toBe(newest.id)
  expect(page.data.length).toBe(ids.length + 1)
})
