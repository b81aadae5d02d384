import type { Page } from '@graft/core/wire/common'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Job } from '@graft/core/wire/jobs'
import type { Sweep } from '@graft/core/wire/sweeps'
import { changeJobState, claimJob, finishJob, recordMetrics } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { insertDataset, newVersion } from '@graft/db/test-rows'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { settleSweeps } from '../sweeps/settle-sweeps.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

const SWEEPS = '/v1/fine_tuning/sweeps'
let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await insertDataset(api.context.db, 'photos')
})
afterAll(() => api.close())
afterEach(() => {
  delete process.env.GRAFT_MAX_JOBS_PER_KEY
  delete process.env.GRAFT_MAX_SWEEP_JOBS
})

const VALUES = { learning_rate: [1e-3, 2e-3], freeze_until: ['none', 'layer1'] }
const post = (body: object) => api.ask(SWEEPS, jsonOf({ training_dataset: 'photos', ...body }))
async function make(body: object): Promise<Sweep> {
  const answer = await post(body)
  expect(answer.status).toBe(201)
  return (await answer.json()) as Sweep
}
const read = async (id: string) => (await (await api.ask(`${SWEEPS}/${id}`)).json()) as Sweep

/** Runs a job as a trainer does, to this loss. */
async function run(id: string, validation_loss?: number): Promise<void> {
  const { db } = api.context
  const { lease } = (await claimJob(db, id))!
  await publishModel(db, lease, newVersion())
  if (validation_loss !== undefined) {
    await recordMetrics(db, lease, { validation_loss, test_accuracy: validation_loss })
  }
  await changeJobState(db, lease, 'publishing')
  await finishJob(db, lease, 'succeeded')
}

test('a sweep makes a job for each combination, and names and serves what did best on the validation images', async () => {
  const { db } = api.context
  const sweep = await make({ values: VALUES, alias: 'champion', deploy: 'photos', recipe: 'seed' })
  expect(sweep.jobs.map(({ hyperparameters }) => hyperparameters)).toEqual([
    { learning_rate: 1e-3, freeze_until: 'none' },
    { learning_rate: 1e-3, freeze_until: 'layer1' },
    { learning_rate: 2e-3, freeze_until: 'none' },
    { learning_rate: 2e-3, freeze_until: 'layer1' },
  ])
  const [first, second, third, fourth] = sweep.jobs.map(({ id }) => id)
  const job = (await (await api.ask(`/v1/fine_tuning/jobs/${third}`)).json()) as Job
  // `seed` would keep its last epoch, and show the test images after each.
  expect(job.hyperparameters).toMatchObject({ recipe: 'seed', learning_rate: 2e-3, keep: 'best' })

  await run(first!, 0.5)
  await run(second!, 0.3)
  await run(third!, 0.4)
  await settleSweeps(db)
  expect(await read(sweep.id)).toMatchObject({ status: 'running', best: null })
  const { lease } = (await claimJob(db, fourth!))!
  await finishJob(db, lease, 'failed')
  await settleSweeps(db)
  const ended = await read(sweep.id)
  expect(ended).toMatchObject({ status: 'succeeded', best: 'photos@2', error: null })
  expect(ended.jobs.map(({ id }) => id)).toEqual([second, third, first, fourth])
  const champion = await api.ask('/v1/models/photos@champion')
  expect(await champion.json()).toMatchObject({ version: 2, aliases: ['champion'] })
  const endpoint = (await (await api.ask('/v1/endpoints/photos')).json()) as Endpoint
  expect(endpoint.traffic).toEqual([{ model: 'photos@2', weight: 100 }])
  const cancel = await api.ask(`${SWEEPS}/${sweep.id}/cancel`, { method: 'POST' })
  expect((await problemOf(cancel)).code).toBe('state_conflict')
})

test('a sweep whose jobs were measured on no validation images says so, and names nothing', async () => {
  const sweep = await make({ name: 'blind', values: { epochs: [1] }, alias: 'champion' })
  await run(sweep.jobs[0]!.id)
  await settleSweeps(api.context.db)
  expect(await read(sweep.id)).toMatchObject({ status: 'failed', best: null, error: { code: 'sweep_empty' } })
  expect((await api.ask('/v1/models/blind@champion')).status).toBe(404)
})

test('cancelled, its jobs are too: those that wait at once, one that runs at its next heartbeat', async () => {
  const { db } = api.context
  const sweep = await make({ name: 'stopped', values: { epochs: [1, 2, 3] } })
  const [first, second] = sweep.jobs.map(({ id }) => id)
  await claimJob(db, first!)
  await run(second!, 0.1)
  const answer = await api.ask(`${SWEEPS}/${sweep.id}/cancel`, { method: 'POST' })
  const cancelled = (await answer.json()) as Sweep
  expect(cancelled).toMatchObject({ status: 'cancelled', best: null })
  expect(cancelled.jobs.map(({ status }) => status).sort()).toEqual(['cancelled', 'running', 'succeeded'])
  const job = (await (await api.ask(`/v1/fine_tuning/jobs/${first}`)).json()) as Job
  expect(job.requested).toBe('cancel')
  const page = (await (await api.ask(SWEEPS)).json()) as Page<Sweep>
  expect(page.data[0]).toMatchObject({ id: sweep.id, training_dataset: 'photos@1' })
})

const HUNDRED = Array.from({ length: 100 }, (_, index) => (index + 1) / 200)

test.each([
  ['a value that is none', { values: { epochs: [1, 0] } }, 'invalid_request'],
  ['an unknown hyper-parameter', { values: { speed: [1] } }, 'invalid_request'],
  ['nothing that varies', { values: {} }, 'invalid_request'],
  ['an alias that is none', { values: { epochs: [1] }, alias: 'No Alias' }, 'invalid_name'],
  [
    'more combinations than memory holds',
    { values: { learning_rate: HUNDRED, weight_decay: HUNDRED, momentum: HUNDRED, layer_decay: HUNDRED } },
    'invalid_request',
  ],
  ['more jobs than may be', { values: { epochs: [1, 2, 3], momentum: [0, 0.5, 0.9] } }, 'invalid_request'],
])('%s is refused, and makes no job', async (_, body, code) => {
  process.env.GRAFT_MAX_SWEEP_JOBS = '8'
  const count = async () => ((await (await api.ask('/v1/fine_tuning/jobs')).json()) as Page<Job>).data.length
  const before = await count()
  expect((await problemOf(await post(body))).code).toBe(code)
  expect(await count()).toBe(before)
})

test('jobs of one key are limited while they wait or run; those of another key do not count', async () => {
  const created = await api.ask('/v1/keys', jsonOf({ name: 'ci', scopes: ['train'] }))
  const { key } = (await created.json()) as { key: string }
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const ask = (path: string, body: object) =>
    api.ask(path, { method: 'POST', headers, body: JSON.stringify({ training_dataset: 'photos', ...body }) })
  process.env.GRAFT_MAX_JOBS_PER_KEY = '2'
  const first = (await (await ask('/v1/fine_tuning/jobs', {})).json()) as Job
  expect((await problemOf(await ask(SWEEPS, { values: { epochs: [1, 2] } }))).code).toBe('too_many_jobs')
  expect((await ask('/v1/fine_tuning/jobs', {})).status).toBe(201)
  const refused = await problemOf(await ask('/v1/fine_tuning/jobs', {}))
  expect(refused).toMatchObject({ status: 429, code: 'too_many_jobs' })
  await ask(`/v1/fine_tuning/jobs/${first.id}/cancel`, {})
  expect((await ask('/v1/fine_tuning/jobs', {})).status).toBe(201)
  const served = await ask(SWEEPS, { values: { epochs: [1] }, alias: 'champion' })
  expect((await problemOf(served)).code).toBe('forbidden')
})
