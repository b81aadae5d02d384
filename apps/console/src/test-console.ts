// The console in a real browser for a test, as the API serves it: with its policy in force.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ingest } from '@graft/api/datasets/ingest'
import { jsonOf, startTestApi, type TestApi } from '@graft/api/test-api'
import { launchBrowser } from '@graft/api/test-browser'
import { serve } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest'

export interface TestConsole {
  api: TestApi
  origin: string
  page: Page
  /** What the browser complains about: errors of the program, violations of the policy, addresses elsewhere. */
  complaints: string[]
  /** Opens a page as a new key with these scopes, whose name is Ada. */
  signIn(scopes: string[], path?: string): Promise<void>
  /** Opens another page as the same key. */
  visit(path: string): Promise<void>
  /** By the navigation. */
  go(name: string): Promise<void>
  heading(name: string): ReturnType<Page['getByRole']>
}

/** Inside of a `describe`: a platform and a browser for all its tests, a page for each. */
export function openConsole(): TestConsole {
  let server: ReturnType<typeof serve>
  let browser: Browser
  const opened = {
    complaints: [] as string[],
    async signIn(scopes: string[], path = '') {
      const { key } = await (await opened.api.ask('/v1/keys', jsonOf({ name: 'Ada', scopes }))).json()
      await opened.visit(path)
      await opened.page.getByLabel('API key').fill(key)
      await opened.page.getByRole('button', { name: 'Sign in' }).click()
      await opened.page.locator('header').getByText('Ada', { exact: true }).waitFor()
    },
    async visit(path: string) {
      await opened.page.goto(`${opened.origin}/console${path}`)
    },
    go: (name: string) => opened.page.getByRole('navigation').getByRole('link', { name }).click(),
    heading: (name: string) => opened.page.getByRole('heading', { name, exact: true }),
  } as TestConsole

  beforeAll(async () => {
    // As the launcher does: under NODE_ENV=test it would be another build.
    execFileSync(process.execPath, [join(import.meta.dirname, '..', 'build.ts')])
    opened.api = await startTestApi()
    const { context } = opened.api
    await context.queue.work('ingest', (message, signal) => ingest(context, message, signal))
    const { fetch } = opened.api.app
    const port = await new Promise<number>((resolve) => {
      server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port))
    })
    opened.origin = `http://127.0.0.1:${port}`
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    await opened.api?.close()
  })
  beforeEach(async () => {
    const page = await browser.newPage()
    opened.page = page
    opened.complaints = []
    const { complaints } = opened
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== opened.origin)
        complaints.push(request.url())
    })
    onTestFinished(() => page.close())
  })
  return opened
}
