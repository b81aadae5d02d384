import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { migrate } from './migrate.ts'

/** A database without tables, for the time of the work. */
async function withDatabase(work: (url: string, client: postgres.Sql) => Promise<void>): Promise<void> {
  const template = inject('templateUrl')
  const name = `migrate_${randomBytes(4).toString('hex')}`
  const admin = postgres(template, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  const url = template.replace(/[^/]*$/, name)
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await work(url, client)
  } finally {
    await client.end()
    await admin.unsafe(`drop database ${name}`)
    await admin.end()
  }
}

test('migrations run by several processes at once, and again, make the same tables once', () =>
  withDatabase(async (url, client) => {
    const tables = () =>
      client`select table_name, column_name, data_type from information_schema.columns
        where table_schema = 'public' order by 1, 2`
    const program = join(import.meta.dirname, 'run-migrations.ts')
    const asProgram = promisify(execFile)(process.execPath, [program], {
      env: { ...process.env, DATABASE_URL: url },
    })
    await Promise.all([asProgram, migrate(url), migrate(url)])
    const once = await tables()
    expect(once.length).toBeGreaterThan(50)
    await migrate(url)
    expect(await tables()).toEqual(once)
  }))

/** As a version of Graft before this migration has left them. */
async function migrateBefore(client: postgres.Sql, tag: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-migrations-'))
  await cp(join(import.meta.dirname, '../migrations'), folder, { recursive: true })
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(file, 'utf8')) as { entries: { tag: string }[] }
  const entries = journal.entries.slice(
    0,
    journal.entries.findIndex((entry) => entry.tag === tag),
  )
  await writeFile(file, JSON.stringify({ ...journal, entries }))
  await runMigrations(drizzle(client), { migrationsFolder: folder })
  await rm(folder, { recursive: true })
}

test('what was there before there were projects is in the default one', () =>
  withDatabase(async (url, client) => {
    await migrateBefore(client, '0014_projects')
    await client`insert into api_keys (id, name, hash, scopes) values ('key_1', 'ci', 'a', '["data"]')`
    await client`insert into datasets (id, name) values ('ds_1', 'pets')`
    await client`insert into blobs (sha256, is_stored) values ('there', true), ('asked for', false)`
    await migrate(url)
    for (const table of ['api_keys', 'datasets']) {
      expect(await client`select project from ${client(table)}`).toEqual([{ project: 'default' }])
    }
    expect(await client`select project, sha256 from project_blobs`).toEqual([
      { project: 'default', sha256: 'there' },
    ])
    // As a process of the version before still does it.
    await client`insert into datasets (id, name) values ('ds_2', 'late')`
    expect(await client`select project from datasets where id = 'ds_2'`).toEqual([{ project: 'default' }])
    await client`insert into projects (name) values ('other')`
    await client`insert into datasets (id, project, name) values ('ds_3', 'other', 'pets')`
  }))

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
