import type { Page } from '@graft/core/wire/common'
import type { Comparison, JobLineage, ModelLineage } from '@graft/core/wire/registry'
import { type Report, reportSchema, type SplitReport } from '@graft/core/wire/report'
import { claimJob, finishJob } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

const LABELS = ['cat', 'dog']
/** Image i is a cat where i is even; the answers of each version, c or d, with one confidence for all. */
const report = (predicted: string, confidence: number, first = 0): Report => {
  const answers = [...predicted].map((letter, index) => ({
    path: `${first + index}.jpg`,
    sha256: `hash-${first + index}`,
    label: LABELS[(first + index) % 2]!,
    predicted: letter === 'c' ? 'cat' : 'dog',
    confidence,
  }))
  const count = (label: string, given: string) =>
    answers.filter((answer) => answer.label === label && answer.predicted === given).length
  const confusion = LABELS.map((label) => LABELS.map((given) => count(label, given)))
  const right = answers.filter((answer) => answer.label === answer.predicted).length
  const test: SplitReport = {
    images: answers.length,
    accuracy: right / answers.length,
    loss: 0.5,
    confusion,
    classes: LABELS.map((label) => ({ label, precision: 0.5, recall: 0.75, f1: 0.6, support: 3 })),
    calibration: { ece: 0.02, ece_uncalibrated: 0.08, bins: [] },
    thresholds: [{ threshold: 0.9, coverage: 0.4, accuracy: 1 }],
    top_losses: [],
    answers,
  }
  return reportSchema.parse({
    object: 'model.report',
    labels: LABELS,
    curve: [],
    temperature: 1,
    splits: { test },
  })
}

let api: TestApi
let datasetId: string
const jobs: string[] = []
async function publish(measured?: Report): Promise<void> {
  const { db, store } = api.context
  const claimed = await claimJob(db, await insertJob(db, datasetId, { modelName: 'pets' }))
  const { lease } = claimed!
  jobs.push(lease.jobId)
  const key = `models/${lease.jobId}/1/fine_tuned/report.json`
  const files = measured && {
    'report.json': { key, ...(await store.put(key, Buffer.from(JSON.stringify(measured)))) },
  }
  await publishModel(db, lease, { ...newVersion(), ...(files && { files }) })
  await finishJob(db, lease, 'failed')
}
beforeAll(async () => {
  api = await startTestApi()
  datasetId = await insertDataset(api.context.db, 'photos')
  await publish(report('cdcdcd', 0.8)) // all right
  await publish(report('cddddc', 0.9)) // wrong on images 2, 4 and 5
  await publish(report('ddcd', 0.7, 4)) // images 4 to 7: wrong on image 4
  await publish()
})
afterAll(() => api.close())
async function read<T>(path: string): Promise<T> {
  const answer = await api.ask(path)
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

test('two versions are compared image by image', async () => {
  const comparison = await read<Comparison>('/v1/models/pets@1/compare/pets@2')
  expect(comparison).toMatchObject({
    object: 'model.comparison',
    split: 'test',
    a: {
      model: 'pets@1',
      accuracy: 1,
      confusion: [
        [3, 0],
        [0, 3],
      ],
    },
    b: {
      model: 'pets@2',
      accuracy: 0.5,
      confusion: [
        [1, 2],
        [1, 2],
      ],
    },
    common: {
      images: 6,
      both_right: 3,
      only_a_right: 3,
      only_b_right: 0,
      both_wrong: 0,
      p_value: expect.closeTo(0.25),
      disagreements: 3,
    },
  })
  expect(comparison.disagreements.map(({ path }) => path).sort()).toEqual(['2.jpg', '4.jpg', '5.jpg'])
  expect(comparison.disagreements.find(({ path }) => path === '2.jpg')).toEqual({
    path: '2.jpg',
    sha256: 'hash-2',
    label: 'cat',
    a: { predicted: 'cat', confidence: 0.8 },
    b: { predicted: 'dog', confidence: 0.9 },
  })
})

test('versions that were measured on other images are compared on those they share', async () => {
  const { common, b } = await read<Comparison>('/v1/models/pets@1/compare/pets@3')
  expect(common).toMatchObject({ images: 2, both_right: 1, only_a_right: 1, p_value: 1 })
  expect(b).toMatchObject({ images: 4, accuracy: 0.75 })
})

test.each([
  ['pets@1/compare/pets@9', 'There is no model pets@9.'],
  ['pets@1/compare/pets@4', 'pets@4 has no report.'],
  [
    'pets@1/compare/pets@2?split=validation',
    'pets@1 was not measured on validation, but on test: compare on that split.',
  ],
])('%s: %s', async (path, detail) => {
  expect(await problemOf(await api.ask(`/v1/models/${path}`))).toMatchObject({ code: 'not_found', detail })
})

test('the lineage leads from data to endpoints, and back', async () => {
  const traffic = [
    { model: 'pets@1', weight: 3 },
    { model: 'pets@3', weight: 1 },
  ]
  await api.ask('/v1/endpoints/sorter', jsonOf({ traffic, shadow: 'pets@2' }, 'PUT'))
  const elsewhere = await insertDataset(api.context.db, 'other-photos')
  const child = await insertJob(api.context.db, elsewhere, { parent: 'pets@1' })
  expect(await read<ModelLineage>('/v1/models/pets@1/lineage')).toEqual({
    object: 'model.lineage',
    model: 'pets@1',
    parent: 'resnet18',
    dataset: 'photos@1',
    job: jobs[0],
    versions: ['pets@1'],
    children: [{ job: child, status: 'queued', versions: [] }],
    recipe: 'auto',
    endpoints: [{ endpoint: 'sorter', model: 'pets@1', weight: 3, shadow: false }],
  })
  const first = await read<Page<JobLineage>>('/v1/datasets/photos/versions/1/lineage?limit=2')
  expect(first.data.map(({ job }) => job)).toEqual([jobs[3], jobs[2]])
  const { data } = await read<Page<JobLineage>>(
    `/v1/datasets/photos/versions/1/lineage?after=${first.last_id}`,
  )
  expect(data).toMatchObject([
    { job: jobs[1], versions: ['pets@2'], endpoints: [{ weight: null, shadow: true }] },
    { job: jobs[0], status: 'failed', versions: ['pets@1'], endpoints: [{ weight: 3, shadow: false }] },
  ])
  expect(await problemOf(await api.ask('/v1/datasets/photos/versions/2/lineage'))).toMatchObject({
    code: 'not_found',
  })
})

test('a card tells data, recipe, metrics, calibration and limits', async () => {
  const answer = await api.ask('/v1/models/pets@2/card')
  expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
  const card = await answer.text()
  for (const line of [
    '# pets@2',
    '| data | photos@1 |',
    '| recipe | auto, seed 1, from resnet18 |',
    '| accuracy | 50.0 % |',
    '| calibration error | 2.0 %, 8.0 % before |',
    '| cat | 1 | 2 |',
    '| 0.9 | 40.0 % | 100.0 % |',
    '- Fewer than 20 images measure cat, dog.',
  ]) {
    expect(card.split('\n')).toContain(line)
  }
  expect(await (await api.ask('/v1/models/pets@4/card')).text()).toContain('It has no report.')
})
