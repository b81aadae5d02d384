// Promise F2: of a trainer that is stopped past its leases, at any instant of its writes, nothing is accepted once others
// have finished its jobs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isGraftError } from '@graft/core/errors'
import { asc, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type OpenDatabase, openDatabase } from './database.ts'
import { changeJobState, claimJob, finishJob } from './job-lease.ts'
import { publishModel } from './publication.ts'
import { jobEvents, jobs, modelVersions } from './schema.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { insertDataset, insertJob, newVersion } from './test-rows.ts'

const ROUNDS = 4
const JOBS = 25

let database: TestDatabase
let open: OpenDatabase
let datasetId: string
beforeAll(async () => {
  vi.stubEnv('GRAFT_LEASE_SECONDS', '1')
  database = await createTestDatabase()
  open = openDatabase(database.url)
  datasetId = await insertDataset(open.db, 'pets')
})
afterAll(async () => {
  await open.close()
  await database.drop()
  vi.unstubAllEnvs()
})

test.each(Array.from({ length: ROUNDS }, (_, round) => round))(`round %i of ${JOBS} jobs`, async (round) => {
  const ids: string[] = []
  for (let at = 0; at < JOBS; at += 1) {
    ids.push(await insertJob(open.db, datasetId, { modelName: `pets-${round}-${at}` }))
  }
  const holder = fork(join(import.meta.dirname, 'test-lease-holder.ts'), [database.url, ...ids])
  try {
    await once(holder, 'message')
    await sleep(50 + Math.random() * 200) // anywhere in its writes
    holder.kill('SIGSTOP')
    await Promise.all(ids.map(finish))
    const before = await rowsOf(ids)

    const woken = once(holder, 'message')
    holder.kill('SIGCONT')
    const [codes] = await woken
    expect(codes).toEqual(Array(JOBS).fill('lease_lost'))
    expect(await rowsOf(ids)).toEqual(before)
    expect(before.jobs.map(({ state, attempt }) => [state, attempt])).toEqual(
      Array(JOBS).fill(['succeeded', 2]),
    )
  } finally {
    holder.kill('SIGKILL')
  }
})

/** Takes the job once its lease has run out, and ends it with a model. */
async function finish(id: string): Promise<void> {
  for (;;) {
    try {
      const { lease } = (await claimJob(open.db, id))!
      await publishModel(open.db, lease, newVersion('fine_tuned'))
      await changeJobState(open.db, lease, 'publishing')
      return await finishJob(open.db, lease, 'succeeded')
    } catch (error) {
      if (!isGraftError(error, 'lease_lost')) throw error
      await sleep(100)
    }
  }
}

async function rowsOf(ids: string[]) {
  return {
    jobs: await open.db.select().from(jobs).where(inArray(jobs.id, ids)).orderBy(asc(jobs.id)),
    events: await open.db
      .select()
      .from(jobEvents)
      .where(inArray(jobEvents.jobId, ids))
      .orderBy(asc(jobEvents.jobId), asc(jobEvents.number)),
    versions: await open.db
      .select()
      .from(modelVersions)
      .where(inArray(modelVersions.jobId, ids))
      .orderBy(asc(modelVersions.jobId), asc(modelVersions.stage)),
  }
}
