// The console from the sign-in to an answer.
import { jsonOf } from '@graft/api/test-api'
import { browserPath } from '@graft/api/test-browser'
import { makeNetwork, publishNetwork, testPhotos } from '@graft/api/test-model'
import type { VersionChange } from '@graft/core/wire/datasets'
import { appendEvent } from '@graft/db/job-events'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { beforeAll, describe, expect, test } from 'vitest'
import { zipOf } from '../../../packages/vision/fixtures/archives.ts'
import { openConsole } from './test-console.ts'

describe.skipIf(browserPath === undefined)('in a browser', () => {
  const shown = openConsole()
  const { signIn, heading, go } = shown

  beforeAll(async () => {
    const model = await publishNetwork(shown.api.context, 'waste', await makeNetwork())
    const traffic = [{ model, weight: 100 }]
    expect((await shown.api.ask('/v1/endpoints/sorter', jsonOf({ traffic }, 'PUT'))).status).toBe(200)
  })

  test('a folder is uploaded, judged and shown with its images and what was not taken', async () => {
    const { page, complaints } = shown
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

  test('chosen images are relabelled, moved and left out, and a version is made of it', async () => {
    const { api, page, complaints } = shown
    const photos = ['glass', 'metal'].flatMap((label) =>
      testPhotos(label, 7).map((data, at) => ({ name: `${label}/${at}.jpg`, data })),
    )
    const body = new Uint8Array(zipOf(photos))
    const headers = { 'content-type': 'application/zip' }
    await api.ask('/v1/datasets/edited/archive', { method: 'PUT', headers, body })
    await signIn(['data'], '/datasets/edited/1')
    const choose = (path: string) => page.getByLabel(`Choose ${path}`).check()
    await choose('glass/0.jpg')
    await choose('glass/1.jpg')
    await page.getByText('2 images chosen, 0 images edited.').waitFor()
    await page.getByLabel('New label').fill('metal')
    await page.getByRole('button', { name: 'Relabel' }).click()
    await page.getByText('becomes metal').nth(1).waitFor()
    await choose('glass/1.jpg')
    await page.getByLabel('New split').selectOption('test')
    await page.getByRole('button', { name: 'Move' }).click()
    // What is edited stays so when other images are looked at.
    await page.getByRole('combobox', { name: 'Label', exact: true }).selectOption('metal')
    await choose('metal/0.jpg')
    await page.getByRole('button', { name: 'Leave out' }).click()
    await page.getByText('0 images chosen, 3 images edited.').waitFor()
    await page.getByRole('button', { name: 'Make a version of it' }).click()
    await heading('edited@2').waitFor()
    await page.getByRole('heading', { name: 'Images', exact: true }).waitFor()
    const { data } = await (await api.ask('/v1/datasets/edited/versions/1/diff/2')).json()
    const changes = data.map(({ change, before, after }: VersionChange) =>
      [change, before?.path, after?.label, after?.path.startsWith('test/')].join(' '),
    )
    expect(changes.toSorted()).toEqual([
      'relabelled glass/0.jpg metal false',
      'relabelled glass/1.jpg metal true',
      'removed metal/0.jpg  ',
    ])
    expect(complaints).toEqual([])
  })

  test('a job tells what happens while it happens, and does what it is asked for', async () => {
    const { api, page, complaints } = shown
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
    const chart = page.getByRole('img', { name: 'Loss by epoch' })
    expect(await chart.locator('text').allTextContents()).toEqual(['1.00', 'epoch 1'])
    await point(2)
    await page.getByText('Epoch 2 of 2.').waitFor()
    expect(await chart.locator('circle').count()).toBe(2)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    expect(await (await api.ask(`/v1/fine_tuning/jobs/${id}`)).json()).toMatchObject({ status: 'paused' })
    expect(complaints).toEqual([])
  })

  test('a model leads to its version, and an endpoint classifies an image and shows why', async () => {
    const { page, complaints } = shown
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

  test('a key is told what it may not do, and offered what it may', async () => {
    const { page, visit } = shown
    await signIn(['predict'])
    await heading('Endpoints').waitFor()
    const ways = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
    expect(await ways.allTextContents()).toEqual(['Endpoints', 'Batches', 'Try it'])
    await visit('/datasets')
    await page.getByRole('alert').getByText('The API key lacks the scope').waitFor()
    await go('Endpoints')
    await page.getByRole('link', { name: 'sorter' }).click()
    await page.getByText('Changing an endpoint needs an API key with the scope deploy').waitFor()
    expect(await page.getByRole('button', { name: 'Set traffic' }).count()).toBe(0)
  })

  test('a key that is not known opens nothing, and none is kept beyond the tab', async () => {
    const { page, visit } = shown
    await visit('')
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
    const { page, visit } = shown
    await visit('')
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
