// Jobs that wait: in which order, for how long, and what the ones before have used.
import type { Page } from '@graft/core/wire/common'
import type { Job } from '@graft/core/wire/jobs'
import { claimJob, finishJob, recordProgress, recordUsage, releaseJob } from '@graft/db/job-lease'
import { jobs } from '@graft/db/schema'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

const JOBS = '/v1/fine_tuning/jobs'
let api: TestApi
let datasetId: string
beforeEach(async () => {
  api = await startTestApi()
  datasetId = await insertDataset(api.context.db, 'hotdog')
})
afterEach(() => api.close())

async function make(priority?: number): Promise<Job> {
  const body = { training_dataset: 'hotdog', ...(priority !== undefined && { priority }) }
  const answer = await api.ask(JOBS, jsonOf(body))
  expect(answer.status).toBe(201)
  return (await answer.json()) as Job
}
const read = async (id: string) => (await (await api.ask(`${JOBS}/${id}`)).json()) as Job
const positionOf = async ({ id }: Job) => (await read(id)).queue?.position
const waitOf = async ({ id }: Job) => (await read(id)).queue?.expected_wait_seconds
/** What has gone by since is part of it. */
const near = (seconds: number) => expect.closeTo(seconds, -1.5)

test('jobs wait by priority, and then in their order; a running job has no place', async () => {
  const first = await make()
  const second = await make()
  const urgent = await make(5)
  const idle = await make(-5)
  expect([first, second, urgent, idle].map(({ queue }) => queue?.position)).toEqual([1, 2, 1, 4])
  const places = await Promise.all([urgent, first, second, idle].map(positionOf))
  expect(places).toEqual([1, 2, 3, 4])
  const page = (await (await api.ask(JOBS)).json()) as Page<Job>
  expect(page.data.map(({ queue }) => queue?.position)).toEqual([4, 1, 3, 2])
  for (const job of page.data) expect(await positionOf(job)).toBe(job.queue?.position)

  await claimJob(api.context.db, urgent.id)
  expect(await positionOf(urgent)).toBeUndefined()
  expect(await positionOf(first)).toBe(1)
  expect(
    await problemOf(await api.ask(JOBS, jsonOf({ training_dataset: 'hotdog', priority: 101 }))),
  ).toMatchObject({
    code: 'invalid_request',
  })
})

test('trainers take them in that order', async () => {
  const [low, , high] = [await make(-1), await make(), await make(1)]
  const taken: string[] = []
  await api.context.queue.work('fine-tune', async ({ job_id }) => void taken.push(job_id))
  await expect.poll(() => taken.length, { timeout: 20_000 }).toBe(3)
  expect([taken[0], taken[2]]).toEqual([high.id, low.id])
})

test('a job that is given back waits behind those that are there, with its priority', async () => {
  const { db, queue } = api.context
  const [first, second, low] = [await make(), await make(), await make(-1)]
  const claimed = await claimJob(db, first.id)
  await releaseJob(db, queue, claimed!.lease)
  expect(await Promise.all([second, first, low].map(positionOf))).toEqual([1, 2, 3])
})

test('the start is expected from what runs and how long the last jobs took', async () => {
  const { db } = api.context
  const [running, next, later] = [await make(), await make(), await make()]
  expect(await waitOf(running)).toBe(0)
  expect(await waitOf(next)).toBeNull() // nothing tells how long the one before it takes

  const done = await insertJob(db, datasetId, { state: 'succeeded' })
  const startedAt = sql`now() - interval '1 day'`
  await db
    .update(jobs)
    .set({ startedAt, finishedAt: sql`${startedAt} + interval '600 s'` })
    .where(eq(jobs.id, done))
  expect(await Promise.all([running, next, later].map(waitOf))).toEqual([0, 600, 1200])

  const { lease } = (await claimJob(db, running.id))!
  expect(await waitOf(next)).toEqual(near(600))
  const progress = { phase: 'training', epoch: 1, epochs: 3, step: 1, steps: 9 } as const
  await recordProgress(db, lease, { ...progress, loss: 1, images_per_second: 9, eta_seconds: 90 })
  expect(await waitOf(next)).toBe(90)
  expect(await waitOf(later)).toBe(690)
})

test('what the training processes have used is added up over the attempts', async () => {
  const { db, queue } = api.context
  const job = await make()
  const first = (await claimJob(db, job.id))!.lease
  await recordUsage(db, first, { seconds: 1, cpuSeconds: 1.5, gpuSeconds: 0 })
  await recordUsage(db, first, { seconds: 1, cpuSeconds: 2, gpuSeconds: 1 })
  await releaseJob(db, queue, first)
  const { lease: second, job: resumed } = (await claimJob(db, job.id))!
  expect(resumed.trainingSeconds).toBe(2)
  await recordUsage(db, second, { seconds: 2.5, cpuSeconds: 4, gpuSeconds: 0 })
  await expect(recordUsage(db, first, { seconds: 9, cpuSeconds: 9, gpuSeconds: 9 })).rejects.toMatchObject({
    code: 'lease_lost',
  })
  await finishJob(db, second, 'failed')
  expect((await read(job.id)).used).toEqual({ cpu_seconds: 7.5, gpu_seconds: 1 })
})
