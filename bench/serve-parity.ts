// Asks an endpoint about every test image, and compares its answers with the trainer's evaluation.
//
//   node bench/serve-parity.ts FOLDER [hyperparameters as JSON]
//
// FOLDER is pushed to a platform of its own and a job of `auto` trains on it. Its report tells what the evaluation
// answered for each test image; the images come from the platform itself. Prints a line of JSON.

import type { DatasetVersion } from '../packages/core/src/wire/datasets.ts'
import type { Job } from '../packages/core/src/wire/jobs.ts'
import type { Prediction } from '../packages/core/src/wire/predictions.ts'
import type { Report } from '../packages/core/src/wire/report.ts'
import { tarOf } from '../test/folder.ts'
import { json, put, startPlatform, until } from '../test/platform.ts'
import { describeMachine } from './machine.ts'

const [folder, hyperparameters = '{}'] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node bench/serve-parity.ts FOLDER [hyperparameters]')
const platform = await startPlatform()
try {
  const { call } = platform
  await call('/v1/datasets/photos/archive', put('application/x-tar', tarOf(folder)), 202)
  const version = () => call<DatasetVersion>('/v1/datasets/photos/versions/1')
  await until(version, ({ status }) => status === 'ready', 300)
  const asked = {
    training_dataset: 'photos@1',
    hyperparameters: JSON.parse(hyperparameters),
    deploy: 'photos',
  }
  const { id } = await call<Job>('/v1/fine_tuning/jobs', json(asked), 201)
  const job = await until(
    () => call<Job>(`/v1/fine_tuning/jobs/${id}`),
    ({ finished_at }) => finished_at !== null,
    1800,
  )
  if (job.status !== 'succeeded') throw new Error(`${id} has ${job.status}: ${job.error?.message}`)

  const report = await call<Report>(`/v1/models/${job.fine_tuned_model}/report`)
  const answers = report.splits.test?.answers ?? []
  const differences: number[] = []
  let same = 0
  for (const { sha256, predicted, confidence } of answers) {
    const photo = await fetch(`${platform.url}/v1/datasets/photos/versions/1/files/${sha256}`, {
      headers: { authorization: `Bearer ${platform.key}` },
    })
    const body = new Uint8Array(await photo.arrayBuffer())
    const headers = { 'content-type': photo.headers.get('content-type') ?? 'image/jpeg' }
    const { predictions } = await call<Prediction>('/v1/endpoints/photos/predict', {
      method: 'POST',
      body,
      headers,
    })
    if (predictions[0]?.label === predicted) same += 1
    const own = predictions.find(({ label }) => label === predicted)
    differences.push(Math.abs((own?.confidence ?? Number.NaN) - confidence))
  }
  const figures = {
    model: job.fine_tuned_model,
    images: answers.length,
    same_label: same,
    most_difference_of_confidence: Math.max(...differences),
    machine: await describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} finally {
  await platform.stop()
}
