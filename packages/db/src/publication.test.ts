import { DEFAULT_PROJECT } from '@graft/core/names'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from './database.ts'
import { listEndpoints, rollback, setTraffic, trafficAt } from './endpoints.ts'
import { claimJob } from './job-lease.ts'
import { findModelVersion, resolveVersion } from './models.ts'
import { publishModel, recordMeasured } from './publication.ts'
import { jobs, modelAliases } from './schema.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { insertDataset, insertJob, newVersion } from './test-rows.ts'

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

async function claimed(change: Parameters<typeof insertJob>[2]) {
  const id = await insertJob(open.db, datasetId, change)
  const claim = await claimJob(open.db, id)
  return claim!.lease
}

test('a version, its job and its endpoint appear together, and once for each stage', async () => {
  const lease = await claimed({ modelName: 'pets', deploy: 'pets-live' })
  expect(await publishModel(open.db, lease, newVersion('probe'))).toBe('pets@1')
  expect(await publishModel(open.db, lease, newVersion('probe'))).toBe('pets@1')
  expect(await publishModel(open.db, lease, newVersion('fine_tuned'))).toBe('pets@2')
  const [job] = await open.db.select().from(jobs).where(eq(jobs.id, lease.jobId))
  expect(job!.fineTunedModel).toBe('pets@2')
  expect(await trafficAt(open.db, DEFAULT_PROJECT, 'pets-live')).toMatchObject({
    revision: 2,
    traffic: [{ model: 'pets@2', weight: 100 }],
  })
  await recordMeasured(open.db, lease, 'fine_tuned', { metrics: { test_accuracy: 0.9 } })
  expect(await findModelVersion(open.db, DEFAULT_PROJECT, { name: 'pets' })).toMatchObject({
    number: 2,
    metrics: { test_accuracy: 0.9 },
    origin: { datasetName: 'pets', datasetVersion: 1, recipe: 'auto', parent: 'resnet18' },
  })
})

test('jobs that publish to one model at the same time get numbers of their own', async () => {
  const leases = await Promise.all(Array.from({ length: 6 }, () => claimed({ modelName: 'busy' })))
  const names = await Promise.all(leases.map((lease) => publishModel(open.db, lease, newVersion())))
  expect(names.sort()).toEqual([1, 2, 3, 4, 5, 6].map((number) => `busy@${number}`))
})

test('a reference is a number, an alias, or the newest', async () => {
  const lease = await claimed({ modelName: 'named' })
  await publishModel(open.db, lease, newVersion('probe'))
  await publishModel(open.db, lease, newVersion('fine_tuned'))
  const newest = await resolveVersion(open.db, DEFAULT_PROJECT, { name: 'named' })
  expect(newest?.number).toBe(2)
  expect((await resolveVersion(open.db, DEFAULT_PROJECT, { name: 'named', version: 1 }))?.number).toBe(1)
  await open.db.insert(modelAliases).values({ modelId: newest!.modelId, alias: 'champion', number: 1 })
  expect(
    (await resolveVersion(open.db, DEFAULT_PROJECT, { name: 'named', version: 'champion' }))?.number,
  ).toBe(1)
  for (const version of [3, 'other']) {
    expect(await resolveVersion(open.db, DEFAULT_PROJECT, { name: 'named', version })).toBeUndefined()
  }
  expect(await resolveVersion(open.db, DEFAULT_PROJECT, { name: 'nobody' })).toBeUndefined()
})

test('an endpoint remembers its traffic, and rolls back', async () => {
  const lease = await claimed({ modelName: 'history' })
  await publishModel(open.db, lease, newVersion('probe'))
  await publishModel(open.db, lease, newVersion('fine_tuned'))
  const first = await setTraffic(
    open.db,
    DEFAULT_PROJECT,
    'ends',
    { traffic: [{ model: 'history@1', weight: 100 }] },
    'key_a',
  )
  await expect(rollback(open.db, DEFAULT_PROJECT, 'ends', 'key_a')).rejects.toMatchObject({
    code: 'state_conflict',
  })
  const second = await setTraffic(
    open.db,
    DEFAULT_PROJECT,
    'ends',
    { traffic: [{ model: 'history', weight: 100 }], threshold: 0.8 },
    'key_a',
  )
  expect(second).toMatchObject({ revision: 2, threshold: 0.8, traffic: [{ model: 'history@2' }] })
  expect(await trafficAt(open.db, DEFAULT_PROJECT, 'ends', first.updatedAt)).toEqual(first)
  expect(
    await trafficAt(open.db, DEFAULT_PROJECT, 'ends', new Date(first.updatedAt.getTime() - 1)),
  ).toBeUndefined()
  expect(await rollback(open.db, DEFAULT_PROJECT, 'ends', 'key_a')).toMatchObject({
    revision: 3,
    threshold: 0,
    traffic: [{ model: 'history@1' }],
  })
  await expect(rollback(open.db, DEFAULT_PROJECT, 'nobody', 'key_a')).rejects.toMatchObject({
    code: 'not_found',
  })
  const unknown = { traffic: [{ model: 'history@9', weight: 100 }] }
  await expect(setTraffic(open.db, DEFAULT_PROJECT, 'ends', unknown, 'key_a')).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(await trafficAt(open.db, DEFAULT_PROJECT, 'ends')).toMatchObject({ revision: 3 })
  await setTraffic(
    open.db,
    DEFAULT_PROJECT,
    'ends-too',
    { traffic: [{ model: 'history@1', weight: 100 }] },
    'key_a',
  )
  expect(await listEndpoints(open.db, DEFAULT_PROJECT, 'ends-', 10)).toEqual([
    await trafficAt(open.db, DEFAULT_PROJECT, 'ends-too'),
    await trafficAt(open.db, DEFAULT_PROJECT, 'pets-live'),
  ])
  expect(await listEndpoints(open.db, DEFAULT_PROJECT, undefined, 1)).toEqual([
    await trafficAt(open.db, DEFAULT_PROJECT, 'ends'),
  ])
})

test('changes made at the same time become one revision each', async () => {
  const lease = await claimed({ modelName: 'race' })
  await publishModel(open.db, lease, newVersion())
  const traffic = [{ model: 'race@1', weight: 100 }]
  const states = await Promise.all(
    Array.from({ length: 6 }, () => setTraffic(open.db, DEFAULT_PROJECT, 'race', { traffic }, 'key_a')),
  )
  expect(states.map(({ revision }) => revision).sort()).toEqual([1, 2, 3, 4, 5, 6])
})
