// Work that goes on behind the pages: batches, evaluations and sweeps, from their start to what came of them.
import { readFile } from 'node:fs/promises'
import { startBulkWorker } from '@graft/api/bulk/bulk-worker'
import { settleSweeps } from '@graft/api/sweeps/settle-sweeps'
import { jsonOf } from '@graft/api/test-api'
import { browserPath } from '@graft/api/test-browser'
import { makeNetwork, publishNetwork, testPhotos } from '@graft/api/test-model'
import type { EvaluationReport } from '@graft/core/wire/report'
import { claimEvaluation, succeedEvaluation } from '@graft/db/evaluations'
import { changeJobState, claimJob, finishJob, recordMetrics } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { datasetVersions } from '@graft/db/schema'
import { insertDataset, newVersion } from '@graft/db/test-rows'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { zipOf } from '../../../packages/vision/fixtures/archives.ts'
import { openConsole } from './test-console.ts'

describe.skipIf(browserPath === undefined)('work', () => {
  const shown = openConsole()
  const { signIn, heading, visit } = shown
  let model: string

  beforeAll(async () => {
    const { db } = shown.api.context
    model = await publishNetwork(shown.api.context, 'waste', await makeNetwork())
    const traffic = [{ model, weight: 100 }]
    expect((await shown.api.ask('/v1/endpoints/sorter', jsonOf({ traffic }, 'PUT'))).status).toBe(200)
    await insertDataset(db, 'photos')
    const splits = { train: { glass: 3 }, validation: {}, test: { glass: 1, metal: 1, paper: 1 } }
    await db.update(datasetVersions).set({ splits })
  })

  test('an archive is asked about, and its results are downloaded', async () => {
    const { api, page, complaints } = shown
    await signIn(['predict'], '/batches')
    await page.getByText('There is no batch yet.').waitFor()
    await page.getByText('Start a batch').click()
    await page.getByText('Asking about a data set needs an API key with the scope data').waitFor()
    const photos = testPhotos('paper', 2).map((data, at) => ({ name: `${at}.jpg`, data }))
    const buffer = zipOf([...photos, { name: '2.jpg', data: Buffer.from('no image') }])
    await page
      .getByLabel('Drop an archive')
      .setInputFiles({ name: 'new.zip', mimeType: 'application/zip', buffer })
    await page.getByText('They are here once all images are done.').waitFor()
    const worker = startBulkWorker(api.context)
    onTestFinished(() => worker.stop())
    await page.getByText('A line for each image').waitFor()
    expect(await page.locator('dl').textContent()).toMatch(/Answered2Failed1/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'results.csv' }).click(),
    ])
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(1 + 3)
    expect(complaints).toEqual([])
  })

  test('a batch about a data set is started, and cancelled', async () => {
    const { page, complaints } = shown
    await signIn(['predict', 'data'], '/batches')
    await page.getByText('Start a batch').click()
    await page.getByLabel('Data set version').fill('photos@1')
    await page.getByLabel('Split').selectOption('test')
    await page.getByRole('button', { name: 'Start batch' }).click()
    await page.getByText('0 of 3 images').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('It has none.').waitFor()
    await page.getByRole('link', { name: 'Batches' }).click()
    await page.getByRole('row', { name: 'cancelled sorter photos@1 test' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('a version is measured on other images, and shows how it answered', async () => {
    const { api, page, complaints } = shown
    const { db, store } = api.context
    await signIn(['train'], '/models/waste/1')
    await page.getByText('It was measured on nothing but its own held-out images yet.').waitFor()
    await page.getByText('Measure it on other images').click()
    await page.getByLabel('Data set version').fill('photos@1')
    await page.getByLabel('Split').selectOption('validation')
    await page.getByRole('button', { name: 'Measure' }).click()
    await page.getByRole('alert').getByText('The request is not valid').waitFor()
    await page.getByLabel('Split').selectOption('test')
    await page.getByRole('button', { name: 'Measure' }).click()
    await page.getByText('0 of 3 images').waitFor()

    // As a trainer does.
    const claimed = (await claimEvaluation(db))!
    const metrics = { accuracy: 2 / 3, loss: 0.7 }
    const rates = { precision: 1, recall: 1, f1: 1, support: 1 }
    const labels = ['glass', 'metal', 'paper']
    const report: EvaluationReport = {
      ...{ object: 'model.evaluation.report', model, dataset: 'photos@1', split: 'test', labels },
      ...{ images: 3, ...metrics, classes: labels.map((label) => ({ label, ...rates })) },
      confusion: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
      calibration: { ece: 0.1, ece_uncalibrated: 0.1, bins: [] },
      ...{ thresholds: [], top_losses: [], answers: [] },
    }
    const key = `evaluations/${claimed.id}/1/report.json`
    const stored = { key, ...(await store.put(key, Buffer.from(JSON.stringify(report)))) }
    await succeedEvaluation(db, claimed, { metrics, report: stored })
    await page.getByText('Right about 66.7 % of 3 images').waitFor()
    await page.getByRole('link', { name: model }).click()
    await page.getByRole('row', { name: 'succeeded photos@1 test 66.7 % 0.700' }).waitFor()
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([])
  })

  test('a sweep is started, compares its jobs, and names the best', async () => {
    const { api, page, complaints } = shown
    const { db } = api.context
    await signIn(['train'], '/sweeps')
    await page.getByText('There is no sweep yet').waitFor()
    await page.getByRole('link', { name: 'Start a sweep' }).click()
    await page.getByLabel('Data set version').fill('photos@1')
    await page.getByLabel('Values of learning rate').fill('0.001, 0.002')
    await page.getByRole('button', { name: 'Vary another one' }).click()
    await page.getByLabel('Hyper-parameter').last().selectOption('freeze until')
    await page.getByLabel('Values of freeze until').fill('none')
    await page.getByText('2 jobs').waitFor()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    const rows = page.getByRole('row').filter({ hasText: 'none' })
    await rows.first().waitFor()
    const sweep = (await (await api.ask('/v1/fine_tuning/sweeps')).json()).data[0]

    // As a trainer does.
    for (const [at, validation_loss] of [0.5, 0.3].entries()) {
      const { lease } = (await claimJob(db, sweep.jobs[at].id))!
      await publishModel(db, lease, newVersion())
      await recordMetrics(db, lease, { validation_loss })
      await changeJobState(db, lease, 'publishing')
      await finishJob(db, lease, 'succeeded')
    }
    await settleSweeps(db)
    await page.getByRole('row').filter({ hasText: 'best' }).waitFor()
    expect(await rows.allTextContents()).toEqual([
      expect.stringMatching(/none0\.0020\.300.*best$/),
      expect.stringMatching(/none0\.0010\.500/),
    ])
    await visit('/sweeps')
    await page.getByRole('link', { name: 'photos@2' }).waitFor()
    await page.getByRole('navigation', { name: 'Training' }).getByRole('link', { name: 'Jobs' }).click()
    await heading('Jobs').waitFor()
    expect(complaints).toEqual([])
  })

  test('a key without the scope is told so, and asks for nothing', async () => {
    const { page, complaints } = shown
    await signIn(['data'])
    for (const [path, what, scope] of [
      ['/batches', 'Seeing and starting batches', 'predict'],
      ['/batches/batch_1', 'Seeing a batch', 'predict'],
      ['/evaluations/eval_1', 'Seeing an evaluation', 'train'],
      ['/sweeps', 'Seeing and starting sweeps', 'train'],
      ['/sweeps/new', 'Starting a sweep', 'train'],
      ['/sweeps/sweep_1', 'Seeing a sweep', 'train'],
    ] as const) {
      await visit(path)
      await page.getByText(`${what} needs an API key with the scope ${scope}`).waitFor()
    }
    expect(complaints).toEqual([])
  })
})
