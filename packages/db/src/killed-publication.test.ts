// Promise F1 where it is narrowest: of a trainer that is killed while it publishes there is everything, or nothing.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type OpenDatabase, openDatabase } from './database.ts'
import { trafficAt } from './endpoints.ts'
import { listEvents } from './job-events.ts'
import { claimJob, type Lease } from './job-lease.ts'
import { publishModel } from './publication.ts'
import { models, modelVersions } from './schema.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { insertDataset, insertJob, newVersion } from './test-rows.ts'

let database: TestDatabase
let open: OpenDatabase
let datasetId: string
beforeAll(async () => {
  vi.stubEnv('GRAFT_LEASE_SECONDS', '1')
  database = await createTestDatabase()
  open = openDatabase(database.url)
  datasetId = await insertDataset(open.db, 'pets')
  const earlier = await claim(await insertJob(open.db, datasetId))
  await publishModel(open.db, earlier, newVersion())
})
afterAll(async () => {
  await open.close()
  await database.drop()
  vi.unstubAllEnvs()
})

test('killed in the middle of it, nothing is there, and the next trainer publishes', async () => {
  const id = await insertJob(open.db, datasetId, { deploy: 'killed-within' })
  await killedWhilePublishing(id)
  expect(await versionsOf(id)).toEqual([])
  expect(await listEvents(open.db, id, 0, 10)).toEqual([])

  expect(await publishModel(open.db, await claim(id), newVersion())).toBe('pets@2')
  await expectPublishedOnce(id, 'killed-within', 'pets@2')
})

test('killed right after it, the next trainer finds it there, and nothing is told or deployed twice', async () => {
  const id = await insertJob(open.db, datasetId, { deploy: 'killed-after' })
  const publisher = forkPublisher(id)
  await once(publisher, 'exit')
  await expectPublishedOnce(id, 'killed-after', 'pets@3')

  expect(await publishModel(open.db, await claim(id), newVersion())).toBe('pets@3')
  await expectPublishedOnce(id, 'killed-after', 'pets@3')
})

/** The model's row is locked, so the publication stands in its middle when the signal comes. */
async function killedWhilePublishing(id: string): Promise<void> {
  await open.db.transaction(async (tx) => {
    await tx.select().from(models).for('update')
    const publisher = forkPublisher(id)
    while (!(await someoneWaits())) await sleep(20)
    publisher.kill('SIGKILL')
    await once(publisher, 'exit')
  })
}

function forkPublisher(id: string) {
  return fork(join(import.meta.dirname, 'test-publisher.ts'), [database.url, id])
}

async function someoneWaits(): Promise<boolean> {
  const rows = await open.db.execute(
    sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length > 0
}

/** Once the lease of the trainer before has run out. */
async function claim(id: string): Promise<Lease> {
  for (;;) {
    const claimed = await claimJob(open.db, id).catch(() => undefined)
    if (claimed !== undefined) return claimed.lease
    await sleep(100)
  }
}

const versionsOf = (id: string) => open.db.select().from(modelVersions).where(eq(modelVersions.jobId, id))

async function expectPublishedOnce(id: string, endpoint: string, reference: string): Promise<void> {
  expect(await versionsOf(id)).toHaveLength(1)
  expect((await listEvents(open.db, id, 0, 10)).map(({ message }) => message)).toEqual([
    `${reference} is registered and serves at the endpoint ${endpoint}.`,
  ])
  expect(await trafficAt(open.db, DEFAULT_PROJECT, endpoint)).toMatchObject({
    revision: 1,
    traffic: [{ model: reference }],
  })
}
