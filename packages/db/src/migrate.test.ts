import { randomBytes } from 'node:crypto'
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
  await Promise.all([migrate(url), migrate(url), migrate(url)])
  const once = await tables()
  expect(once.length).toBeGreaterThan(50)
  await migrate(url)
  expect(await tables()).toEqual(once)
  await client.end()
  await admin.unsafe(`drop database ${name}`)
  await admin.end()
})
