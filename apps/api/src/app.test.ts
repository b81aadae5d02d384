import { openDatabase } from '@graft/db/database'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from './app.ts'
import { jsonOf, problemOf, startTestApi, streamed, type TestApi } from './test-api.ts'
import { pushPhotos } from './test-things.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const json = { 'content-type': 'application/json' }
const post = (body: string, headers: Record<string, string> = json) =>
  api.ask('/v1/datasets', { method: 'POST', headers, body })

test.each([
  ['no key', undefined],
  ['another scheme', 'Basic Z3JhZnQ6Z3JhZnQ='],
  ['an unknown key', 'Bearer graft_unknown'],
])('%s is unauthorized, and told how to ask', async (_, authorization) => {
  const answer = await api.app.request('/v1/datasets', authorization ? { headers: { authorization } } : {})
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
  expect(await problemOf(answer)).toMatchObject({ status: 401, code: 'unauthorized' })
})

test('a path without a route is not_found', async () => {
  const answer = await api.ask('/v1/nothing')
  expect(await problemOf(answer)).toEqual({
    type: 'urn:graft:error:not_found',
    title: 'No such resource',
    status: 404,
    code: 'not_found',
    detail: 'There is no /v1/nothing.',
    errors: [],
  })
})

test('a method that a path does not take is method_not_allowed, with those that it takes', async () => {
  const answer = await api.ask('/v1/datasets', { method: 'DELETE' })
  expect(answer.headers.get('allow')).toBe('POST, GET, HEAD')
  expect(await problemOf(answer)).toMatchObject({ status: 405, code: 'method_not_allowed' })
})

test('every kind of answer has the headers that browsers obey, and tells of the limit of its key', async () => {
  const once = { ...jsonOf({ name: 'headers' }), headers: { ...json, 'idempotency-key': 'headers' } }
  const answers = [
    await api.ask('/v1/datasets'),
    await api.ask('/v1/nothing'),
    await api.ask('/v1/datasets', { method: 'DELETE' }),
    await api.ask('/v1/datasets', once),
    await api.ask('/v1/datasets', once),
    await post('{"name":'),
    await api.ask('/metrics'),
    await api.ask('/v1/uploads', { method: 'OPTIONS' }),
    await pushPhotos(api.ask, 'headers'),
    await api.ask(`/v1/blobs/${'0'.repeat(64)}`, { method: 'DELETE' }),
  ]
  expect(answers[4]?.headers.get('idempotency-replayed')).toBe('true')
  for (const { headers, url, status } of answers) {
    const told = [headers.get('x-content-type-options'), headers.get('x-frame-options')]
    expect([url, status, ...told]).toEqual([url, status, 'nosniff', 'SAMEORIGIN'])
    if (status !== 405) expect([url, status, headers.get('ratelimit-limit')]).toEqual([url, status, '1000'])
  }
  const open = await api.app.request('/healthz')
  expect([open.status, open.headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
})

test('a body that is no JSON is invalid_json', async () => {
  expect(await problemOf(await post('{"name":'))).toMatchObject({ status: 400, code: 'invalid_json' })
})

test('a body of another type is unsupported_media_type', async () => {
  const answer = await post('name=hotdog', { 'content-type': 'application/x-www-form-urlencoded' })
  expect(await problemOf(answer)).toMatchObject({ status: 415, code: 'unsupported_media_type' })
})

test('every fault of a body is named with its place', async () => {
  const answer = await api.ask('/v1/keys', jsonOf({ scopes: ['data', 'everything'], extra: 1 }))
  const problem = await problemOf(answer)
  expect(problem).toMatchObject({ status: 400, code: 'invalid_request' })
  expect(problem.errors.map(({ path }) => path)).toEqual(['name', 'scopes[1]', ''])
  expect(problem.errors[2]?.message).toContain('extra')
})

test.each([0, 'many'])('a page of %s rows is invalid_request', async (limit) => {
  const answer = await api.ask(`/v1/datasets?limit=${limit}`)
  expect(await problemOf(answer)).toMatchObject({ code: 'invalid_request', errors: [{ path: 'limit' }] })
})

test('a JSON body over the limit is payload_too_large', async () => {
  const answer = await post(JSON.stringify({ name: 'x'.repeat(1024 ** 2) }))
  expect(await problemOf(answer)).toMatchObject({ status: 413, code: 'payload_too_large' })
})

test('a chunked JSON body is read to the limit and not further', async () => {
  let sent = 0
  async function* endless() {
    for (;;) {
      sent += 65536
      yield Buffer.alloc(65536, ' ')
    }
  }
  const answer = await api.ask('/v1/datasets', streamed(endless(), { method: 'POST', headers: json }))
  expect(await problemOf(answer)).toMatchObject({ status: 413, code: 'payload_too_large' })
  expect(sent).toBeLessThan(2 * 1024 ** 2)
})

test('what goes wrong inside is internal, and tells nothing of the inside', async () => {
  const broken = await startTestApi()
  await broken.context.queue.stop()
  await broken.context.db.execute('drop table datasets cascade')
  const problem = await problemOf(await broken.ask('/v1/datasets'))
  expect(problem).toMatchObject({ status: 500, code: 'internal' })
  expect(JSON.stringify(problem)).not.toMatch(/relation|select|datasets"/)
  await broken.close()
})

test.each(['/v1/endpoints?after=%00', '/v1/audit?key=a%00', '/v1/datasets/%00'])(
  'the character NUL in %s is invalid_request',
  async (path) => {
    const answer = await api.ask(path)
    expect(await problemOf(answer)).toMatchObject({ status: 400, code: 'invalid_request' })
  },
)

test('without its database a request is told to ask again', async () => {
  // The port is that of no Postgres.
  const { db, close } = openDatabase('postgres://graft@127.0.0.1:9/graft')
  const app = createApp({ ...api.context, db })
  const answer = await app.request('/v1/datasets', { headers: { authorization: 'Bearer any' } })
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(await problemOf(answer)).toMatchObject({ status: 503, code: 'database_unavailable' })
  await close()
})

test('once the shutdown has begun a request is refused as shutting_down, and health still answers', async () => {
  const other = await startTestApi()
  other.stopping.abort()
  const answer = await other.ask('/v1/datasets')
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(await problemOf(answer)).toMatchObject({ status: 503, code: 'shutting_down' })
  expect((await other.ask('/readyz')).status).toBe(503)
  expect((await other.ask('/healthz')).status).toBe(200)
  await other.close()
})

test('the request log names the key and never shows it, nor a query', async () => {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const app = createApp({ ...api.context, log })
  const authorization = 'Bearer the-admin-key-of-the-test'
  await app.request('/v1/datasets/none?token=secret', { headers: { authorization, 'x-request-id': 'r-1' } })
  await app.request('/v1/datasets', { headers: { authorization: 'Bearer graft_wrong' } })
  const entry = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>
  expect(entry).toMatchObject({
    method: 'GET',
    path: '/v1/datasets/none',
    status: 404,
    code: 'not_found',
    key: 'key_admin',
    id: 'r-1',
  })
  expect(lines.join()).not.toMatch(/the-admin-key|secret|graft_wrong/)
})
