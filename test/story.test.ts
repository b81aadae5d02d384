// The whole story on a running platform: a folder goes in, a classifier answers, and a restart forgets nothing.
import { createHash } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@graft/core/wire/common'
import type { DatasetVersion } from '@graft/core/wire/datasets'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Job, JobEvent } from '@graft/core/wire/jobs'
import type { ModelVersion } from '@graft/core/wire/models'
import type { Prediction } from '@graft/core/wire/predictions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, photos, tarOf, zipOf } from './folder.ts'
import { json, type Platform, put, startPlatform, until } from './platform.ts'

const LABELS = ['glass', 'metal', 'paper']
let work: string
let platform: Platform
let first: Prediction

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'graft-story-'))
  platform = await startPlatform({ data: join(work, 'data') })
})
afterAll(async () => {
  await platform.stop()
  await rm(work, { recursive: true, force: true })
})

const jpeg = { 'content-type': 'image/jpeg' }
const version = (number: number) => () =>
  platform.call<DatasetVersion>(`/v1/datasets/waste/versions/${number}`)

test('an archive becomes a version: every file judged, missing splits cut', async () => {
  const folder = makeFolder(join(work, 'waste'), LABELS, 20)
  cpSync(photos('train', 'glass', 1)[0]!, join(folder, 'glass', 'twin.jpg'))
  writeFileSync(join(folder, 'paper', 'notes.txt'), 'no image')
  const answer = await platform.call(
    '/v1/datasets/waste/archive',
    put('application/x-tar', tarOf(folder)),
    202,
  )
  expect(answer).toMatchObject({
    object: 'dataset.version',
    dataset: 'waste',
    version: 1,
    status: 'ingesting',
  })

  const ready = await until(version(1), ({ status }) => status !== 'ingesting')
  expect(ready).toMatchObject({
    status: 'ready',
    labels: LABELS,
    files: { accepted: 60, rejected: 1, duplicate: 1 },
    cut_splits: expect.arrayContaining(['validation', 'test']),
  })
  for (const split of ['train', 'validation', 'test'] as const) {
    for (const label of LABELS) expect(ready.splits[split][label], `${split} ${label}`).toBeGreaterThan(0)
  }
  const rejected = await platform.call<Page<unknown>>('/v1/datasets/waste/versions/1/files?status=rejected')
  expect(rejected.data).toMatchObject([
    {
      path: expect.stringContaining('paper/notes.txt'),
      status: 'rejected',
      reason: { code: 'image_type_unsupported' },
    },
  ])
})

test('a zip of the same folder makes the same splits', async () => {
  await platform.call('/v1/datasets/waste/archive', put('application/zip', zipOf(join(work, 'waste'))), 202)
  const second = await until(version(2), ({ status }) => status !== 'ingesting')
  expect(second).toMatchObject({ status: 'ready', splits: (await version(1)()).splits })
})

test('a job serves its probe first, streams its events, and ends with a registered model', async () => {
  const created = await platform.call<Job>(
    '/v1/fine_tuning/jobs',
    json({
      training_dataset: 'waste@1',
      recipe: 'auto',
      hyperparameters: { epochs: 2, image_size: 128 },
      deploy: 'sorter',
    }),
    201,
  )
  expect(created).toMatchObject({ object: 'fine_tuning.job', hyperparameters: { epochs: 2, batch_size: 32 } })
  const path = `/v1/fine_tuning/jobs/${created.id}`
  const stream = fetch(`${platform.url}${path}/events`, {
    headers: { authorization: `Bearer ${platform.key}`, accept: 'text/event-stream' },
  })

  await until(
    () => platform.call<Job>(path),
    (job) => job.fine_tuned_model !== null,
    180,
  )
  const predict = { method: 'POST', headers: jpeg, body: readFileSync(photos('test', 'glass', 1)[0]!) }
  const early = await platform.call<Prediction>('/v1/endpoints/sorter/predict', predict)
  expect(early.model).toBe('waste@1')

  const done = await until(
    () => platform.call<Job>(path),
    ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status),
    300,
  )
  expect(done).toMatchObject({ status: 'succeeded', error: null })
  expect(done.metrics.test_accuracy).toBeGreaterThan(1 / LABELS.length)

  const events = await platform.call<Page<JobEvent>>(`${path}/events?limit=100`)
  expect(events.data.map(({ id }) => id)).toEqual(events.data.map((_, index) => index + 1))
  expect(events.data.filter(({ type }) => type === 'metrics')).toHaveLength(4) // the probe, two epochs and the average
  const streamed = await (await stream).text() // it ends with the job
  for (const { id, message } of events.data) {
    expect(streamed).toContain(`id: ${id}\n`)
    expect(streamed).toContain(JSON.stringify(message))
  }

  const resumed = await fetch(`${platform.url}${path}/events`, {
    headers: {
      authorization: `Bearer ${platform.key}`,
      accept: 'text/event-stream',
      'last-event-id': String(events.data.length - 1),
    },
  })
  const ids = [...(await resumed.text()).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
  expect(ids).toEqual([events.data.length])

  const model = await platform.call<ModelVersion>(`/v1/models/${done.fine_tuned_model}`)
  expect(model.lineage).toMatchObject({ job: created.id, dataset: 'waste@1', recipe: 'auto', seed: 1 })
  for (const [name, { sha256 }] of Object.entries(model.files)) {
    const response = await fetch(`${platform.url}/v1/models/${done.fine_tuned_model}/files/${name}`, {
      headers: { authorization: `Bearer ${platform.key}` },
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(sha256)
  }
  // In eight bits too where that is faster on this machine.
  const names = Object.keys(model.files).filter((name) => !/int8/.test(name))
  expect(names.sort()).toEqual([
    'card.json',
    'golden.json',
    'labels.json',
    'model.onnx',
    'model.safetensors',
    'preprocessing.json',
    'report.json',
  ])
})

test('the endpoint answers an image, several, and each with its own error', async () => {
  const photo = readFileSync(photos('test', 'metal', 1)[0]!)
  first = await platform.call<Prediction>('/v1/endpoints/sorter/predict', {
    method: 'POST',
    headers: jpeg,
    body: photo,
  })
  const { predictions } = first
  expect(predictions.map(({ label }) => label).sort()).toEqual(LABELS)
  expect(predictions.reduce((sum, { confidence }) => sum + confidence, 0)).toBeCloseTo(1, 5)
  expect(predictions).toEqual([...predictions].sort((a, b) => b.confidence - a.confidence))

  const form = new FormData()
  form.append('a', new Blob([photo], { type: 'image/jpeg' }), 'a.jpg')
  form.append('b', new Blob(['no image'], { type: 'image/jpeg' }), 'b.jpg')
  const parts = await platform.call<{ data: unknown[] }>('/v1/endpoints/sorter/predict', {
    method: 'POST',
    body: form,
  })
  expect(parts.data).toMatchObject([{ predictions }, { code: 'image_type_unsupported' }])

  const coded = json({ images: [photo.toString('base64')] })
  const base64 = await platform.call<{ data: unknown[] }>('/v1/endpoints/sorter/predict', coded)
  expect(base64.data).toMatchObject([{ predictions }])
})

test('a restart keeps everything, and a second start on the same data refuses', async () => {
  await expect(startPlatform({ data: platform.data })).rejects.toThrow(/data_directory_in_use|uses the data/)
  expect(await platform.stop()).toBe(0)
  platform = await startPlatform({ data: platform.data })
  const endpoint = await platform.call<Endpoint>('/v1/endpoints/sorter')
  expect(endpoint.traffic).toEqual([{ model: first.model, weight: 100 }])
  const again = await platform.call<Prediction>('/v1/endpoints/sorter/predict', {
    method: 'POST',
    headers: jpeg,
    body: readFileSync(photos('test', 'metal', 1)[0]!),
  })
  expect(again.predictions).toEqual(first.predictions)
})

test.for([
  ['no key', '/v1/datasets', { headers: { authorization: '' } }, 401, 'unauthorized'],
  ['an unknown route', '/v1/nothing', {}, 404, 'not_found'],
  ['an unknown data set', '/v1/datasets/nothing', {}, 404, 'not_found'],
  [
    'an unknown model',
    '/v1/endpoints/other',
    json({ traffic: [{ model: 'no@1', weight: 100 }] }, 'PUT'),
    404,
    'not_found',
  ],
  [
    'text as an archive',
    '/v1/datasets/bad/archive',
    put('application/zip', Buffer.from('text')),
    422,
    'archive_unreadable',
  ],
  [
    'a PDF to predict',
    '/v1/endpoints/sorter/predict',
    { method: 'POST', headers: jpeg, body: '%PDF-1.7' },
    415,
    'image_type_unsupported',
  ],
  [
    'an unknown hyper-parameter',
    '/v1/fine_tuning/jobs',
    json({ training_dataset: 'waste', hyperparameters: { speed: 1 } }),
    400,
    'invalid_request',
  ],
  ['a body that is not JSON', '/v1/fine_tuning/jobs', { ...json(''), body: '{' }, 400, 'invalid_json'],
] as const)('%s is a problem with its code', async ([, path, init, status, code]) => {
  const response = await fetch(platform.url + path, {
    ...init,
    headers: { authorization: `Bearer ${platform.key}`, ...('headers' in init ? init.headers : {}) },
  } as RequestInit)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ status, code, detail: expect.stringMatching(/\w/) })
})

test('one class is rejected, and so is a job on it', async () => {
  const folder = makeFolder(join(work, 'one'), ['glass'], 4)
  await platform.call('/v1/datasets/one/archive', put('application/zip', zipOf(folder)), 202)
  const rejected = await until(
    () => platform.call<DatasetVersion>('/v1/datasets/one/versions/1'),
    ({ status }) => status !== 'ingesting',
  )
  expect(rejected).toMatchObject({ status: 'rejected', error: { code: 'too_few_classes' } })
  const refused = await platform.call('/v1/fine_tuning/jobs', json({ training_dataset: 'one@1' }), 422)
  expect(refused).toMatchObject({ code: 'dataset_rejected' })
})
