import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

interface Operation {
  responses: Record<string, unknown>
  security?: unknown[]
}

test('the document is OpenAPI 3.1 and describes every route under /v1', async () => {
  const answer = await api.app.request('/openapi.json')
  const document = (await answer.json()) as {
    openapi: string
    paths: Record<string, Record<string, Operation>>
  }
  expect(document.openapi).toBe('3.1.0')
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  const served = api.app.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
    .map(({ method, path }) => `${method} ${path}`)
  expect(served.length).toBeGreaterThan(0)
  expect(described).toEqual(expect.arrayContaining([...new Set(served)]))
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    if (operation.security === undefined) expect(operation.responses).toHaveProperty('default')
  }
})

test('every write takes an Idempotency-Key, and what reads takes none', async () => {
  const { paths } = (await (await api.app.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { parameters?: { $ref?: string }[] }>>
  }
  const takes = (path: string, method: string) =>
    paths[path]?.[method]?.parameters?.some(({ $ref }) => $ref?.endsWith('/IdempotencyKey')) ?? false
  expect(takes('/v1/fine_tuning/jobs', 'post')).toBe(true)
  expect(takes('/v1/datasets/{name}/archive', 'put')).toBe(true)
  expect(takes('/v1/keys/{id}', 'delete')).toBe(true)
  expect(takes('/v1/keys', 'get')).toBe(false)
  expect(takes('/v1/endpoints/{name}/predict', 'post')).toBe(false)
})

test('a tuple is written as a list of a fixed length', async () => {
  const text = await (await api.app.request('/openapi.json')).text()
  expect(text).toContain('"mean":{"type":"array","items":{"type":"number"},"minItems":3,"maxItems":3}')
  expect(text).not.toContain('prefixItems')
})

test('the page loads nothing from elsewhere', async () => {
  const answer = await api.app.request('/docs')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(answer.headers.get('content-security-policy')).not.toMatch(/https?:/)
  const page = await answer.text()
  expect(page).not.toMatch(/https?:\/\//)
  const source = /<script src="([^"]+)"/.exec(page)?.[1] ?? ''
  const script = await api.app.request(source)
  expect(script.headers.get('content-type')).toMatch(/^text\/javascript/)
  expect(await script.text()).toContain('createApiReference')
})
