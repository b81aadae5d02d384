import { auditLog, datasets, idempotencyKeys } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { jsonOf, problemOf, startTestApi, streamed, type TestApi } from '../test-api.ts'
import { forgetOldAnswers } from './idempotency-keys.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const keyed = (key: string, init: RequestInit): RequestInit => ({
  ...init,
  headers: { ...(init.headers as Record<string, string>), 'idempotency-key': key },
})
const create = (name: string, key: string) => api.ask('/v1/datasets', keyed(key, jsonOf({ name })))
const countOf = async (name: string) =>
  (await api.context.db.select().from(datasets).where(eq(datasets.name, name))).length

test('the same request is answered as before, and done once', async () => {
  const first = await create('once', 'k-once')
  const again = await create('once', 'k-once')
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(first.headers.get('idempotency-replayed')).toBeNull()
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
  expect(await again.json()).toEqual(await first.json())
  expect(await countOf('once')).toBe(1)
})

test.each([
  ['another body', '/v1/datasets', { name: 'other' }],
  ['another route', '/v1/keys', { name: 'first' }],
  ['another query', '/v1/datasets?x=1', { name: 'first' }],
])('a key that comes again with %s is refused', async (_, path, body) => {
  await create('first', 'k-first')
  const answer = await api.ask(path, keyed('k-first', jsonOf(body)))
  expect(await problemOf(answer)).toMatchObject({ status: 422, code: 'idempotency_key_reused' })
})

test('two callers may use the same key', async () => {
  const made = await api.ask('/v1/keys', jsonOf({ name: 'another', scopes: ['data'] }))
  const { key } = (await made.json()) as { key: string }
  await create('of-admin', 'k-shared')
  const init = keyed('k-shared', jsonOf({ name: 'of-another' }))
  const answer = await api.ask('/v1/datasets', {
    ...init,
    headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${key}` },
  })
  expect(answer.status).toBe(201)
})

test('of the same request many times at once, one is done and the others wait or hear its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => create('crowd', 'k-crowd')))
  for (const answer of answers) {
    if (answer.status === 201) continue
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await problemOf(answer)).toMatchObject({ status: 409, code: 'idempotency_in_progress' })
  }
  expect(answers.some(({ status }) => status === 201)).toBe(true)
  expect((await create('crowd', 'k-crowd')).status).toBe(201)
  expect(await countOf('crowd')).toBe(1)
})

test('a request that failed leaves its key free', async () => {
  expect((await create('Not A Name', 'k-failed')).status).toBe(400)
  expect((await create('a-name', 'k-failed')).status).toBe(201)
})

test('a change whose answer could not be kept has not happened', async () => {
  const { db } = api.context
  await db.execute(sql`alter table idempotency_keys add constraint no_room check (key <> 'k-crash')`)
  expect((await create('crash', 'k-crash')).status).toBe(500)
  expect(await countOf('crash')).toBe(0)
  await db.execute(sql`alter table idempotency_keys drop constraint no_room`)
  expect((await create('crash', 'k-crash')).status).toBe(201)
})

test('an answer with a secret is heard again by who asked, and cannot be read in the table', async () => {
  const make = () => api.ask('/v1/keys', keyed('k-secret', jsonOf({ name: 'kept', scopes: ['data'] })))
  const { key } = (await (await make()).json()) as { key: string }
  expect(await (await make()).json()).toMatchObject({ key })
  const rows = await api.context.db.select().from(idempotencyKeys)
  const stored = rows.map(({ sealed }) => Buffer.from(sealed ?? '', 'base64').toString('latin1')).join()
  expect(stored).not.toContain(key)
})

test('a key is forgotten after its time', async () => {
  await create('old', 'k-old')
  await api.context.db
    .update(idempotencyKeys)
    .set({ createdAt: sql`now() - interval '25 hours'` })
    .where(eq(idempotencyKeys.key, 'k-old'))
  const answer = await create('old', 'k-old')
  expect(await problemOf(answer)).toMatchObject({ code: 'already_exists' })
})

test('answers past their time are dropped from the table, and no others', async () => {
  await create('stays', 'k-stays')
  await create('goes', 'k-goes')
  const { db } = api.context
  const goes = eq(idempotencyKeys.key, 'k-goes')
  await db.update(idempotencyKeys).set({ createdAt: sql`now() - interval '24 hours 1 second'` }).where(goes)
  await forgetOldAnswers(db)
  const keys = (await db.select({ key: idempotencyKeys.key }).from(idempotencyKeys)).map(({ key }) => key)
  expect(keys).toContain('k-stays')
  expect(keys).not.toContain('k-goes')
})

test('an answer without a body is heard again', async () => {
  const made = await api.ask('/v1/keys', jsonOf({ name: 'gone', scopes: ['data'] }))
  const { id } = (await made.json()) as { id: string }
  const revoke = () => api.ask(`/v1/keys/${id}`, keyed('k-gone', { method: 'DELETE' }))
  expect((await revoke()).status).toBe(204)
  expect((await revoke()).status).toBe(204)
})

test.each(['', 'two words', 'x'.repeat(256), 'ü'])('the key %j is invalid', async (key) => {
  expect(await problemOf(await create('invalid', key))).toMatchObject({ code: 'invalid_request' })
})

const tar = Buffer.alloc(10240) // an empty tar
tar.write('ustar', 257)
const upload = (body: Buffer, key: string) =>
  api.ask(
    '/v1/datasets/streams/archive',
    keyed(key, {
      method: 'PUT',
      headers: { 'content-type': 'application/x-tar', 'content-length': String(body.length) },
      body: new Uint8Array(body),
    }),
  )

test('an upload is answered once for its key, compared by what its headers tell', async () => {
  const first = await upload(tar, 'k-tar')
  expect(first.status).toBe(202)
  const again = await upload(tar, 'k-tar')
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(await again.json()).toEqual(await first.json())
  const longer = await upload(Buffer.concat([tar, tar]), 'k-tar')
  expect(await problemOf(longer)).toMatchObject({ code: 'idempotency_key_reused' })
})

test('a second upload while the first runs waits; when that has died it takes over', async () => {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  async function* slow() {
    yield tar.subarray(0, 1000)
    await ended
    yield tar.subarray(1000)
  }
  const init = { method: 'PUT', headers: { 'content-type': 'application/x-tar' } }
  const again = () =>
    api.ask('/v1/datasets/slow/archive', keyed('k-slow', { ...init, body: new Uint8Array(tar) }))
  const first = api.ask('/v1/datasets/slow/archive', keyed('k-slow', streamed(slow(), init)))
  const isRow = eq(idempotencyKeys.key, 'k-slow')
  await vi.waitFor(async () =>
    expect(await api.context.db.select().from(idempotencyKeys).where(isRow)).toHaveLength(1),
  )
  expect(await problemOf(await again())).toMatchObject({ code: 'idempotency_in_progress' })
  await api.context.db
    .update(idempotencyKeys)
    .set({ claimedUntil: sql`now() - interval '1 second'` })
    .where(isRow)
  expect((await again()).status).toBe(202)
  end()
  expect((await first).status).toBe(202)
  expect((await again()).headers.get('idempotency-replayed')).toBe('true')
})

test('each write has one entry in the audit log, also where it was refused', async () => {
  await api.context.db.delete(auditLog)
  const made = await api.ask('/v1/keys', jsonOf({ name: 'audited', scopes: ['predict'] }))
  const { id, key } = (await made.json()) as { id: string; key: string }
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  await api.ask('/v1/datasets', { method: 'POST', headers, body: '{"name":"x"}' })
  await api.ask(`/v1/keys/${id}`, { method: 'DELETE' })
  const { data } = (await (await api.ask('/v1/audit')).json()) as { data: Record<string, unknown>[] }
  expect(data).toMatchObject([
    { method: 'DELETE', route: '/v1/keys/{id}', path: `/v1/keys/${id}`, status: 204, key: { name: 'admin' } },
    { method: 'POST', route: '/v1/datasets', status: 403, key: { id, name: 'audited' }, resource: null },
    { method: 'POST', route: '/v1/keys', status: 201, resource: id },
  ])
  expect(JSON.stringify(data)).not.toContain(key)
  const one = await (await api.ask(`/v1/audit?key=${id}`)).json()
  expect(one).toMatchObject({ data: [{ status: 403 }] })
})

test('a change without its audit entry does not happen', async () => {
  const { db } = api.context
  await db.execute(sql`alter table audit_log add constraint broken check (status <> 201) not valid`)
  expect((await api.ask('/v1/datasets', jsonOf({ name: 'unaudited' }))).status).toBe(500)
  await db.execute(sql`alter table audit_log drop constraint broken`)
  expect(await countOf('unaudited')).toBe(0)
})
