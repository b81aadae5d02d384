// Bulk predictions over archives: of any kind, with what should not be in one, and what is left of them.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Batch } from '@graft/core/wire/batches'
import type { Page } from '@graft/core/wire/common'
import { claimBatch } from '@graft/db/batches'
import { batches } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { tarOf, type ZipPart, zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import { createApp } from '../app.ts'
import { jsonOf, problemOf } from '../test-api.ts'
import { platformBytes } from '../usage/stored-bytes.ts'
import { collectBatches } from './collect-batches.ts'
import { runBatch } from './run-batch.ts'
import { PHOTOS, startTestBulk } from './test-bulk.ts'

let bulk: Awaited<ReturnType<typeof startTestBulk>>
beforeAll(async () => {
  bulk = await startTestBulk()
})
afterEach(() => bulk.stopWorker())
afterAll(() => bulk.close())

const files = PHOTOS.map((data, index) => ({ name: `shots/${index}.jpg`, data }))

const send = (archive: Uint8Array, type = 'application/octet-stream', headers = {}) =>
  bulk.api.ask('/v1/endpoints/sorter/batch', {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: new Uint8Array(archive),
  })
async function order(archive: Uint8Array, type?: string): Promise<Batch> {
  const answer = await send(archive, type)
  expect(answer.status).toBe(202)
  return (await answer.json()) as Batch
}

test.each([
  ['zip', 'application/zip', async () => zipOf(files)],
  ['tar', 'application/x-tar', () => tarOf(files)],
  ['tar.gz', 'application/gzip', async () => gzipSync(await tarOf(files))],
  ['tar.zst', 'application/zstd', async () => zstdCompressSync(await tarOf(files))],
])('every file of a %s is answered, in order, and only the results are left', async (_, type, make) => {
  const made = await order(await make(), type)
  expect(made).toMatchObject({ dataset: null, split: null, progress: { images: 0, done: 0, failed: 0 } })
  const batch = await bulk.ended(made.id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 3, done: 3, failed: 0 } })
  const lines = await bulk.linesOf(batch)
  expect(lines.map(({ path }) => path)).toEqual(files.map(({ name }) => name))
  for (const line of lines) expect(line).toMatchObject({ model: bulk.model, split: null, label: null })
  await bulk.stopWorker()
  expect(await bulk.keysOf(batch.id)).toHaveLength(2)
  expect(await readdir(join(bulk.api.context.dataFolder, 'tmp'))).toEqual([])
})

test('what is no image, or no safe file, is a line with its fault; the rest is answered', async () => {
  const parts = [
    { name: 'notes.txt', data: 'no image' },
    { name: '../../etc/passwd', data: 'x' },
    { name: 'link.jpg', type: 'symlink' as const, linkname: '/etc/passwd' },
    { name: 'cut.jpg', data: PHOTOS[0]!.subarray(0, 1000) },
    files[0]!,
  ]
  const batch = await bulk.ended((await order(await tarOf(parts))).id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 5, done: 5, failed: 4 } })
  const codes = (await bulk.linesOf(batch)).map((line) => ('error' in line ? line.error.code : 'answered'))
  expect(codes).toEqual([
    'image_type_unsupported',
    'path_unsafe',
    'entry_not_a_file',
    'image_undecodable',
    'answered',
  ])
})

const bomb: ZipPart = { name: 'bomb.jpg', data: Buffer.alloc(8 * 1024 ** 2) }
const HOSTILE: [name: string, archive: Buffer, code: string][] = [
  ['a bomb', zipOf([...files, bomb]), 'archive_bomb'],
  [
    'a wrong CRC',
    zipOf([...files, { name: 'x.jpg', data: 'x', claims: { crc: 7 } }]),
    'archive_checksum_mismatch',
  ],
  [
    'an encrypted entry',
    zipOf([...files, { name: 'x.jpg', data: 'x', claims: { flags: 1 } }]),
    'archive_encrypted',
  ],
  ['a cut archive', zipOf(files).subarray(0, 5000), 'archive_unreadable'],
  ['an empty archive', zipOf([]), 'too_few_images'],
]
test.each(HOSTILE)(
  '%s ends the batch before anything is asked, and leaves nothing',
  async (_, archive, code) => {
    const batch = await bulk.ended((await order(archive)).id)
    expect(batch).toMatchObject({ status: 'failed', error: { code }, progress: { done: 0 }, files: {} })
    await bulk.stopWorker()
    expect(await bulk.keysOf(batch.id)).toEqual([])
  },
)

test('what is no archive, too long, or of another type is refused at once', async () => {
  expect(await problemOf(await send(Buffer.from('text')))).toMatchObject({ code: 'archive_unreadable' })
  expect(await problemOf(await send(zipOf(files), 'text/plain'))).toMatchObject({
    code: 'unsupported_media_type',
  })
  vi.stubEnv('GRAFT_MAX_ARCHIVE_BYTES', '100')
  expect(await problemOf(await send(zipOf(files)))).toMatchObject({ code: 'payload_too_large' })
  vi.unstubAllEnvs()
  const { data } = (await (await bulk.api.ask('/v1/batches?limit=1')).json()) as Page<Batch>
  for (const { status } of data) expect(status).not.toBe('queued')
})

test('an order whose answer or audit entry could not be kept has not happened, and is answered once', async () => {
  const { db } = bulk.api.context
  const countOf = async () => (await db.select().from(batches)).length
  const before = await countOf()
  const ask = () => send(zipOf(files), 'application/zip', { 'idempotency-key': 'k-archive' })
  for (const [table, rule] of [
    ['idempotency_keys', "check (key <> 'k-archive' or status is null)"],
    ['audit_log', 'check (status <> 202) not valid'],
  ]) {
    await db.execute(sql.raw(`alter table ${table} add constraint broken ${rule}`))
    expect((await ask()).status).toBe(500)
    await db.execute(sql.raw(`alter table ${table} drop constraint broken`))
    expect(await countOf()).toBe(before)
  }
  const made = (await (await ask()).json()) as Batch
  expect(await (await ask()).json()).toEqual(made)
  expect(await countOf()).toBe(before + 1)
  await bulk.api.ask(`/v1/batches/${made.id}/cancel`, { method: 'POST' })
})

test('a killed process leaves an archive to another, which reads past what was answered', async () => {
  const many = Array.from({ length: 70 }, (_, index) => ({ name: `${index}.jpg`, data: PHOTOS[index % 2]! }))
  const { id } = await order(await tarOf(many))
  const killed = (await claimBatch(bulk.api.context.db))!
  const dead = new AbortController()
  const running = runBatch(bulk.api.context, killed, dead.signal).catch(() => {})
  await vi.waitFor(async () => expect((await bulk.read(id)).progress.done).toBe(64), {
    timeout: 60_000,
    interval: 10,
  })
  dead.abort(new Error('killed'))
  await running
  await bulk.loseLease(id)
  const batch = await bulk.ended(id)
  expect(batch).toMatchObject({ status: 'succeeded', progress: { images: 70, done: 70, failed: 0 } })
  expect((await bulk.linesOf(batch)).map(({ path }) => path)).toEqual(many.map(({ name }) => name))
})

test('a key may ask about an archive without the scope of data, and its answers count in its usage', async () => {
  const made = await bulk.api.ask('/v1/keys', jsonOf({ name: 'camera', scopes: ['predict'] }))
  const { id: keyId, key } = (await made.json()) as { id: string; key: string }
  const archive = zipOf([...files, { name: 'no.txt', data: 'no image' }])
  const answer = await send(archive, 'application/zip', { authorization: `Bearer ${key}` })
  expect(answer.status).toBe(202)
  await bulk.ended(((await answer.json()) as Batch).id)
  const usage = await bulk.api.ask(`/v1/usage?key=${keyId}`)
  expect(await usage.json()).toMatchObject({ data: [{ key: keyId, requests: 1, predictions: 3 }] })
})

test('a batch that is cancelled while it waits leaves nothing, once what is left is collected', async () => {
  const { id } = await order(zipOf(files))
  expect(await bulk.keysOf(id)).toHaveLength(1)
  await collectBatches(bulk.api.context)
  expect(await bulk.keysOf(id)).toHaveLength(1)
  await bulk.api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
  await collectBatches(bulk.api.context)
  expect(await bulk.keysOf(id)).toEqual([])
})

test('an archive counts in the quota of stored bytes until it is gone', async () => {
  const { db } = bulk.api.context
  await collectBatches(bulk.api.context)
  const before = await platformBytes(db)
  const archive = zipOf(files)
  const { id } = await order(archive)
  expect(await platformBytes(db)).toBe(before + archive.length)
  vi.stubEnv('GRAFT_MAX_STORED_BYTES', '1')
  const app = createApp(bulk.api.context) // what was summed up before is believed for a while
  const headers = { authorization: 'Bearer the-admin-key-of-the-test', 'content-type': 'application/zip' }
  const init = { method: 'POST', headers, body: new Uint8Array(archive) }
  const refused = await app.request('/v1/endpoints/sorter/batch', init)
  expect(await problemOf(refused)).toMatchObject({ status: 507, code: 'store_full' })
  vi.unstubAllEnvs()
  await bulk.api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })
  await collectBatches(bulk.api.context)
  expect(await platformBytes(db)).toBe(before)
  const { id: next } = await order(archive)
  await bulk.ended(next)
  await bulk.stopWorker()
  expect(await platformBytes(db)).toBe(before)
})

test('results are kept for their days, then deleted; the batch stays', async () => {
  const batch = await bulk.ended((await order(zipOf(files))).id)
  await bulk.stopWorker()
  await collectBatches(bulk.api.context)
  expect(await bulk.read(batch.id)).toEqual(batch)
  expect(await bulk.keysOf(batch.id)).toHaveLength(2)
  vi.stubEnv('GRAFT_BATCH_DAYS', '1e-9')
  await collectBatches(bulk.api.context)
  vi.unstubAllEnvs()
  expect(await bulk.read(batch.id)).toEqual({ ...batch, files: {} })
  expect(await bulk.keysOf(batch.id)).toEqual([])
  expect(await problemOf(await bulk.api.ask(batch.files['results.csv']!.url))).toMatchObject({
    code: 'not_found',
  })
})

test('an archive whose batch was never made is deleted after a day', async () => {
  const { store } = bulk.api.context
  const id = `batch_${'0'.repeat(26)}`
  const young = 'batch_7zzzzzzzzzzzzzzzzzzzzzzzzz'
  for (const each of [id, young]) await store.put(`batches/${each}/archive`, Buffer.from('zip'))
  await collectBatches(bulk.api.context)
  expect(await bulk.keysOf(id)).toEqual([])
  expect(await bulk.keysOf(young)).toHaveLength(1)
})
