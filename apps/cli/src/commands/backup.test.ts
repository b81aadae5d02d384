import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { openDatabase } from '@graft/db/database'
import { setTraffic } from '@graft/db/endpoints'
import { claimJob } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { openQueue } from '@graft/db/queue'
import { apiKeys, auditLog, webhookDeliveries, webhooks } from '@graft/db/schema'
import { copyOut } from '@graft/db/table-copy'
import { createTestDatabase, type TestDatabase } from '@graft/db/test-database'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { openStore } from '@graft/store/open-store'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openOutput } from '../terminal.ts'
import { backup, type Place, restore } from './backup.ts'
import { scrub } from './scrub.ts'

let folder: string
let from: Place
let source: TestDatabase
const targets: TestDatabase[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-backup-'))
  source = await createTestDatabase()
  from = placeOf(source, 'source')
  const { db, close } = openDatabase(source.url)
  const dataset = await insertDataset(db, 'pets')
  await db.insert(webhooks).values({
    id: 'wh_1',
    project: DEFAULT_PROJECT,
    url: 'https://example.com/',
    events: ['endpoint.changed'],
    secret: 's',
  })
  const claimed = await claimJob(db, await insertJob(db, dataset, { deploy: 'pets' }))
  if (claimed === undefined) throw new Error('the job waits')
  await publishModel(db, claimed.lease, newVersion())
  await db.insert(apiKeys).values([
    { id: 'key_admin', project: DEFAULT_PROJECT, name: 'admin', scopes: ['admin'], hash: 'a' },
    { id: 'key_1', project: DEFAULT_PROJECT, name: 'tab\tand\nline "ü" \\', scopes: ['data'], hash: 'b' },
  ])
  // More than a connection holds at once.
  const entry = {
    project: DEFAULT_PROJECT,
    keyId: 'key_1',
    keyName: 'x'.repeat(500),
    method: 'POST',
    route: '/',
    path: '/',
    status: 200,
  }
  await db
    .insert(auditLog)
    .values(Array.from({ length: 2000 }, (_, i) => ({ ...entry, requestId: String(i) })))
  const queue = await openQueue(source.url)
  await queue.send(db, 'fine-tune', { job_id: await insertJob(db, dataset) })
  await queue.stop()
  await close()
  const store = await openStore(from.store)
  await store.put('blobs/sha256/ab/abc', Buffer.alloc(3_000_000, 'image '))
  await store.put('models/x/model.onnx', Buffer.from('network'))
  await store.put('empty', Buffer.alloc(0))
  await store.close()
})
afterAll(async () => {
  for (const database of [source, ...targets]) await database.drop()
  await rm(folder, { recursive: true })
})

let file: string
let lines: string[]
beforeEach(() => {
  file = join(folder, `${Math.random()}.graft`)
  lines = []
})
afterEach(() => rm(file, { force: true }))
const output = () =>
  openOutput(
    true,
    { write: (line: string) => Boolean(lines.push(line)) },
    { write: () => true, isTTY: false, columns: 80 },
  )

function placeOf({ url }: TestDatabase, name: string): Place {
  return { dataFolder: join(folder, name), databaseUrl: url, store: `file:${join(folder, name, 'store')}` }
}
async function emptyPlace(): Promise<Place> {
  const database = await createTestDatabase()
  targets.push(database)
  return placeOf(database, `target-${targets.length}`)
}
async function rowsOf({ databaseUrl = '' }: Place): Promise<Record<string, string>> {
  const rows: Record<string, string> = {}
  await copyOut(databaseUrl, async ({ table }, body) => {
    rows[table] = await text(body)
  })
  return rows
}
async function objectsOf({ store: location }: Place): Promise<Record<string, string>> {
  const objects: Record<string, string> = {}
  const store = await openStore(location)
  for await (const { key } of store.list('')) objects[key] = (await store.read(key)).toString('latin1')
  await store.close()
  return objects
}

test('what was backed up is there again, row for row and byte for byte, and goes on from there', async () => {
  await backup(from, file, output())
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ file, objects: 3 })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const to = await emptyPlace()
  await restore(to, file, output())
  const rows = await rowsOf(to)
  expect(rows).toEqual(await rowsOf(from))
  expect(rows['pgboss.job']).toContain('fine-tune')
  expect(await objectsOf(to)).toEqual(await objectsOf(from))

  const { db, close } = openDatabase(to.databaseUrl ?? '')
  const before = (await db.select().from(webhookDeliveries)).length
  expect(before).toBe(1)
  await setTraffic(db, DEFAULT_PROJECT, 'pets', { traffic: [{ model: 'pets@1', weight: 100 }] }, 'key_1')
  expect(await db.select().from(webhookDeliveries)).toHaveLength(2)
  const heard: string[] = []
  const queue = await openQueue(to.databaseUrl ?? '')
  await queue.work('fine-tune', async ({ job_id }) => void heard.push(job_id))
  await vi.waitFor(() => expect(heard).toHaveLength(1), 10_000)
  await queue.stop()
  await close()
})

test.each([
  [
    'cut in the middle',
    async () => truncate(file, Math.floor((await stat(file)).size / 2)),
    'archive_unreadable',
  ],
  ['without its end', async () => truncate(file, 2048), 'archive_unreadable'],
  ['changed in one byte', async () => flip(), 'checksum_mismatch'],
  ['no backup', async () => writeFile(file, 'graft'), 'archive_unreadable'],
])('a file that is %s is refused, and nothing is written', async (_, damage, code) => {
  await backup(from, file, output())
  await damage()
  const to = await emptyPlace()
  const before = await rowsOf(to)
  await expect(restore(to, file, output())).rejects.toMatchObject({ code })
  expect(await rowsOf(to)).toEqual(before)
  expect(await objectsOf(to)).toEqual({})
})

async function flip(): Promise<void> {
  const bytes = await readFile(file)
  const at = bytes.indexOf('image image')
  bytes[at] = 0
  await writeFile(file, bytes)
}

test('a platform that is not empty is left as it is', async () => {
  await backup(from, file, output())
  const before = await rowsOf(from)
  await expect(restore(from, file, output())).rejects.toMatchObject({ code: 'state_conflict' })
  expect(await rowsOf(from)).toEqual(before)
})

test('a file that is there is not replaced, and a backup that fails leaves none', async () => {
  await writeFile(file, 'mine')
  await expect(backup(from, file, output())).rejects.toMatchObject({ code: 'already_exists' })
  expect(await readFile(file, 'utf8')).toBe('mine')
  await rm(file)
  const broken = { ...from, databaseUrl: (from.databaseUrl ?? '').replace(/[^/]*$/, 'not_there') }
  await expect(backup(broken, file, output())).rejects.toThrow()
  expect((await readdir(folder)).filter((name) => name.includes('.graft'))).toEqual([])
})

test('where no platform has been nothing is backed up, and nothing made', async () => {
  const dataFolder = join(folder, 'nowhere')
  const nowhere = { dataFolder, databaseUrl: undefined, store: `file:${join(dataFolder, 'store')}` }
  const file = join(folder, 'nothing.graft')
  await expect(backup(nowhere, file, openOutput(false))).rejects.toMatchObject({ code: 'not_found' })
  await expect(scrub(nowhere.store, openOutput(false))).rejects.toMatchObject({ code: 'not_found' })
  expect(await readdir(folder)).not.toContain('nowhere')
})
