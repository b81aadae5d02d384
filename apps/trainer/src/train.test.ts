import { createHash } from 'node:crypto'
import { resolveRecipe } from '@graft/core/recipes'
import { goldenSchema } from '@graft/core/wire/models'
import { reportSchema } from '@graft/core/wire/report'
import { openInference } from '@graft/nn/inference'
import { createRandom } from '@graft/nn/random'
import { readSafetensors } from '@graft/nn/safetensors'
import { toOnnx } from '@graft/nn/to-onnx'
import { blobKey } from '@graft/store/object-store'
import { decodeImage } from '@graft/vision/decode'
import { preprocess } from '@graft/vision/preprocess'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Assignment, Report } from './messages.ts'
import { startingWeights } from './starting-weights.ts'
import { makeTestDataset, type TestDataset } from './test-dataset.ts'
import { train } from './train.ts'

let dataset: TestDataset
beforeAll(async () => {
  vi.stubEnv('GRAFT_MIN_INT8_IMAGES', '8')
  dataset = await makeTestDataset(['glass', 'paper'], { train: 10, validation: 4, test: 4 })
})
afterAll(() => dataset.remove())

async function run(
  recipe: Assignment['recipe'],
  onReport: (report: Report) => void = () => {},
  stop?: AbortSignal,
  attempt = 1,
  parent?: Assignment['parent'],
  secondsSpent = 0,
): Promise<Report[]> {
  const reports: Report[] = []
  const assignment: Assignment = {
    jobId: `ftjob_${recipe.recipe}`,
    attempt,
    store: dataset.location,
    manifestKey: dataset.manifestKey,
    dataset: 'waste@1',
    architecture: 'resnet18',
    ...(parent && { parent }),
    modelName: 'waste',
    recipe,
    seed: 1,
    secondsSpent,
  }
  const listen = (report: Report) => {
    reports.push(report)
    onReport(report)
  }
  await train(assignment, dataset.store, listen, stop)
  return reports
}
const of = <T extends Report['type']>(reports: Report[], type: T) =>
  reports.filter((report): report is Extract<Report, { type: T }> => report.type === type)

test('auto publishes its probe, then only what is better, and the files say what was measured', async () => {
  const reports = await run(resolveRecipe('auto', { epochs: 1, image_size: 64 }))
  const published = of(reports, 'publish').map(({ model }) => model)
  expect(published[0]?.stage).toBe('probe')
  const [done] = of(reports, 'done')
  expect(published.map(({ stage }) => stage)).toEqual(
    done?.stage === 'probe' ? ['probe'] : ['probe', 'fine_tuned'],
  )
  expect(of(reports, 'metrics').map(({ data }) => data.stage)).toEqual(['probe', 'fine_tuned', 'average'])
  expect(['float32', 'bfloat16']).toContain(of(reports, 'resolved')[0]?.recipe.precision)
  expect(done?.metrics).toMatchObject({
    test_accuracy: expect.any(Number),
    validation_loss: expect.any(Number),
  })

  for (const { files } of published) {
    for (const [name, { key, sha256, bytes }] of Object.entries(files)) {
      const stored = await dataset.store.read(key)
      expect(stored.length, name).toBe(bytes)
      expect(createHash('sha256').update(stored).digest('hex'), name).toBe(sha256)
    }
    const read = (name: string) => dataset.store.read(files[name]?.key ?? '')
    const onnx = await read('model.onnx')
    expect(Buffer.compare(onnx, toOnnx('resnet18', readSafetensors(await read('model.safetensors'))))).toBe(0)

    const modelReport = reportSchema.parse(JSON.parse((await read('report.json')).toString()))
    expect(modelReport.splits.validation?.images).toBe(8)
    expect(modelReport.curve.at(-1)?.stage).toBe(files === published[0]?.files ? 'probe' : 'average')

    const golden = goldenSchema.parse(JSON.parse((await read('golden.json')).toString()))
    expect(golden.examples.length).toBe(8)
    const preprocessing = JSON.parse((await read('preprocessing.json')).toString())
    const inference = await openInference(onnx)
    for (const { sha256, logits } of golden.examples) {
      const pixels = await decodeImage(await dataset.store.read(blobKey(sha256)))
      const answer = await inference.run(preprocess(pixels, preprocessing), preprocessing.crop, ['logits'])
      for (const [index, logit] of logits.entries()) expect(answer.logits[index]).toBeCloseTo(logit, 3)
    }
    await inference.close()

    // What answers is what was measured: the file in eight bits where the report says so.
    expect(modelReport.int8).not.toBeNull()
    expect('model-int8.onnx' in files).toBe(modelReport.int8?.served)
    if (!modelReport.int8?.served) continue
    const { accuracy } = modelReport.int8
    expect(modelReport.splits.validation?.accuracy).toBe(accuracy.int8)
    expect(accuracy.int8).toBeGreaterThanOrEqual(accuracy.float32 - 0.003)
    const rounded = await openInference(await read('model-int8.onnx'))
    const { examples } = goldenSchema.parse(JSON.parse((await read('golden-int8.json')).toString()))
    for (const { sha256, logits } of examples) {
      const pixels = await decodeImage(await dataset.store.read(blobKey(sha256)))
      const answer = await rounded.run(preprocess(pixels, preprocessing), preprocessing.crop, ['logits'])
      for (const [index, logit] of logits.entries()) expect(answer.logits[index]).toBeCloseTo(logit, 3)
    }
    await rounded.close()
  }
})

test('seed trains on all but the test split, reports the test split each epoch, and keeps the last', async () => {
  const reports = await run(resolveRecipe('seed', { epochs: 2, image_size: 64, batch_size: 8 }))
  expect(of(reports, 'event')[0]?.message).toContain('28 training images of 2 classes')
  const metrics = of(reports, 'metrics').map((report) => report.metrics)
  expect(metrics).toHaveLength(2)
  for (const each of metrics) expect(each).toHaveProperty('test_accuracy')
  const [done] = of(reports, 'done')
  expect(done?.stage).toBe('fine_tuned')
  expect(done?.metrics.test_loss).toBe(metrics[1]?.test_loss)
})

test('the same seed gives the same weights, bit for bit', async () => {
  const recipe = resolveRecipe('seed', { epochs: 1, image_size: 64, batch_size: 8 })
  const hashes = [await run(recipe), await run(recipe)].map(
    (reports) => of(reports, 'publish')[0]?.model.files['model.safetensors']?.sha256,
  )
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(hashes[1]).toBe(hashes[0])
})

test('a training goes on from another model: its trunk, and its head where the labels are the same', async () => {
  const recipe = resolveRecipe('auto', { epochs: 1, image_size: 64 })
  const trained = await run(recipe)
  const files = of(trained, 'publish').at(-1)?.model.files
  const file = files?.['model.safetensors']
  const parent = { reference: 'waste@1', labels: ['paper', 'glass', 'metal'], ...file! }
  const weights = readSafetensors(await dataset.store.read(file!.key))
  const start = await startingWeights(
    { architecture: 'resnet18', recipe, parent: { ...parent, labels: ['glass', 'paper'] } },
    dataset.store,
    ['paper', 'metal'],
    createRandom(1),
  )
  expect(start.get('layer4.1.conv2.weight')?.data).toEqual(weights.get('layer4.1.conv2.weight')?.data)
  const [head, known] = [start.get('fc.weight')!, weights.get('fc.weight')!]
  expect(head.data.slice(0, 512)).toEqual(known.data.slice(512))
  expect(head.data.slice(512)).not.toContain(known.data[0])

  // Nothing but the start is learned: what it says of the images is what its parent says.
  const resting = resolveRecipe('auto', { epochs: 1, image_size: 64, learning_rate: 1e-9 })
  const own = { ...parent, labels: ['glass', 'paper'] }
  const [first] = of(await run(resting, undefined, undefined, 1, own), 'metrics')
  const [from] = of(trained, 'metrics')
  expect(first?.metrics.validation_loss).toBeLessThan(from!.metrics.validation_loss!)
  const spoilt = { ...own, sha256: '0'.repeat(64) }
  await expect(run(resting, undefined, undefined, 1, spoilt)).rejects.toMatchObject({
    code: 'weights_invalid',
  })
})

test('a loss that is no number ends the job at its step', async () => {
  const recipe = resolveRecipe('seed', { epochs: 3, image_size: 64, batch_size: 4, learning_rate: 10 })
  await expect(run(recipe)).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringMatching(/at step \d+ of \d+/),
  })
})

test('a last update that ruins the network ends the job too, though the loss before it was fine', async () => {
  const recipe = resolveRecipe('seed', { epochs: 1, image_size: 64, batch_size: 64, learning_rate: 10 })
  await expect(run(recipe)).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringContaining('held out'),
  })
})

test('a training whose epochs are no better ends early, and says so', async () => {
  const resting = { epochs: 9, image_size: 64, learning_rate: 1e-9, early_stopping_patience: 2 }
  const reports = await run(resolveRecipe('auto', resting))
  expect(of(reports, 'metrics').filter(({ data }) => data.stage === 'fine_tuned').length).toBeLessThan(9)
  const messages = of(reports, 'event').map(({ message }) => message)
  expect(messages).toContainEqual(expect.stringMatching(/^No epoch since epoch \d was better/))
})

test('a job whose time is over publishes what it has', async () => {
  const reports = await run(resolveRecipe('auto', { epochs: 200, image_size: 64, time_budget_seconds: 10 }))
  const messages = of(reports, 'event').map(({ message }) => message)
  expect(messages).toContainEqual(expect.stringMatching(/^The time is over/))
  expect(of(reports, 'done')).toHaveLength(1)
  expect(of(reports, 'publish').length).toBeGreaterThan(0)
})

test('what the attempts before have spent of its time is gone', async () => {
  const recipe = resolveRecipe('seed', { epochs: 200, image_size: 64, time_budget_seconds: 3600 })
  // Asked as a first attempt: a second would go on from what other tests have left of this job.
  const reports = await run(recipe, undefined, undefined, 1, undefined, 3600)
  expect(of(reports, 'metrics').map(({ data }) => data.epoch)).toEqual([1])
  expect(of(reports, 'publish').map(({ model }) => model.stage)).toEqual(['fine_tuned'])
})

test('a training that is asked to stop ends after its step, and publishes what it has', async () => {
  const stop = new AbortController()
  const recipe = resolveRecipe('seed', { epochs: 200, image_size: 64, batch_size: 8 })
  const listen = (report: Report) => {
    if (report.type === 'progress' && report.progress.phase === 'training') stop.abort()
  }
  const reports = await run(recipe, listen, stop.signal)
  expect(of(reports, 'metrics').map(({ data }) => data.epoch)).toEqual([1])
  const messages = of(reports, 'event').map(({ message }) => message)
  expect(messages).toContain('It was asked to stop: the training ends after epoch 1 of 200.')
  expect(of(reports, 'publish').map(({ model }) => model.stage)).toEqual(['fine_tuned'])
  expect(
    of(reports, 'progress').filter(({ progress }) => progress.step > 1 && progress.phase === 'training'),
  ).toEqual([])
})

test('a probe that is the result tells of its test split too', async () => {
  const reports = await run(resolveRecipe('auto', { image_size: 64 }), undefined, AbortSignal.abort())
  const [done] = of(reports, 'done')
  expect(done).toMatchObject({ stage: 'probe', metrics: { test_accuracy: expect.any(Number) } })
  const report = await dataset.store.read(done?.files?.['report.json']?.key ?? '')
  expect(reportSchema.parse(JSON.parse(report.toString())).splits.test?.images).toBe(8)
})

test('a training that was cut off in an epoch goes on after the one before, to the same model bit for bit', async () => {
  const small = { epochs: 3, image_size: 64, batch_size: 8, precision: 'float32' } as const
  const recipe = resolveRecipe('auto', small)
  const weightsOf = (reports: Report[]) =>
    of(reports, 'publish').at(-1)?.model.files['model.safetensors']?.sha256
  const unbroken = await run(recipe)
  const cut = run(recipe, (report) => {
    if (report.type === 'metrics' && report.data.epoch === 2) throw new Error('cut off')
  })
  await expect(cut).rejects.toThrow('cut off')
  const resumed = await run(recipe, undefined, undefined, 2)
  expect(of(resumed, 'event').map(({ message }) => message)).toContain('Going on after epoch 1 of 3.')
  expect(weightsOf(resumed)).toBe(weightsOf(unbroken))
  const curves = [unbroken, resumed].map((reports) => of(reports, 'metrics').at(-1)?.data)
  expect({ ...curves[1], images_per_second: 0 }).toEqual({ ...curves[0], images_per_second: 0 })
  for await (const { key } of dataset.store.list('jobs/ftjob_auto/'))
    expect(key).toMatch(/\/checkpoints\/2\//)
})
