import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Api, ApiEnv } from '../context.ts'
import { answerProblem } from '../problem.ts'
import { problemOf } from '../test-api.ts'
import { registerConsole } from './console.ts'

let folder: string
let app: Api
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-console-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Graft</title>')
  await writeFile(join(folder, 'assets', 'index-AbC_1-2.js'), 'export {}'.repeat(1000))
  await writeFile(join(folder, 'secret.js'), 'no asset')
  app = appOf(folder)
})
afterAll(() => rm(folder, { recursive: true }))

function appOf(built: string): Api {
  const made: Api = new OpenAPIHono<ApiEnv>()
  made.onError((error, c) => answerProblem(c, pino({ level: 'silent' }), error))
  registerConsole(made, built)
  return made
}

test('the address alone leads to the console', async () => {
  const answer = await app.request('/')
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console'])
})

test.each(['/console', '/console/', '/console/datasets/waste/3', '/console/models/a@1'])(
  '%s is the page, with a policy that lets nothing else in',
  async (path) => {
    const answer = await app.request(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(await answer.text()).toContain('<title>Graft</title>')
  },
)

test('an asset is kept for ever, and travels compressed', async () => {
  const answer = await app.request('/console/assets/index-AbC_1-2.js', {
    headers: { 'accept-encoding': 'gzip' },
  })
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(answer.headers.get('cache-control')).toContain('immutable')
  expect(answer.headers.get('content-encoding')).toBe('gzip')
})

test.each([
  '/console/assets/gone-1.js',
  '/console/assets/..%2Fsecret.js',
  '/console/assets/%2e%2e/secret.js',
])('%s is nothing that is given out', async (path) => {
  const answer = await app.request(path)
  expect(await answer.text()).not.toContain('no asset')
})

test('a missing asset is no page', async () => {
  expect(await problemOf(await app.request('/console/assets/gone-1.js'))).toMatchObject({ code: 'not_found' })
})

test('a console that is not built says how to', async () => {
  const problem = await problemOf(await appOf(join(folder, 'nowhere')).request('/console'))
  expect(problem).toMatchObject({ code: 'not_found', detail: expect.stringContaining('./graft setup') })
})
