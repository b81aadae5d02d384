import type { Page } from '@graft/core/wire/common'
import { apiKeys } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

interface CreatedKey {
  id: string
  key: string
}
async function makeKey(name: string, scopes: string[]): Promise<CreatedKey> {
  const answer = await api.ask('/v1/keys', jsonOf({ name, scopes }))
  expect(answer.status).toBe(201)
  return (await answer.json()) as CreatedKey
}
const by = ({ key }: CreatedKey) => ({ headers: { authorization: `Bearer ${key}` } })

test('a key opens what its scopes say, and nothing else', async () => {
  const reader = await makeKey('reader', ['data'])
  expect((await api.ask('/v1/datasets', by(reader))).status).toBe(200)
  expect(await problemOf(await api.ask('/v1/keys', by(reader)))).toMatchObject({
    status: 403,
    code: 'forbidden',
    detail: expect.stringContaining('"admin"'),
  })
  const predictor = await makeKey('predictor', ['predict'])
  expect(await problemOf(await api.ask('/v1/datasets', by(predictor)))).toMatchObject({ code: 'forbidden' })
  const admin = await makeKey('admin', ['admin'])
  expect((await api.ask('/v1/datasets', by(admin))).status).toBe(200)
})

test('a key reads what it is itself, and never its secret', async () => {
  const made = await makeKey('narrow', ['metrics'])
  const self = await (await api.ask('/v1/keys/self', by(made))).json()
  expect(self).toEqual({
    id: made.id,
    object: 'api_key',
    name: 'narrow',
    project: 'default',
    scopes: ['metrics'],
  })
})

test('a key is shown once: neither the list nor the table holds it', async () => {
  const made = await makeKey('secret', ['train', 'train'])
  expect(made).toMatchObject({ object: 'api_key', name: 'secret', scopes: ['train'] })
  const listed = JSON.stringify(await (await api.ask('/v1/keys')).json())
  expect(listed).toContain(made.id)
  expect(listed).not.toContain(made.key)
  expect(JSON.stringify(await api.context.db.select().from(apiKeys))).not.toContain(made.key)
})

test('a revoked key is unauthorized with its next request', async () => {
  const made = await makeKey('leaver', ['data'])
  expect((await api.ask('/v1/datasets', by(made))).status).toBe(200)
  expect((await api.ask(`/v1/keys/${made.id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await api.ask('/v1/datasets', by(made))).status).toBe(401)
  const again = await api.ask(`/v1/keys/${made.id}`, { method: 'DELETE' })
  expect(await problemOf(again)).toMatchObject({ status: 404, code: 'not_found' })
})

test('the admin key cannot revoke itself', async () => {
  const answer = await api.ask('/v1/keys/key_admin', { method: 'DELETE' })
  expect(await problemOf(answer)).toMatchObject({ status: 409, code: 'state_conflict' })
})

test('a list is read page by page, each key once', async () => {
  for (const name of ['a', 'b', 'c']) await makeKey(name, ['data'])
  const whole = (await (await api.ask('/v1/keys')).json()) as Page<{ id: string }>
  const seen: string[] = []
  let after = ''
  for (;;) {
    const path = `/v1/keys?limit=2${after && `&after=${after}`}`
    const page = (await (await api.ask(path)).json()) as Page<{ id: string }>
    seen.push(...page.data.map(({ id }) => id))
    expect(page.last_id).toBe(page.data.at(-1)?.id)
    if (!page.has_more) break
    after = page.last_id ?? ''
  }
  expect(seen).toEqual(whole.data.map(({ id }) => id))
  expect(new Set(seen).size).toBe(seen.length)
})

const opens = async (key: string) =>
  (await api.ask('/v1/datasets', { headers: { authorization: `Bearer ${key}` } })).status === 200

test('a key ends at its time', async () => {
  const expires_at = new Date(Date.now() + 3600_000).toISOString()
  const answer = await api.ask('/v1/keys', jsonOf({ name: 'brief', scopes: ['data'], expires_at }))
  const made = (await answer.json()) as CreatedKey
  expect(made).toMatchObject({ expires_at })
  expect(await opens(made.key)).toBe(true)
  await api.context.db.update(apiKeys).set({ expiresAt: sql`now()` }).where(eq(apiKeys.id, made.id))
  // As another process changes it, which takes a second at most.
  await vi.waitFor(
    async () =>
      expect(await problemOf(await api.ask('/v1/datasets', by(made)))).toMatchObject({
        status: 401,
        detail: 'The API key has expired.',
      }),
    { timeout: 10_000 },
  )
})

test('a key that has ended already is not made', async () => {
  const body = { name: 'late', scopes: ['data'], expires_at: '2020-01-01T00:00:00Z' }
  expect(await problemOf(await api.ask('/v1/keys', jsonOf(body)))).toMatchObject({ code: 'invalid_request' })
})

test('after a rotation both secrets open until the overlap ends; a second rotation ends the first', async () => {
  const made = await makeKey('rotated', ['data'])
  const rotate = async (overlap_seconds: number) => {
    const answer = await api.ask(`/v1/keys/${made.id}/rotate`, jsonOf({ overlap_seconds }))
    expect(answer.status).toBe(200)
    return (await answer.json()) as CreatedKey
  }
  const second = await rotate(3600)
  expect(second.id).toBe(made.id)
  expect([await opens(made.key), await opens(second.key)]).toEqual([true, true])
  const third = await rotate(3600)
  expect([await opens(made.key), await opens(second.key), await opens(third.key)]).toEqual([
    false,
    true,
    true,
  ])
  const last = await rotate(0)
  expect([await opens(third.key), await opens(last.key)]).toEqual([false, true])
})

test('the admin key and unknown keys are not rotated', async () => {
  const ask = (id: string) => api.ask(`/v1/keys/${id}/rotate`, jsonOf({}))
  expect(await problemOf(await ask('key_admin'))).toMatchObject({ code: 'state_conflict' })
  expect(await problemOf(await ask('key_none'))).toMatchObject({ code: 'not_found' })
})

test('the last use of a key is noted, and not with every request', async () => {
  const made = await makeKey('used', ['data'])
  const lastUse = async () => {
    const [row] = await api.context.db.select().from(apiKeys).where(eq(apiKeys.id, made.id))
    return row?.lastUsedAt ?? null
  }
  expect(await lastUse()).toBeNull()
  await opens(made.key)
  const first = await lastUse()
  expect(first).not.toBeNull()
  await opens(made.key)
  expect(await lastUse()).toEqual(first)
  await api.context.db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now() - interval '61 seconds'` })
    .where(eq(apiKeys.id, made.id))
  await vi.waitFor(
    async () => {
      await opens(made.key)
      expect((await lastUse())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? 0)
    },
    { timeout: 10_000 },
  )
})
