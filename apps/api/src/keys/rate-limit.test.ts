import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { createBucket } from './rate-limit.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

test('a bucket holds one second of requests, and fills at its rate', () => {
  const bucket = createBucket(2)
  expect(bucket.take(0)).toEqual({ allowed: true, remaining: 1, reset: 1 })
  expect(bucket.take(0)).toEqual({ allowed: true, remaining: 0, reset: 1 })
  expect(bucket.take(0)).toEqual({ allowed: false, remaining: 0, reset: 1 })
  expect(bucket.take(499).allowed).toBe(false)
  expect(bucket.take(500).allowed).toBe(true)
  expect(bucket.take(500).allowed).toBe(false)
  expect(bucket.take(60_000)).toEqual({ allowed: true, remaining: 1, reset: 1 })
})

async function makeKey(requests_per_second: number): Promise<Record<string, string>> {
  const body = { name: 'hasty', scopes: ['data'], requests_per_second }
  const { key } = (await (await api.ask('/v1/keys', jsonOf(body))).json()) as { key: string }
  return { authorization: `Bearer ${key}` }
}

test('a key over its rate is told so, with the time to wait, and other keys are not affected', async () => {
  const headers = await makeKey(1)
  const first = await api.ask('/v1/datasets', { headers })
  expect(first.status).toBe(200)
  expect(first.headers.get('ratelimit-policy')).toBe('"key";q=1;w=1')
  expect(first.headers.get('ratelimit')).toBe('"key";r=0;t=1')
  expect(first.headers.get('ratelimit-remaining')).toBe('0')
  // Of twenty at once one more may pass, if the machine is slow.
  const answers = await Promise.all(Array.from({ length: 20 }, () => api.ask('/v1/datasets', { headers })))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(10)
  const [one] = refused
  expect(one!.headers.get('retry-after')).toBe('1')
  expect(one!.headers.get('ratelimit')).toBe('"key";r=0;t=1')
  expect(await problemOf(one!)).toMatchObject({ status: 429, code: 'rate_limited' })
  expect((await api.ask('/v1/datasets')).status).toBe(200)
})

test('a refused or failed request tells the rate too', async () => {
  const answer = await api.ask('/v1/datasets/none')
  expect(answer.status).toBe(404)
  expect(answer.headers.get('ratelimit-limit')).toBe('1000')
})
