import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

test('health and readiness need no key', async () => {
  expect((await api.app.request('/healthz')).status).toBe(200)
  const answer = await api.app.request('/readyz')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    status: 'ready',
    checks: { database: 'ok', store: 'ok', queue: 'ok' },
  })
})

test('readiness names the part that does not answer, and the process lives on', async () => {
  await rm(join(api.context.dataFolder, 'store'), { recursive: true })
  const answer = await api.app.request('/readyz')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({
    status: 'not_ready',
    checks: { database: 'ok', store: 'does not answer', queue: 'ok' },
  })
  expect((await api.app.request('/healthz')).status).toBe(200)
})
