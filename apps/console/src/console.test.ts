// The console in a real browser, from the sign-in to an answer, as the API serves it: with its policy in force.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ingest } from '@graft/api/datasets/ingest'
import { jsonOf, startTestApi, type TestApi } from '@graft/api/test-api'
import { makeNetwork, publishNetwork, testPhotos } from '@graft/api/test-model'
import { appendEvent } from '@graft/db/job-events'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { serve } from '@hono/node-server'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { zipOf } from '../../../packages/vision/fixtures/archives.ts'

/** An installed Chromium: CHROMIUM names it, or it is on the path. */
function findBrowser(): string | undefined {
  const named = process.env.CHROMIUM
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env.PATH ?? '').split(delimiter)
  return named ?? folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync)
}
const executablePath = findBrowser()

describe.skipIf(executablePath === undefined)('in a browser', () => {
  let api: TestApi
  let server: ReturnType<typeof serve>
  let browser: Browser
  let origin: string
  let page: Page
  /** What the browser complains about: errors of the program, violations of the policy, addresses elsewhere. */
  let complaints: string[]

  beforeAll(async () => {
    // As the launcher does: under NODE_ENV=test it would be another build.
    execFileSync(process.execPath, [join(import.meta.dirname, '..', 'build.ts')])
    api = await startTestApi()
    const { context } = api
    await context.queue.work('ingest', (message, signal) => ingest(context, message, signal))
    const port = await new Promise<number>((resolve) => {
      server = serve({ fetch: api.app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port))
    })
    origin = `http://127.0.0.1:${port}`
    const model = await publishNetwork(context, 'waste', await makeNetwork())
    const traffic = [{ model, weight: 100 }]
    expect((await api.ask('/v1/endpoints/sorter', jsonOf({ traffic }, 'PUT'))).status).toBe(200)
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    await api?.close()
  })
  beforeEach(async () => {
    page = await browser.newPage()
    complaints = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin)
        complaints.push(request.url())
    })
    onTestFinished(() => page.close())
  })

  async function signIn(scopes: string[], path = ''): Promise<void> {
    const { key } = await (await api.ask('/v1/keys', jsonOf({ name: 'Ada', scopes }))).json()
    await page.goto(`${origin}/console${path}`)
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Ada', { exact: true }).waitFor()
  }
  const heading = (name: string) => page.getByRole('heading', { name, exact: true })
  const go = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click()

  test('a folder is uploaded, judged and shown with its images and what was not taken', async () => {
    await signIn(['admin'])
    const photos = ['glass', 'metal'].flatMap((label) =>
      testPhotos(label, 3).map((data, at) => ({ name: `${label}/${at}.jpg`, data })),
    )
    const archive = zipOf([...photos, { name: 'glass/notes.txt', data: Buffer.from('no image') }])
    const file = { name: 'Household Waste.zip', mimeType: 'application/zip', buffer: archive }
    await page.getByLabel('Drop a zip').setInputFiles(file)
    await heading('household-waste@1').waitFor()
    await page.getByText('glass/notes.txt').waitFor()
    await page.getByText('image_type_unsupported').waitFor()
    await page.getByRole('combobox', { name: 'Label' }).selectOption('metal')
    await expect.poll(() => page.locator('li img').count()).toBe(3)
    const width = await page
      .locator('li img')
      .first()
      .evaluate((image: HTMLImageElement) => image.naturalWidth)
    expect(width).toBeGreaterThan(0)
    expect(complaints).toEqual([])
  })

  test('a job tells what happens while it happens, and does what it is asked for', async () => {
    const { db } = api.context
    const id = await insertJob(db, await insertDataset(db, 'pets'), { lastEvent: 0 })
    await signIn(['train'], `/jobs/${id}`)
    await heading('Job for pets').waitFor()
    const point = (epoch: number) =>
      appendEvent(db, id, {
        level: 'info',
        type: 'metrics',
        message: `Epoch ${epoch} of 2.`,
        data: { stage: 'fine_tuned', epoch, train_loss: 1 / epoch },
      })
    await point(1)
    await page.getByText('Epoch 1 of 2.').waitFor()
    await point(2)
    await page.getByText('Epoch 2 of 2.').waitFor()
    expect(await page.getByRole('img', { name: 'Loss by epoch' }).locator('circle').count()).toBe(2)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    expect(await (await api.ask(`/v1/fine_tuning/jobs/${id}`)).json()).toMatchObject({ status: 'paused' })
    expect(complaints).toEqual([])
  })

  test('a model leads to its version, and an endpoint classifies an image and shows why', async () => {
    await signIn(['admin'])
    await go('Models')
    await page.getByRole('link', { name: 'waste@1' }).click()
    await heading('waste@1').waitFor()
    await page.getByText('50.0 %').waitFor()
    await go('Try it')
    const [buffer] = testPhotos('paper', 1)
    await page
      .getByLabel('Drop images')
      .setInputFiles({ name: 'paper.jpg', mimeType: 'image/jpeg', buffer: buffer! })
    const answer = page.getByRole('listitem').filter({ hasText: 'paper.jpg' })
    await answer.getByText('accept').waitFor()
    expect(await answer.getByRole('rowheader').allTextContents()).toHaveLength(3)
    await page.getByLabel('Show what in the image').check()
    await answer.locator('img[src^="data:image/png"]').waitFor()
    expect(complaints).toEqual([])
  })

  test('a key is told what it may not do', async () => {
    await signIn(['predict'])
    await page.getByRole('alert').getByText('forbidden').waitFor()
    await go('Endpoints')
    await page.getByRole('link', { name: 'sorter' }).click()
    await page.getByText('Changing an endpoint needs an API key with the scope deploy').waitFor()
    expect(await page.getByRole('button', { name: 'Set traffic' }).count()).toBe(0)
  })

  test('a key that is not known opens nothing, and none is kept beyond the tab', async () => {
    await page.goto(`${origin}/console`)
    await page.getByLabel('API key').fill('graft_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('unauthorized').waitFor()
    await signIn(['admin'])
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie)).toBe('{}')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key').waitFor()
    expect(await page.evaluate(() => ({ ...sessionStorage }))).toEqual({})
  })

  test('the policy stops what is not of this server', async () => {
    await page.goto(`${origin}/console`)
    await page.evaluate(() => {
      const stopped: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => stopped.push(event.effectiveDirective))
      const [image, style] = [document.createElement('img'), document.createElement('link')]
      image.src = 'http://192.0.2.1/pixel.png'
      Object.assign(style, { rel: 'stylesheet', href: 'http://192.0.2.1/style.css' })
      document.body.append(image, style)
      void fetch('http://192.0.2.1/').catch(() => {})
      Object.assign(window, { stopped })
    })
    const stopped = () => page.evaluate(() => (window as unknown as { stopped: string[] }).stopped.toSorted())
    await expect.poll(stopped).toEqual(['connect-src', 'img-src', 'style-src-elem'])
  })
})
