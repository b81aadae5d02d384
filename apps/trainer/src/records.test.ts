import { DEFAULT_PROJECT } from '@graft/core/names'
import { type OpenDatabase, openDatabase } from '@graft/db/database'
import { listEvents } from '@graft/db/job-events'
import { changeJobState, claimJob, releaseJob } from '@graft/db/job-lease'
import { resolveVersion } from '@graft/db/models'
import { openQueue } from '@graft/db/queue'
import { jobs } from '@graft/db/schema'
import { createTestDatabase, type TestDatabase } from '@graft/db/test-database'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report } from './messages.ts'
import { pause, record } from './records.ts'

let database: TestDatabase
let open: OpenDatabase
let datasetId: string
beforeAll(async () => {
  database = await createTestDatabase()
  open = openDatabase(database.url)
  datasetId = await insertDataset(open.db, 'pets')
})
afterAll(async () => {
  await open.close()
  await database.drop()
})

async function claimed(requested: 'pause' | 'cancel') {
  const id = await insertJob(open.db, datasetId, { requested })
  return (await claimJob(open.db, id))!.lease
}
const rowOf = async (id: string) => (await open.db.select().from(jobs)).find((job) => job.id === id)!

test('a job is paused until its last state is written', async () => {
  const lease = await claimed('pause')
  await changeJobState(open.db, lease, 'publishing')
  await pause(open.db, lease)
  expect(await rowOf(lease.jobId)).toMatchObject({ state: 'paused', requested: null, finishedAt: null })
  expect((await listEvents(open.db, lease.jobId, 0, 10)).map(({ message }) => message)).toEqual([
    'The job is paused: resumed, it goes on after its last epoch.',
  ])
})

test('a cancellation that comes while a job is being paused wins', async () => {
  const lease = await claimed('cancel')
  await pause(open.db, lease)
  expect(await rowOf(lease.jobId)).toMatchObject({ state: 'cancelled', finishedAt: expect.any(Date) })
})

test('a job that is about to be cancelled publishes nothing, and ends as cancelled', async () => {
  const lease = await claimed('cancel')
  const job = await rowOf(lease.jobId)
  await record(open.db, lease, job, { type: 'publish', model: { ...newVersion(), stage: 'probe' } })
  expect(await resolveVersion(open.db, DEFAULT_PROJECT, { name: 'pets' })).toBeUndefined()
  await record(open.db, lease, job, { type: 'done', stage: 'fine_tuned', metrics: {} })
  expect(await rowOf(lease.jobId)).toMatchObject({ state: 'cancelled', fineTunedModel: null })
})

test('what an attempt has told before it was killed is not told again by the next', async () => {
  const id = await insertJob(open.db, datasetId, { modelName: 'killed', deploy: 'killed' })
  const reports: Report[] = [
    { type: 'metrics', message: 'Probe.', metrics: {}, data: { stage: 'probe', epoch: 0 } },
    { type: 'publish', model: { ...newVersion(), stage: 'probe' } },
    {
      type: 'metrics',
      message: 'Epoch 1.',
      metrics: { train_loss: 1 },
      data: { stage: 'fine_tuned', epoch: 1 },
    },
    {
      type: 'metrics',
      message: 'Epoch 2.',
      metrics: { train_loss: 2 },
      data: { stage: 'fine_tuned', epoch: 2 },
    },
    { type: 'publish', model: { ...newVersion(), stage: 'fine_tuned' } },
    { type: 'finishing' },
    { type: 'done', stage: 'fine_tuned', metrics: {} },
  ]
  // Each attempt comes a report further than the one before, until one comes to the end.
  for (let count = 1; count <= reports.length; count += 1) {
    const { lease } = (await claimJob(open.db, id))!
    for (const report of reports.slice(0, count)) await record(open.db, lease, await rowOf(id), report)
    if (count < reports.length) await open.db.execute(`update jobs set state = 'queued' where id = '${id}'`)
  }
  expect((await listEvents(open.db, id, 0, 100)).map(({ number, message }) => [number, message])).toEqual([
    [1, 'Probe.'],
    [2, 'killed@1 is registered and serves at the endpoint killed.'],
    [3, 'Epoch 1.'],
    [4, 'Epoch 2.'],
    [5, 'killed@2 is registered and serves at the endpoint killed.'],
    [6, 'The job succeeded.'],
  ])
  expect(await rowOf(id)).toMatchObject({ state: 'succeeded', metrics: { train_loss: 2 }, attempt: 7 })
})

test('a trainer that has given its job back pauses nothing', async () => {
  const queue = await openQueue(database.url)
  const lease = await claimed('pause')
  await releaseJob(open.db, queue, lease)
  await expect(pause(open.db, lease)).rejects.toMatchObject({ code: 'state_conflict' })
  expect(await rowOf(lease.jobId)).toMatchObject({ state: 'queued', requested: 'pause' })
  await queue.stop()
})
