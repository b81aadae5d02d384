import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { migrate } from './migrate.ts'

test('migrations run by several processes at once, and again, make the same tables once', async () => {
  const template = inject('templateUrl')
  const name = `migrate_${randomBytes(4).toString('hex')}`
  const admin = postgres(template, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  const url = template.replace(/[^/]*$/, name)
  const client = postgres(url, { max: 1 })
  const tables = () =>
    client`select table_name, column_name, data_type from information_schema.columns
      where table_schema = 'public' order by 1, 2`
  const asProgram = promisify(execFile)(process.execPath, [join(import.meta.dirname, 'run-migrations.ts')], {
    env: { ...process.env, DATABASE_URL: url },
  })
  await Promise.all([asProgram, migrate(url), migrate(url)])
  const once = await tables()
  expect(once.length).toBeGreaterThan(50)
  await migrate(url)
  expect(await tables()).toEqual(once)
  await client.end()
  await admin.unsafe(`drop database ${name}`)
  await admin.end()
})

// A rollout replaces one process after the other, so the code before works on the tables after.
test('a migration takes away nothing that the code before it reads', () => {
  const files = globSync('*.sql', { cwd: join(import.meta.dirname, '../migrations') }).sort()
  const takesAway = files.filter((file) =>
    /drop (column|table)|rename|set not null|set data type/i.test(
      readFileSync(join(import.meta.dirname, '../migrations', file), 'utf8'),
    ),
  )
  // The last that did was written before anybody could have rolled it out.
  expect(takesAway).toEqual(['0009_requests.sql'])
})
