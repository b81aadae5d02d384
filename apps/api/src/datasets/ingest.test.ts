import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { datasetFiles, datasetVersions, jobEvents, jobs } from '@graft/db/schema'
import { insertJob } from '@graft/db/test-rows'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import type { Context } from '../context.ts'
import { startTestApi, type TestApi } from '../test-api.ts'
import { giveUpIngest, ingest } from './ingest.ts'

let api: TestApi
const heard: string[] = []
beforeAll(async () => {
  api = await startTestApi()
  await api.context.queue.work('fine-tune', async ({ job_id }) => void heard.push(job_id))
})
afterAll(() => api.close())

const photos = ['glass', 'metal'].flatMap((label) => {
  const folder = join(import.meta.dirname, '../../../../examples/recycling/train', label)
  const names = readdirSync(folder).sort().slice(0, 3)
  return names.map((name) => ({ name: `${label}/${name}`, data: readFileSync(join(folder, name)) }))
})
const never = new AbortController().signal

/** Uploads an archive, which nobody ingests, and answers the message that asks for it. */
async function upload(name: string, archive: Buffer) {
  const headers = { 'content-type': 'application/zip' }
  const body = new Uint8Array(archive)
  const answer = await api.ask(`/v1/datasets/${name}/archive`, { method: 'PUT', headers, body })
  expect(answer.status).toBe(202)
  const { id } = (await (await api.ask(`/v1/datasets/${name}`)).json()) as { id: string }
  return { dataset_id: id, version: 1 }
}

const jobOf = async (id: string) => (await api.context.db.select().from(jobs).where(eq(jobs.id, id)))[0]!
const versionOf = async (id: string) =>
  (await api.context.db.select().from(datasetVersions).where(eq(datasetVersions.datasetId, id)))[0]!
const waiting = (id: string) => insertJob(api.context.db, id, { state: 'validating_files' })

test('a ready version queues the jobs that have waited for it, and no other', async () => {
  const message = await upload('ready', zipOf(photos))
  const id = await waiting(message.dataset_id)
  const cancelled = await insertJob(api.context.db, message.dataset_id, { state: 'cancelled' })
  await ingest(api.context, message, never)
  expect(await jobOf(id)).toMatchObject({ state: 'queued', lastEvent: 1 })
  expect((await jobOf(cancelled)).state).toBe('cancelled')
  await vi.waitFor(() => expect(heard).toEqual([id]), 10_000)
})

test('a rejected version fails the jobs that have waited for it, with the reason', async () => {
  const message = await upload('rejected', zipOf(photos.slice(0, 3)))
  const id = await waiting(message.dataset_id)
  await ingest(api.context, message, never)
  const job = await jobOf(id)
  expect(job).toMatchObject({ state: 'failed', errorCode: 'dataset_rejected' })
  expect(job.errorMessage).toContain('only "glass"')
  expect(job.finishedAt).not.toBeNull()
  const events = await api.context.db.select().from(jobEvents).where(eq(jobEvents.jobId, id))
  expect(events).toMatchObject([{ number: 1, level: 'error', message: job.errorMessage }])
})

test('a message that comes twice, even at once, is ingested once', async () => {
  const message = await upload('twice', zipOf(photos))
  await Promise.allSettled([ingest(api.context, message, never), ingest(api.context, message, never)])
  await ingest(api.context, message, never)
  expect(await versionOf(message.dataset_id)).toMatchObject({ state: 'ready', accepted: 6 })
  const rows = await api.context.db
    .select()
    .from(datasetFiles)
    .where(eq(datasetFiles.datasetId, message.dataset_id))
  expect(rows.map(({ position }) => position).sort()).toEqual([1, 2, 3, 4, 5, 6])
})

test('a fault of the store is tried again, and ends the version only when the queue gives up', async () => {
  const message = await upload('unlucky', zipOf(photos))
  const id = await waiting(message.dataset_id)
  // The one thing that cannot be had for real at will: a disk that is full, behind an otherwise real store.
  const full = new GraftError('store_full', 'The disk of the object store is full.')
  const store = { ...api.context.store, put: () => Promise.reject(full) }
  const unlucky: Context = { ...api.context, store }
  await expect(ingest(unlucky, message, never)).rejects.toBe(full)
  expect((await jobOf(id)).state).toBe('validating_files')
  const path = '/v1/datasets/unlucky/versions/1'
  expect(await (await api.ask(path)).json()).toMatchObject({ status: 'ingesting', error: null })

  await giveUpIngest(api.context, message)
  expect(await (await api.ask(path)).json()).toMatchObject({
    status: 'rejected',
    error: { code: 'store_full', message: full.message },
  })
  expect(await jobOf(id)).toMatchObject({ state: 'failed', errorCode: 'dataset_rejected' })
})

test('an ingest that a shutdown stops is sent again, and costs the upload no try', async () => {
  const message = await upload('restarted', zipOf(photos))
  const sent = async () => {
    const { dataset_id } = message
    const rows = await api.context.db.execute(
      sql`select count(*)::int as n from pgboss.job where name = 'ingest' and data->>'dataset_id' = ${dataset_id}`,
    )
    return rows[0]?.n
  }
  const before = Number(await sent())
  await ingest({ ...api.context, stopping: AbortSignal.abort() }, message, never)
  expect(await sent()).toBe(before + 1)
  expect(await versionOf(message.dataset_id)).toMatchObject({ state: 'ingesting', errorCode: null })
})

test('an ingest that was stopped leaves the version as it was, and the next one makes it ready', async () => {
  const message = await upload('stopped', zipOf(photos))
  await expect(ingest(api.context, message, AbortSignal.abort())).rejects.toThrow()
  expect(await versionOf(message.dataset_id)).toMatchObject({ state: 'ingesting', finishedAt: null })
  await ingest(api.context, message, never)
  expect(await versionOf(message.dataset_id)).toMatchObject({ state: 'ready', errorCode: null })
})
