// Jobs that are paused, resumed and stopped, as whoever asks and their trainer see it.
import type { Job } from '@graft/core/wire/jobs'
import { changeJobState, claimJob, finishJob, pauseHeldJob, renewLease } from '@graft/db/job-lease'
import { datasetVersions, jobs } from '@graft/db/schema'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectGarbage } from '../datasets/collect-garbage.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

const JOBS = '/v1/fine_tuning/jobs'
let api: TestApi
let datasetId: string
beforeAll(async () => {
  api = await startTestApi()
  datasetId = await insertDataset(api.context.db, 'hotdog')
})
afterAll(() => api.close())

const ask = (id: string, what: string) => api.ask(`${JOBS}/${id}/${what}`, { method: 'POST' })
async function asked(id: string, what: string): Promise<Job> {
  const answer = await ask(id, what)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Job
}
const refused = async (id: string, what: string) => (await problemOf(await ask(id, what))).code
const read = async (id: string) => (await (await api.ask(`${JOBS}/${id}`)).json()) as Job
async function make(dataset = 'hotdog'): Promise<string> {
  const answer = await api.ask(JOBS, jsonOf({ training_dataset: dataset }))
  expect(answer.status).toBe(201)
  return ((await answer.json()) as Job).id
}

test('a job that waits is paused at once, and resumed it has one message again', async () => {
  const { db, queue } = api.context
  const [id, next] = [await make(), await make()]
  expect(await asked(id, 'pause')).toMatchObject({ status: 'paused', queue: null, finished_at: null })
  expect((await read(next)).queue?.position).toBe(1)
  expect(await claimJob(db, id)).toBeUndefined()
  expect(await refused(id, 'pause')).toBe('state_conflict')
  expect(await refused(id, 'stop')).toBe('state_conflict')

  expect(await asked(id, 'resume')).toMatchObject({ status: 'queued', queue: { position: 2 } })
  expect(await refused(id, 'resume')).toBe('state_conflict')
  const taken: string[] = []
  await queue.work('fine-tune', async ({ job_id }) => void taken.push(job_id))
  await expect.poll(() => taken.length, { timeout: 20_000 }).toBe(2)
  expect(taken).toEqual([next, id])
  await expect.poll(() => queue.depths()).toEqual([])
})

test('a running job hears at its heartbeat that it is to pause, and nothing but a cancellation comes between', async () => {
  const { db } = api.context
  const id = await insertJob(db, datasetId)
  const { lease } = (await claimJob(db, id))!
  expect(await asked(id, 'pause')).toMatchObject({ status: 'running', requested: 'pause' })
  expect(await asked(id, 'pause')).toMatchObject({ status: 'running' })
  expect(await refused(id, 'stop')).toBe('state_conflict')
  expect(await refused(id, 'resume')).toBe('state_conflict')
  expect(await renewLease(db, lease)).toBe('pause')
  await pauseHeldJob(db, lease)
  expect(await read(id)).toMatchObject({ status: 'paused', requested: null })
  await expect(renewLease(db, lease)).rejects.toMatchObject({ code: 'state_conflict' })

  expect(await asked(id, 'resume')).toMatchObject({ status: 'queued' })
  const again = (await claimJob(db, id))!.lease
  expect(again.attempt).toBe(2)
  await asked(id, 'pause')
  expect(await asked(id, 'cancel')).toMatchObject({ requested: 'cancel' })
  expect(await renewLease(db, again)).toBe('cancel')
  expect(await refused(id, 'pause')).toBe('state_conflict')
})

test('a running job is asked to stop, and says afterwards that it was', async () => {
  const { db } = api.context
  const id = await insertJob(db, datasetId)
  expect(await refused(id, 'stop')).toBe('state_conflict')
  const { lease } = (await claimJob(db, id))!
  expect(await asked(id, 'stop')).toMatchObject({ status: 'running', requested: 'stop' })
  expect(await renewLease(db, lease)).toBe('stop')
  expect(await refused(id, 'pause')).toBe('state_conflict')
  await changeJobState(db, lease, 'publishing')
  expect(await asked(id, 'stop')).toMatchObject({ status: 'publishing', requested: 'stop' })
  await finishJob(db, lease, 'succeeded')
  expect(await read(id)).toMatchObject({ status: 'succeeded', requested: 'stop' })
  for (const what of ['pause', 'resume', 'stop']) expect(await refused(id, what)).toBe('state_conflict')
})

test('a job whose data set is not ready is paused, and resumed it waits for that, or says that it never will be', async () => {
  const { db } = api.context
  const slow = await insertDataset(db, 'slow')
  const become = (state: 'ingesting' | 'rejected' | 'ready') =>
    db.update(datasetVersions).set({ state }).where(eq(datasetVersions.datasetId, slow))
  await become('ingesting')
  const id = await make('slow')
  expect(await asked(id, 'pause')).toMatchObject({ status: 'paused' })
  expect(await asked(id, 'resume')).toMatchObject({ status: 'validating_files' })
  await asked(id, 'pause')
  await become('rejected')
  expect(await refused(id, 'resume')).toBe('dataset_rejected')
  await become('ready')
  expect(await asked(id, 'resume')).toMatchObject({ status: 'queued' })
})

test('what a job has saved to go on from is kept while it is paused, and collected once it is cancelled', async () => {
  const { db, store } = api.context
  const id = await insertJob(db, datasetId)
  const key = `jobs/${id}/checkpoints/1.safetensors`
  await store.put(key, Buffer.from('weights'))
  await asked(id, 'pause')
  await collectGarbage(api.context)
  expect((await store.read(key)).toString()).toBe('weights')
  expect(await asked(id, 'cancel')).toMatchObject({ status: 'cancelled' })
  await collectGarbage(api.context)
  await expect(store.read(key)).rejects.toMatchObject({ code: 'not_found' })
})

test('an unknown job is not_found', async () => {
  for (const what of ['pause', 'resume', 'stop']) expect(await refused('ftjob_none', what)).toBe('not_found')
  expect(await api.context.db.select().from(jobs).where(eq(jobs.id, 'ftjob_none'))).toEqual([])
})
