import { DEFAULT_PROJECT } from '@graft/core/names'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from './database.ts'
import { appendEvent, listEvents } from './job-events.ts'
import {
  changeJobState,
  claimJob,
  failLostJob,
  finishJob,
  pauseHeldJob,
  recordEngine,
  recordMetrics,
  recordProgress,
  releaseJob,
  renewLease,
} from './job-lease.ts'
import { findModelVersion } from './models.ts'
import { publishModel, recordMeasured } from './publication.ts'
import { openQueue, type Queue } from './queue.ts'
import { jobs } from './schema.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { insertDataset, insertJob, newVersion } from './test-rows.ts'

let database: TestDatabase
let open: OpenDatabase
let queue: Queue
let datasetId: string
beforeAll(async () => {
  database = await createTestDatabase()
  open = openDatabase(database.url)
  queue = await openQueue(database.url)
  datasetId = await insertDataset(open.db, 'pets')
})
afterAll(async () => {
  await queue.stop()
  await open.close()
  await database.drop()
})

const stateOf = async (id: string) => (await open.db.select().from(jobs).where(eq(jobs.id, id)))[0]!
const expireLease = (id: string) =>
  open.db
    .update(jobs)
    .set({ leaseExpiresAt: sql`clock_timestamp() - interval '1 second'` })
    .where(eq(jobs.id, id))

test('of many trainers at once one claims the job', async () => {
  const id = await insertJob(open.db, datasetId)
  const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimJob(open.db, id)))
  const won = claims.filter((claim) => claim.status === 'fulfilled')
  expect(won).toHaveLength(1)
  expect(won[0]!.value).toMatchObject({ lease: { jobId: id, attempt: 1 }, job: { datasetName: 'pets' } })
  for (const claim of claims) {
    if (claim.status === 'rejected') expect(claim.reason).toMatchObject({ code: 'lease_lost' })
  }
})

test('a trainer that slept past its lease can write nothing once another has the job', async () => {
  const id = await insertJob(open.db, datasetId)
  const slept = (await claimJob(open.db, id))!.lease
  const published = await publishModel(open.db, slept, newVersion('probe'))
  await expireLease(id)
  const { lease } = (await claimJob(open.db, id))!
  expect(lease.attempt).toBe(2)
  const before = await stateOf(id)
  const writes = [
    () => renewLease(open.db, slept),
    () => changeJobState(open.db, slept, 'publishing'),
    () => finishJob(open.db, slept, 'failed'),
    () => recordEngine(open.db, slept, 'none'),
    () => recordProgress(open.db, slept, {} as never),
    () => recordMetrics(open.db, slept, { test_accuracy: 1 }),
    () => appendEvent(open.db, id, { level: 'info', type: 'message', message: 'late' }, slept.attempt),
    () => publishModel(open.db, slept, newVersion()),
    () => recordMeasured(open.db, slept, 'probe', { metrics: { test_accuracy: 1 } }),
    () => pauseHeldJob(open.db, slept),
    () => releaseJob(open.db, queue, slept),
  ]
  for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'lease_lost' })
  expect(await stateOf(id)).toEqual(before)
  expect(await findModelVersion(open.db, DEFAULT_PROJECT, { name: 'pets' })).toMatchObject({
    number: Number(published!.split('@')[1]),
    metrics: newVersion().metrics,
  })
  await expect(renewLease(open.db, lease)).resolves.toBeNull()
})

test('an expired lease that nobody took still holds', async () => {
  const id = await insertJob(open.db, datasetId)
  const { lease } = (await claimJob(open.db, id))!
  await expireLease(id)
  await renewLease(open.db, lease)
  await expect(claimJob(open.db, id)).rejects.toMatchObject({ code: 'lease_lost' })
})

test('states follow the machine, and a finished job is not claimed', async () => {
  const id = await insertJob(open.db, datasetId)
  const { lease } = (await claimJob(open.db, id))!
  await expect(finishJob(open.db, lease, 'succeeded')).rejects.toMatchObject({ code: 'state_conflict' })
  await changeJobState(open.db, lease, 'publishing')
  await recordMetrics(open.db, lease, { train_loss: 2 })
  await recordMetrics(open.db, lease, { train_loss: 1, test_accuracy: 0.5 })
  await finishJob(open.db, lease, 'succeeded')
  expect(await stateOf(id)).toMatchObject({
    state: 'succeeded',
    metrics: { train_loss: 1, test_accuracy: 0.5 },
    leaseExpiresAt: null,
    finishedAt: expect.any(Date),
  })
  const ended = await stateOf(id)
  const writes = [
    () => renewLease(open.db, lease),
    () => recordMetrics(open.db, lease, { test_accuracy: 1 }),
    () => publishModel(open.db, lease, newVersion()),
    () => finishJob(open.db, lease, 'failed'),
  ]
  for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'state_conflict' })
  expect(await stateOf(id)).toEqual(ended)
  expect(await claimJob(open.db, id)).toBeUndefined()
  await expect(claimJob(open.db, 'ftjob_none')).rejects.toMatchObject({ code: 'not_found' })
})

test('a released job waits again, and its message is there', async () => {
  const id = await insertJob(open.db, datasetId)
  const { lease } = (await claimJob(open.db, id))!
  await releaseJob(open.db, queue, lease)
  expect(await stateOf(id)).toMatchObject({ state: 'queued', leaseExpiresAt: null })
  const sent = await open.db.execute(
    sql`select count(*)::int as n from pgboss.job where data->>'job_id' = ${id}`,
  )
  expect(sent[0]).toEqual({ n: 1 })
  expect((await claimJob(open.db, id))!.lease.attempt).toBe(2)
})

test("a paused job is nobody's: it is neither claimed nor failed as lost", async () => {
  const id = await insertJob(open.db, datasetId)
  const { lease } = (await claimJob(open.db, id))!
  await open.db.update(jobs).set({ requested: 'pause' }).where(eq(jobs.id, id))
  expect(await renewLease(open.db, lease)).toBe('pause')
  await pauseHeldJob(open.db, lease)
  const paused = await stateOf(id)
  expect(paused).toMatchObject({ state: 'paused', requested: null, leaseExpiresAt: null })
  expect(await claimJob(open.db, id)).toBeUndefined()
  await failLostJob(open.db, id)
  await expect(finishJob(open.db, lease, 'succeeded')).rejects.toMatchObject({ code: 'state_conflict' })
  expect(await stateOf(id)).toEqual(paused)
})

test('a message that waits is withdrawn, and only that one', async () => {
  const [gone, kept] = ['ftjob_gone', 'ftjob_kept']
  for (const job_id of [gone, kept]) await queue.send(open.db, 'fine-tune', { job_id })
  await queue.withdraw(open.db, 'fine-tune', { job_id: gone })
  const left = await open.db.execute(
    sql`select data->>'job_id' as id from pgboss.job where data->>'job_id' in (${gone}, ${kept})`,
  )
  expect([...left]).toEqual([{ id: kept }])
})

test('a job is failed as lost only once nobody holds it', async () => {
  const id = await insertJob(open.db, datasetId)
  const { lease } = (await claimJob(open.db, id))!
  await expect(failLostJob(open.db, id)).rejects.toMatchObject({ code: 'lease_lost' })
  await expireLease(id)
  await failLostJob(open.db, id)
  expect(await stateOf(id)).toMatchObject({ state: 'failed', errorCode: 'trainer_lost' })
  await expect(renewLease(open.db, lease)).rejects.toMatchObject({ code: 'lease_lost' })
  await failLostJob(open.db, id) // a second message changes nothing
  expect(await listEvents(open.db, id, 0, 10)).toHaveLength(1)
})

test('events that many writers append are numbered without gaps', async () => {
  const id = await insertJob(open.db, datasetId)
  const messages = Array.from({ length: 40 }, (_, index) => `event ${index}`)
  await Promise.all(
    messages.map((message) => appendEvent(open.db, id, { level: 'info', type: 'message', message })),
  )
  const events = await listEvents(open.db, id, 0, 100)
  expect(events.map(({ number }) => number)).toEqual(messages.map((_, index) => index + 1))
  expect(events.map(({ message }) => message).sort()).toEqual([...messages].sort())
  expect(await listEvents(open.db, id, 38, 100)).toEqual(events.slice(38))
})
