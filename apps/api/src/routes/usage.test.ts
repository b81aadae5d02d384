import type { Page } from '@graft/core/wire/common'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

interface UsageDay {
  day: string
  key: string
  requests: number
  failed: number
}
async function usage(query = ''): Promise<Page<UsageDay>> {
  return (await (await api.ask(`/v1/usage${query}`)).json()) as Page<UsageDay>
}

test('usage counts the requests of each key by day, and those that failed', async () => {
  const made = await api.ask('/v1/keys', jsonOf({ name: 'counted', scopes: ['data'] }))
  const { id, key } = (await made.json()) as { id: string; key: string }
  const headers = { authorization: `Bearer ${key}` }
  for (const path of ['/v1/datasets', '/v1/datasets', '/v1/datasets/none', '/v1/keys']) {
    await api.ask(path, { headers })
  }
  const { data } = await usage(`?key=${id}`)
  expect(data).toMatchObject([{ object: 'usage.day', key: id, requests: 4, failed: 2, predictions: 0 }])
  const day = data[0]?.day ?? ''
  expect((await usage(`?key=${id}&from=${day}&to=${day}`)).data).toEqual(data)
  expect((await usage(`?key=${id}&to=2020-01-01`)).data).toEqual([])
  await api.ask('/v1/datasets', { headers })
  expect((await usage(`?key=${id}`)).data).toMatchObject([{ requests: 5 }])
})

test('usage is read page by page', async () => {
  const whole = (await usage()).data.map(({ key }) => key)
  expect(whole.length).toBeGreaterThan(1)
  const first = await usage('?limit=1')
  expect(first.has_more).toBe(true)
  const second = await usage(`?limit=1&after=${encodeURIComponent(first.last_id ?? '')}`)
  expect([first.data[0]?.key, second.data[0]?.key]).toEqual(whole.slice(0, 2))
})

test.each(['0000-00-00/key_1', '2026-11-25', 'x'])('a page cannot go on after %s', async (after) => {
  const answer = await api.ask(`/v1/usage?after=${encodeURIComponent(after)}`)
  expect(await problemOf(answer)).toMatchObject({ code: 'invalid_request', errors: [{ path: 'after' }] })
})

test('metrics tell requests by route and status, the queues and the process', async () => {
  await api.ask('/v1/datasets/none')
  await api.ask(`/${'x'.repeat(50)}`)
  await api.context.queue.send(api.context.db, 'fine-tune', { job_id: 'ftjob_none' })
  const answer = await api.ask('/metrics')
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/)
  const text = await answer.text()
  expect(text).toMatch(
    /^graft_http_request_duration_seconds_count\{method="GET",route="\/v1\/datasets\/\{name\}",status="404"\} \d+$/m,
  )
  expect(text).toContain('route="none",status="404"')
  expect(text).not.toContain('xxxxx')
  expect(text).toMatch(/^graft_queue_messages\{queue="fine-tune",state="waiting"\} 1$/m)
  expect(text).toMatch(/^process_resident_memory_bytes \d+/m)
})

test('a key for metrics reads them, and nothing else', async () => {
  const made = await api.ask('/v1/keys', jsonOf({ name: 'prometheus', scopes: ['metrics'] }))
  const { key } = (await made.json()) as { key: string }
  const headers = { authorization: `Bearer ${key}` }
  expect((await api.ask('/metrics', { headers })).status).toBe(200)
  expect((await api.ask('/v1/usage', { headers })).status).toBe(403)
})
