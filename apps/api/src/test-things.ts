// One of each thing that a project can own, made in the project `default`: what the matrix of projects asks for.
import { hash } from 'node:crypto'
import type { Page } from '@graft/core/wire/common'
import { type EvaluationReport, type Report, reportSchema, type SplitReport } from '@graft/core/wire/report'
import { claimEvaluation, succeedEvaluation } from '@graft/db/evaluations'
import { batches } from '@graft/db/schema'
import { eq } from 'drizzle-orm'
import { ingest } from './datasets/ingest.ts'
import { jsonOf, type TestApi } from './test-api.ts'
import { makeNetwork, publishNetwork, TEST_LABELS, testPhotos } from './test-model.ts'

/** Names and ids, as paths and bodies have them. */
export interface Things {
  /** Of the data set, the model and the endpoint. */
  name: string
  sha256: string
  upload: string
  job: string
  sweep: string
  evaluation: string
  batch: string
  /** Those that wait. */
  nextEvaluation: string
  nextBatch: string
  capture: string
  webhook: string
  delivery: string
  key: string
}

const PHOTOS = TEST_LABELS.slice(0, 2).flatMap((label) =>
  testPhotos(label, 4).map((photo, at) => ({ path: `train/${label}/${at}.jpg`, photo })),
)

/** As a push of a folder does it. */
export async function pushPhotos(ask: TestApi['ask'], name: string, photos = PHOTOS): Promise<Response> {
  for (const { photo } of photos) {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(photo.length) }
    const body = new Uint8Array(photo)
    await ask(`/v1/blobs/${hash('sha256', photo)}`, { method: 'PUT', headers, body })
  }
  const files = photos.map(({ path, photo }) => ({ path, sha256: hash('sha256', photo) }))
  return await ask(`/v1/datasets/${name}/versions`, jsonOf({ files }))
}

export async function makeThings({ ask, context }: TestApi, name: string): Promise<Things> {
  async function made<T>(path: string, init?: RequestInit): Promise<T> {
    const answer = await ask(path, init)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const id = async (path: string, body: unknown) => (await made<{ id: string }>(path, jsonOf(body))).id

  await pushPhotos(ask, name)
  const dataset = await made<{ id: string }>(`/v1/datasets/${name}`)
  await ingest(context, { dataset_id: dataset.id, version: 1 }, new AbortController().signal)
  const network = { ...(await makeNetwork()), report: reportOf() }
  await publishNetwork(context, name, network)
  await publishNetwork(context, name, network)
  await made(`/v1/models/${name}/aliases/champion`, jsonOf({ version: 1 }, 'PUT'))
  const webhook = await id('/v1/webhooks', { url: 'https://example.com/', events: ['endpoint.changed'] })
  const capture = { share: 1, retention_days: 1 }
  const traffic = [{ model: `${name}@1`, weight: 1 }]
  await made(`/v1/endpoints/${name}`, jsonOf({ traffic, capture }, 'PUT'))
  const photo = PHOTOS[0]?.photo.toString('base64')
  const prediction = await id(`/v1/endpoints/${name}/predict`, { image: photo })
  await context.serving.captures.settled()
  const batch = await id(`/v1/endpoints/${name}/batch`, { dataset: `${name}@1` })
  await giveResults(context, batch)
  await made(`/v1/endpoints/${name}/canary`, jsonOf({ model: `${name}@2` }))
  const measured = await measure(context, await id(`/v1/models/${name}@1/evaluations`, evaluated(name)))
  const [delivery] = (await made<Page<{ id: string }>>(`/v1/webhooks/${webhook}/deliveries`)).data
  const asked = jsonOf({ name: `${name} alone`, scopes: ['data'] })
  const key = await made<{ id: string; key: string }>('/v1/keys', asked)
  // So that it is counted.
  await made('/v1/datasets', { headers: { authorization: `Bearer ${key.key}` } })
  const begun = await ask('/v1/uploads', {
    method: 'POST',
    headers: uploadHeaders(name),
  })
  return {
    name,
    sha256: hash('sha256', PHOTOS[0]?.photo ?? ''),
    upload: begun.headers.get('location')?.split('/').at(-1) ?? '',
    job: await id('/v1/fine_tuning/jobs', { training_dataset: `${name}@1` }),
    sweep: await id('/v1/fine_tuning/sweeps', { training_dataset: `${name}@1`, values: { epochs: [1] } }),
    evaluation: measured,
    batch,
    nextEvaluation: await id(`/v1/models/${name}@1/evaluations`, evaluated(name)),
    nextBatch: await id(`/v1/endpoints/${name}/batch`, { dataset: `${name}@1` }),
    capture: prediction,
    webhook,
    delivery: delivery?.id ?? '',
    key: key.id,
  }
}

export const evaluated = (dataset: string) => ({ dataset: `${dataset}@1`, split: 'train' })

export function uploadHeaders(dataset: string): Record<string, string> {
  const metadata = `dataset ${Buffer.from(dataset).toString('base64')}`
  return { 'tus-resumable': '1.0.0', 'upload-length': '100', 'upload-metadata': metadata }
}

/** As a worker leaves it. */
async function giveResults({ db, store }: TestApi['context'], id: string): Promise<void> {
  const key = `batches/${id}/1/results.jsonl`
  const files = { 'results.jsonl': { key, ...(await store.put(key, Buffer.from('{}\n'))) } }
  await db.update(batches).set({ files, state: 'succeeded' }).where(eq(batches.id, id))
}

/** As a trainer leaves it. */
async function measure({ db, store }: TestApi['context'], id: string): Promise<string> {
  const claimed = await claimEvaluation(db)
  if (claimed === undefined) throw new Error('the evaluation waits')
  const { model, dataset, split } = claimed
  const object = 'model.evaluation.report' as const
  const report: EvaluationReport = { ...splitReport(), object, model, dataset, split, labels: TEST_LABELS }
  const key = `evaluations/${id}/1/report.json`
  const stored = { key, ...(await store.put(key, Buffer.from(JSON.stringify(report)))) }
  await succeedEvaluation(db, claimed, { metrics: { accuracy: 1, loss: 0 }, report: stored })
  return id
}

function reportOf(): Report {
  const splits = { test: splitReport() }
  const words = { object: 'model.report', labels: TEST_LABELS, curve: [], temperature: 1, splits }
  return reportSchema.parse(words)
}

function splitReport() {
  return {
    ...{ images: 1, accuracy: 1, loss: 0.5, confusion: [[1]], classes: [] },
    ...{ calibration: { ece: 0, ece_uncalibrated: 0, bins: [] }, thresholds: [], top_losses: [] },
    answers: [{ path: 'a.jpg', sha256: 'a', label: 'glass', predicted: 'glass', confidence: 0.9 }],
  } satisfies SplitReport
}
