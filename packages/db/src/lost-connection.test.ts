// What becomes of a transaction whose connection Postgres has ended: an error for its caller, and nothing worse.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from './database.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let open: OpenDatabase
let idle: OpenDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  open = openDatabase(database.url, 2)
  idle = openDatabase(database.url, 1, { transactionSeconds: 0.2 })
})
afterAll(async () => {
  await idle.close()
  await open.close()
  await database.drop()
})

test('a transaction whose connection is gone fails, and the next one has another', async () => {
  const broken = open.db.transaction(async (tx) => {
    const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    await open.db.execute(sql`select pg_terminate_backend(${row!.pid})`)
    await sleep(300) // its socket is closed by now: a write to it finds none
    await tx.execute(sql`select 1`)
  })
  await expect(broken).rejects.toThrow()
  for (let query = 0; query < 4; query += 1) {
    expect(await open.db.execute(sql`select 1 as n`)).toEqual([{ n: 1 }])
  }
})

test('a transaction that says nothing for longer than it may is ended', async () => {
  const silent = idle.db.transaction(async (tx) => {
    await tx.execute(sql`create table kept (n int)`)
    await sleep(1000)
    await tx.execute(sql`select 1`)
  })
  await expect(silent).rejects.toThrow()
  expect(await idle.db.execute(sql`select to_regclass('kept') as kept`)).toEqual([{ kept: null }])
})
