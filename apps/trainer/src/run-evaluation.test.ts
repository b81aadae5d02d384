import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { resolveRecipe } from '@graft/core/recipes'
import { evaluationReportSchema } from '@graft/core/wire/report'
import { type OpenDatabase, openDatabase } from '@graft/db/database'
import {
  advanceEvaluation,
  claimEvaluation,
  findEvaluation,
  insertEvaluation,
  succeedEvaluation,
} from '@graft/db/evaluations'
import { insertVersion } from '@graft/db/publication'
import { openQueue, type Queue } from '@graft/db/queue'
import { evaluations } from '@graft/db/schema'
import { createTestDatabase, type TestDatabase } from '@graft/db/test-database'
import { createRandom } from '@graft/nn/random'
import { toOnnx } from '@graft/nn/to-onnx'
import { readBaseWeights, withNewHead } from '@graft/nn/weights'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { measureCheckpoint } from './checkpoint.ts'
import { runEvaluations } from './run-evaluation.ts'
import { makeTestDataset, type TestDataset } from './test-dataset.ts'

let database: TestDatabase
let open: OpenDatabase
let dataset: TestDataset
let queue: Queue
beforeAll(async () => {
  database = await createTestDatabase()
  open = openDatabase(database.url)
  queue = await openQueue(database.url)
  dataset = await makeTestDataset(['glass', 'paper'], { train: 1, validation: 1, test: 5 })
})
afterAll(async () => {
  await queue.stop()
  await open.close()
  await database.drop()
  await dataset.remove()
})

/** A network whose head is random: what it answers does not matter, that it is measured rightly does. */
const weights = withNewHead(readBaseWeights(), 3, createRandom(1))
const labels = ['paper', 'metal', 'glass']

async function order(change: { model?: string; manifestKey?: string } = {}): Promise<string> {
  const key = `models/${newId('mdl')}/model.onnx`
  const onnx = { key, ...(await dataset.store.put(key, toOnnx('resnet18', weights))) }
  const model = await insertVersion(open.db, DEFAULT_PROJECT, 'waste', {
    ...{ jobId: null, stage: 'imported', architecture: 'resnet18', labels, metrics: {} },
    ...{ preprocessing: TEXTBOOK_PREPROCESSING, files: { 'model.onnx': onnx } },
  })
  const asked = {
    project: DEFAULT_PROJECT,
    keyId: null,
    model,
    dataset: 'waste@1',
    manifestKey: dataset.manifestKey,
    split: 'test',
    images: 10,
  } as const
  return (await insertEvaluation(open.db, { ...asked, ...change })).id
}

/** A trainer that works until the evaluation has ended. */
async function settle(id: string) {
  const stop = new AbortController()
  const log = pino({ level: 'silent' })
  const working = runEvaluations({ db: open.db, queue, store: dataset.location, log }, stop.signal)
  const read = () => findEvaluation(open.db, DEFAULT_PROJECT, id)
  await expect.poll(async () => (await read())?.finishedAt ?? null, { timeout: 60_000 }).not.toBeNull()
  stop.abort()
  await working
  return (await read())!
}

test('a version is measured as its training measures, on labels in its own order', async () => {
  const row = await settle(await order())
  expect(row).toMatchObject({ state: 'succeeded', done: 10, attempt: 1 })
  const images = dataset.manifest.images
    .filter(({ split }) => split === 'test')
    .map(({ sha256, path, label }) => ({ sha256, path, label: labels.indexOf(label) }))
  const recipe = resolveRecipe('auto')
  const assignment = { architecture: 'resnet18', recipe } as Parameters<typeof measureCheckpoint>[0]
  const { evaluation } = await measureCheckpoint(assignment, dataset.store, 'fine_tuned', weights, images)
  expect(row.metrics).toEqual({ accuracy: evaluation.accuracy, loss: evaluation.loss })
  const text = await dataset.store.read(row.report!.key)
  const report = evaluationReportSchema.parse(JSON.parse(text.toString()))
  expect(report).toMatchObject({ model: row.model, dataset: 'waste@1', split: 'test', labels, images: 10 })
  expect(report.answers.map(({ path, label }) => ({ path, label }))).toEqual(
    images.map(({ path, label }) => ({ path, label: labels[label] })),
  )
  expect(report.confusion.map((line) => line.reduce((sum, count) => sum + count, 0))).toEqual([5, 0, 5])
})

test('one that a lost trainer has left is measured anew, and what that one still writes is refused', async () => {
  const id = await order()
  const lost = (await claimEvaluation(open.db))!
  expect(lost.id).toBe(id)
  expect(await claimEvaluation(open.db)).toBeUndefined()
  await open.db.update(evaluations).set({ leaseUntil: new Date(0) })
  const row = await settle(id)
  expect(row).toMatchObject({ state: 'succeeded', attempt: 2 })
  expect(await advanceEvaluation(open.db, lost, 3)).toBe(false)
  const metrics = { accuracy: 0, loss: 9 }
  expect(await succeedEvaluation(open.db, lost, { metrics, report: row.report! })).toBe(false)
  expect(await findEvaluation(open.db, DEFAULT_PROJECT, id)).toEqual(row)
})

/** A trainer that stops in good order as soon as it has something to do. */
async function interrupt(id: string): Promise<void> {
  const stop = new AbortController()
  const log = pino({ level: 'silent' })
  const working = runEvaluations({ db: open.db, queue, store: dataset.location, log }, stop.signal)
  const read = () => findEvaluation(open.db, DEFAULT_PROJECT, id)
  await expect.poll(async () => (await read())?.state, { timeout: 60_000, interval: 10 }).toBe('running')
  stop.abort()
  await working
  expect(await read()).toMatchObject({ state: 'queued', stalls: 0 })
}

test('restarts in good order are no fault of an evaluation; trainers that are lost with it are', async () => {
  const id = await order()
  const restarts = limit('jobAttempts') + 1
  for (let count = 0; count < restarts; count += 1) await interrupt(id)
  expect(await settle(id)).toMatchObject({ state: 'succeeded', attempt: restarts + 1 })

  const fatal = await order()
  for (let count = 0; count < limit('jobAttempts'); count += 1) {
    expect((await claimEvaluation(open.db))?.id).toBe(fatal)
    await open.db.update(evaluations).set({ leaseUntil: new Date(0) })
  }
  expect(await settle(fatal)).toMatchObject({ state: 'failed', errorCode: 'trainer_crashed' })
})

test('what cannot be measured fails with its reason', async () => {
  const gone = await settle(await order({ model: 'waste@99' }))
  expect(gone).toMatchObject({ state: 'failed', errorCode: 'not_found' })
  const id = await order({ manifestKey: 'none' })
  expect(await settle(id)).toMatchObject({ state: 'failed', errorCode: 'not_found', report: null })
})
