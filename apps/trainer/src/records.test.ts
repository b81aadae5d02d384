import { type OpenDatabase, openDatabase } from '@graft/db/database'
import { listEvents } from '@graft/db/job-events'
import { changeJobState, claimJob, releaseJob } from '@graft/db/job-lease'
import { resolveVersion } from '@graft/db/models'
import { openQueue } from '@graft/db/queue'
import { jobs } from '@graft/db/schema'
import { createTestDatabase, type TestDatabase } from '@graft/db/test-database'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  expect(await resolveVersion(open.db, { name: 'pets' })).toBeUndefined()
  await record(open.db, lease, job, { type: 'done', stage: 'fine_tuned', metrics: {} })
  expect(await rowOf(lease.jobId)).toMatchObject({ state: 'cancelled', fineTunedModel: null })
})

test('a trainer that has given its job back pauses nothing', async () => {
  const queue = await openQueue(database.url)
  const lease = await claimed('pause')
  await releaseJob(open.db, queue, lease)
  await expect(pause(open.db, lease)).rejects.toMatchObject({ code: 'state_conflict' })
  expect(await rowOf(lease.jobId)).toMatchObject({ state: 'queued', requested: 'pause' })
  await queue.stop()
})
