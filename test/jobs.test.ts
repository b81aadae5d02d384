// Jobs under faults: cancelled, paused, stopped, crashed, and taken over from a trainer that was killed.
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@graft/core/wire/common'
import type { DatasetVersion } from '@graft/core/wire/datasets'
import type { DryRun, Job, JobEvent } from '@graft/core/wire/jobs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, tarOf } from './folder.ts'
import { json, type Platform, put, startPlatform, until } from './platform.ts'
import { processesOf } from './processes.ts'

let work: string
let platform: Platform

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'graft-jobs-'))
  // Short leases: the tests wait for them to run out.
  platform = await startPlatform({ data: join(work, 'data'), env: { GRAFT_LEASE_SECONDS: '8' } })
  const folder = makeFolder(join(work, 'waste'), ['glass', 'paper'], 12)
  await platform.call('/v1/datasets/waste/archive', put('application/x-tar', tarOf(folder)), 202)
  await until(
    () => platform.call<DatasetVersion>('/v1/datasets/waste/versions/1'),
    ({ status }) => status === 'ready',
  )
})
afterAll(async () => {
  await platform.stop()
  await rm(work, { recursive: true, force: true })
})

/** Long enough to be caught in the middle. */
const LONG = { recipe: 'seed', hyperparameters: { epochs: 200, image_size: 64, batch_size: 4 } }

async function start(name: string, settings: object): Promise<string> {
  const body = { training_dataset: 'waste@1', name, ...settings }
  return (await platform.call<Job>('/v1/fine_tuning/jobs', json(body), 201)).id
}
const job = (id: string) => () => platform.call<Job>(`/v1/fine_tuning/jobs/${id}`)
const isTraining = ({ progress }: Job) => progress?.phase === 'training' && progress.step > 2
const isOver = ({ status }: Job) => ['succeeded', 'failed', 'cancelled'].includes(status)

const ask = (id: string, what: string) =>
  platform.call<Job>(`/v1/fine_tuning/jobs/${id}/${what}`, { method: 'POST' })
async function messagesOf(id: string): Promise<string> {
  const { data } = await platform.call<Page<JobEvent>>(`/v1/fine_tuning/jobs/${id}/events?limit=100`)
  return data.map(({ message }) => message).join('\n')
}

const processes = (file: string) => processesOf(platform, file)

test('a running job is cancelled, and the next one runs', async () => {
  const id = await start('cancelled', LONG)
  await until(job(id), isTraining, 120)
  await platform.call(`/v1/fine_tuning/jobs/${id}/cancel`, { method: 'POST' })
  expect(await until(job(id), isOver, 30)).toMatchObject({
    status: 'cancelled',
    error: null,
    fine_tuned_model: null,
  })
  const again = await platform.call(`/v1/fine_tuning/jobs/${id}/cancel`, { method: 'POST' }, 409)
  expect(again).toMatchObject({ code: 'state_conflict' })
})

test('a dry run says what a job would take, and starts none', async () => {
  const body = json({ training_dataset: 'waste@1', hyperparameters: { image_size: 64 } })
  const measured = await platform.call<DryRun>('/v1/fine_tuning/jobs?dry_run=true', body)
  expect(measured).toMatchObject({ images: { train: expect.any(Number) }, hyperparameters: { epochs: 6 } })
  expect(measured.images_per_second).toBeGreaterThan(0)
  expect((await platform.call<Page<Job>>('/v1/fine_tuning/jobs')).data).toHaveLength(1)
})

test('a queued job is cancelled at once', async () => {
  const running = await start('first', LONG)
  await until(job(running), isTraining, 120)
  const waiting = await start('second', LONG)
  await platform.call(`/v1/fine_tuning/jobs/${waiting}/cancel`, { method: 'POST' })
  expect(await job(waiting)()).toMatchObject({ status: 'cancelled' })
  await platform.call(`/v1/fine_tuning/jobs/${running}/cancel`, { method: 'POST' })
  await until(job(running), isOver, 30)
})

test('a running job is paused, and resumed it goes on after its last epoch and succeeds', async () => {
  const id = await start('paused', { ...LONG, hyperparameters: { ...LONG.hyperparameters, epochs: 30 } })
  await until(job(id), ({ progress }) => (progress?.epoch ?? 0) > 2, 120)
  await ask(id, 'pause')
  await until(job(id), ({ status }) => status === 'paused', 30)
  expect(processes('trainer/src/child.ts')).toEqual([])
  await ask(id, 'resume')
  expect(await until(job(id), isOver, 240)).toMatchObject({
    status: 'succeeded',
    attempt: 2,
    requested: null,
  })
  expect(await messagesOf(id)).toMatch(/The job is paused.*Going on after epoch \d+ of 30/s)
})

test('a job that is stopped publishes the best so far, and succeeds', async () => {
  const id = await start('stopped', LONG)
  await until(job(id), isTraining, 120)
  await ask(id, 'stop')
  expect(await until(job(id), isOver, 60)).toMatchObject({
    status: 'succeeded',
    requested: 'stop',
    fine_tuned_model: 'stopped@1',
  })
  expect(await messagesOf(id)).toMatch(/It was asked to stop: the training ends after epoch \d+ of 200/)
})

test('a training process that is killed is started again, and fails its job with the reason in the end', async () => {
  const id = await start('crashed', LONG)
  for (const attempt of [1, 2, 3]) {
    await until(job(id), (now) => now.attempt === attempt && isTraining(now), 120)
    for (const pid of processes('trainer/src/child.ts')) process.kill(pid, 'SIGKILL')
  }
  const failed = await until(job(id), isOver, 30)
  expect(failed).toMatchObject({ status: 'failed', attempt: 3, error: { code: 'trainer_crashed' } })
  expect(failed.error?.message).toContain('SIGKILL')
})

test('a learning rate that diverges fails the job at its step', async () => {
  const id = await start('diverged', {
    recipe: 'seed',
    hyperparameters: { learning_rate: 10, image_size: 64, batch_size: 4 },
  })
  const failed = await until(job(id), isOver, 120)
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'diverged' } })
  expect(failed.error?.message).toMatch(/at step \d+ of \d+/)
})

test('a job whose trainer is killed is taken up again and succeeds', async () => {
  const id = await start('survivor', { ...LONG, hyperparameters: { ...LONG.hyperparameters, epochs: 30 } })
  await until(job(id), ({ progress }) => (progress?.epoch ?? 0) > 2, 120)
  for (const pid of processes('trainer/src/main.ts')) process.kill(pid, 'SIGKILL')
  const done = await until(job(id), isOver, 240)
  expect(done).toMatchObject({ status: 'succeeded', attempt: 2 })
  const versions = await platform.call<Page<unknown>>('/v1/models/survivor/versions')
  expect(versions.data).toHaveLength(1)
  const { data: events } = await platform.call<Page<JobEvent>>(`/v1/fine_tuning/jobs/${id}/events?limit=100`)
  expect(events.map(({ message }) => message).join('\n')).toMatch(/Going on after epoch \d+ of 30/)
  expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1))
})

test('a platform that is killed leaves no trainer behind, and its data start again', async () => {
  const trainers = processes('trainer/src/main.ts')
  expect(trainers).toHaveLength(1)
  platform.process.kill('SIGKILL')
  await until(
    async () => trainers.filter(isAlive),
    (left) => left.length === 0,
    30,
  )
  platform = await startPlatform({ data: platform.data })
  expect((await platform.call<Page<Job>>('/v1/fine_tuning/jobs')).data.length).toBeGreaterThan(4)
})

/** A zombie, which nobody has waited for, is not. */
function isAlive(pid: number): boolean {
  return execFileSync('ps', ['-eo', 'pid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .some((line) => {
      const [number, state = ''] = line.trim().split(/\s+/)
      return Number(number) === pid && !state.startsWith('Z')
    })
}
