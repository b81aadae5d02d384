import { DEFAULT_PROJECT } from '@graft/core/names'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { claimJob } from './job-lease.ts'
import { findModelVersion, listModelVersions, listNewestVersions } from './models.ts'
import { publishModel } from './publication.ts'
import { modelAliases } from './schema.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { insertDataset, insertJob, newVersion } from './test-rows.ts'

let database: TestDatabase
let client: postgres.Sql
let db: Database
let queries = 0
beforeAll(async () => {
  database = await createTestDatabase()
  client = postgres(database.url, { max: 1 })
  const logQuery = () => {
    queries += 1
  }
  db = drizzle(client, { logger: { logQuery } })
  const datasetId = await insertDataset(db, 'photos')
  for (const modelName of ['birds', 'pets', 'pets', 'pets']) {
    const claimed = await claimJob(db, await insertJob(db, datasetId, { modelName, seed: 7 }))
    await publishModel(db, claimed!.lease, newVersion())
  }
  const pets = await findModelVersion(db, DEFAULT_PROJECT, { name: 'pets' })
  for (const [alias, number] of [
    ['steady', 1],
    ['best', 3],
    ['champion', 3],
  ] as const) {
    await db.insert(modelAliases).values({ modelId: pets!.modelId, alias, number })
  }
})
beforeEach(() => {
  queries = 0
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

test('a page of models is one query, however long it is', async () => {
  const rows = await listNewestVersions(db, DEFAULT_PROJECT, undefined, 10)
  expect(rows.map(({ name, number, aliases }) => ({ name, number, aliases }))).toEqual([
    { name: 'birds', number: 1, aliases: [] },
    { name: 'pets', number: 3, aliases: ['best', 'champion'] },
  ])
  expect(queries).toBe(1)
})

test('a page of versions is one query, each row what a single read answers', async () => {
  const rows = await listModelVersions(db, DEFAULT_PROJECT, 'pets', {}, 10)
  expect(rows.map(({ number, aliases }) => [number, ...aliases])).toEqual([
    [3, 'best', 'champion'],
    [2],
    [1, 'steady'],
  ])
  expect(queries).toBe(1)
  for (const row of rows)
    expect(await findModelVersion(db, DEFAULT_PROJECT, { name: 'pets', version: row.number })).toEqual(row)
  expect(await listModelVersions(db, DEFAULT_PROJECT, 'pets', { below: 3 }, 1)).toEqual([rows[1]])
})
