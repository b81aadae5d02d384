// The page of an endpoint: its canary, its drift, and the feedback on what it has kept.
import { jsonOf } from '@graft/api/test-api'
import { browserPath } from '@graft/api/test-browser'
import { makeNetwork, publishNetwork, testPhotos } from '@graft/api/test-model'
import type { Report } from '@graft/core/wire/report'
import { beforeAll, describe, expect, test } from 'vitest'
import { openConsole } from '../test-console.ts'

describe.skipIf(browserPath === undefined)('an endpoint', () => {
  const shown = openConsole()
  const { signIn, heading } = shown
  let [stable, better] = ['', '']

  beforeAll(async () => {
    const network = await makeNetwork()
    const answers = Array.from({ length: 50 }, (_, at) => ({
      ...{ path: `${at}.jpg`, sha256: String(at), label: 'glass', predicted: 'glass', confidence: 0.55 },
    }))
    const report: Report = {
      ...{ object: 'model.report', labels: ['glass', 'metal', 'paper'], curve: [], temperature: 1 },
      ...{ training: null, int8: null },
      splits: {
        test: {
          ...{ images: 50, accuracy: 1, loss: 0.1, confusion: [], classes: [], answers },
          calibration: { ece: 0, ece_uncalibrated: 0, bins: [] },
          ...{ thresholds: [], top_losses: [] },
        },
      },
    }
    stable = await publishNetwork(shown.api.context, 'waste', { ...network, report })
    better = await publishNetwork(shown.api.context, 'waste', network)
    await serve('sorter')
  })
  async function serve(name: string): Promise<void> {
    const traffic = [{ model: stable, weight: 100 }]
    expect((await shown.api.ask(`/v1/endpoints/${name}`, jsonOf({ traffic }, 'PUT'))).status).toBe(200)
  }
  async function predict(name: string, photos: Buffer[]): Promise<void> {
    const images = photos.map((photo) => photo.toString('base64'))
    const answer = await shown.api.ask(`/v1/endpoints/${name}/predict`, jsonOf({ images }))
    expect(answer.status).toBe(200)
    await shown.api.context.serving.captures.settled()
  }
  const read = async (path: string) => await (await shown.api.ask(path)).json()
  /** That there has been no canary is an answer of 404. */
  const unexpected = () => shown.complaints.filter((text) => !text.includes('404'))

  test('a canary is started, followed and ended, and the traffic is as before', async () => {
    const { page } = shown
    await signIn(['deploy'], '/endpoints/sorter')
    await page.getByText('There has been none: a canary').waitFor()
    await page.getByText('Start a canary').click()
    await page.getByLabel('Version', { exact: true }).fill(stable)
    await page.getByRole('button', { name: 'Start canary' }).click()
    await page.getByRole('alert').getByText('has a share of the traffic already').waitFor()
    await page.getByLabel('Version', { exact: true }).fill(better)
    await page.getByLabel('Shares of the traffic').fill('10, 100')
    await page.getByLabel('Images of each step').fill('7')
    await page.getByRole('button', { name: 'Start canary' }).click()
    await page.getByText('0 of 7 images have come.').waitFor()
    await page.getByRole('row', { name: /^10 % 0 0 0 0 now$/ }).waitFor()
    expect(await read('/v1/endpoints/sorter/canary')).toMatchObject({
      ...{ status: 'running', model: better, share: 10, min_requests: 7, minutes_per_step: 10 },
      ...{ max_error_rate: 0.01, max_disagreement: 0.2 },
    })
    await page.getByRole('button', { name: 'End the canary' }).click()
    await page.getByText('The traffic returns to what it was before.').waitFor()
    await page.getByRole('button', { name: 'End the canary' }).click()
    await page.getByText('It was cancelled.').waitFor()
    const { traffic, canary } = await read('/v1/endpoints/sorter')
    expect({ traffic, canary }).toEqual({ traffic: [{ model: stable, weight: 100 }], canary: null })
    expect(unexpected().filter((text) => !text.includes('409'))).toEqual([])
  })

  test('answers are shown beside those that were measured', async () => {
    const { page } = shown
    await serve('watched')
    await signIn(['predict'], '/endpoints/watched')
    await page.getByText('It has answered nothing since').waitFor()
    await predict('watched', testPhotos('glass', 2))
    await page.getByLabel('Answers of').selectOption('the last week')
    await page.getByText('2 answers, beside those for the 50 images of its test split.').waitFor()
    expect(await page.getByText('too few').count()).toBe(2)
    await page.getByRole('row', { name: '0.5 to 0.6 0.0 % 100.0 %' }).waitFor()
    expect(unexpected()).toEqual([])
  })

  test('kept images get their right labels, and become a data set', async () => {
    const { page } = shown
    await serve('learner')
    await signIn(['admin'], '/endpoints/learner')
    await page.getByText('It keeps no image that it is asked about.').waitFor()
    await page.getByText('Change what it keeps').click()
    await page.getByLabel('Percent of the images').fill('100')
    await page.getByLabel('Days that each is kept').fill('9')
    await page.getByRole('button', { name: 'Set what is kept' }).click()
    await page.getByText('It keeps 100.0 % of the images that it is asked about, for 9 days.').waitFor()
    expect((await read('/v1/endpoints/learner')).traffic).toEqual([{ model: stable, weight: 100 }])

    await predict('learner', [...testPhotos('glass', 2), ...testPhotos('paper', 2)])
    await page.getByLabel('First').selectOption('the least sure')
    const images = page.getByRole('listitem').filter({ has: page.getByLabel('Right label') })
    await images.nth(3).waitFor()
    await images.nth(3).locator('img[src^="blob:"]').waitFor()
    await images.nth(3).getByRole('button', { name: 'Keep no longer' }).click()
    await images.nth(3).waitFor({ state: 'detached' })
    for (const [at, label] of ['glass', 'bottle', 'glass'].entries()) {
      await images.nth(at).getByLabel('Right label').fill(label)
      await images.nth(at).getByRole('button', { name: 'Tell' }).click()
      await images.nth(at).getByText(`It is ${label}`).waitFor()
    }
    await page.getByLabel('Show').selectOption('those without a label')
    await page.getByText('No kept image is of these.').waitFor()
    await page.getByLabel('Add the labelled images to the data set').fill('learnt')
    await page.getByRole('button', { name: 'Make a version' }).click()
    await page.getByText('3 images are new').waitFor()
    await page.getByRole('link', { name: 'learnt@1' }).click()
    await heading('learnt@1').waitFor()
    expect(unexpected()).toEqual([])
  })

  test('a key sees and changes what its scopes allow', async () => {
    const { page } = shown
    await signIn(['predict'], '/endpoints/sorter')
    await page.getByText('Seeing kept images needs an API key with the scope data').waitFor()
    await page.getByText('Start a canary').click()
    await page.getByText('Starting a canary needs an API key with the scope deploy').waitFor()
    expect(await page.getByText('Change what it keeps').count()).toBe(0)
    expect(unexpected()).toEqual([])
  })
})
