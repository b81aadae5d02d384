import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { resolveRecipe } from '@graft/core/recipes'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type OpenDatabase, openDatabase } from './database.ts'
import { openQueue, type Queue } from './queue.ts'
import { datasets } from './schema.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let open: OpenDatabase
let queue: Queue
beforeAll(async () => {
  vi.stubEnv('GRAFT_MAX_JOB_ATTEMPTS', '2')
  database = await createTestDatabase()
  open = openDatabase(database.url)
})
beforeEach(async () => {
  queue = await openQueue(database.url)
})
afterAll(async () => {
  await queue.stop()
  await open.close()
  await database.drop()
  vi.unstubAllEnvs()
})

test('a message is sent with its transaction, or not at all', async () => {
  const heard: number[] = []
  await queue.work('ingest', async ({ version }) => void heard.push(version))
  const send = (version: number, fail: boolean) =>
    open.db.transaction(async (tx) => {
      await tx
        .insert(datasets)
        .values({ id: `ds_${version}`, project: DEFAULT_PROJECT, name: `set-${version}` })
      await queue.send(tx, 'ingest', { dataset_id: `ds_${version}`, version })
      if (fail) throw new Error('rolled back')
    })
  await expect(send(1, true)).rejects.toThrow('rolled back')
  await send(2, false)
  await vi.waitFor(() => expect(heard).toEqual([2]), 10_000)
  expect(await open.db.select({ id: datasets.id }).from(datasets)).toEqual([{ id: 'ds_2' }])
  await queue.stop()
})

test('a handler that throws is called again, and then its message is given up', async () => {
  let calls = 0
  const exhausted: string[] = []
  await queue.onExhausted('fine-tune', async ({ job_id }) => void exhausted.push(job_id))
  await queue.work('fine-tune', async () => {
    calls += 1
    throw new Error('always')
  })
  await queue.send(open.db, 'fine-tune', { job_id: 'ftjob_1' })
  await vi.waitFor(() => expect(exhausted).toEqual(['ftjob_1']), 20_000)
  expect(calls).toBe(2)
  await queue.stop()
})

test('nobody goes on answering whoever has gone', async () => {
  const question = { manifestKey: 'x', baseModel: 'resnet18', parent: null, seed: 1 }
  const asked = { ...question, recipe: resolveRecipe('auto') }
  const gone = new AbortController()
  const { promise: told, resolve: hear } = Promise.withResolvers<void>()
  await queue.answer('dry-run', async (_, signal) => {
    gone.abort(new Error('gone'))
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    hear()
    return { code: 'internal', message: 'nobody hears it' }
  })
  await expect(queue.ask('dry-run', asked, 60, gone.signal)).rejects.toThrow('gone')
  await told
  expect(await queue.depths()).toEqual([])
  await queue.stop()
})

test('stopping waits for the handler that runs', async () => {
  let finished = false
  let started = false
  await queue.work('ingest', async () => {
    started = true
    await sleep(500)
    finished = true
  })
  await queue.send(open.db, 'ingest', { dataset_id: 'ds_2', version: 1 })
  await vi.waitFor(() => expect(started).toBe(true), 10_000)
  await queue.stop()
  expect(finished).toBe(true)
})

test('stopping waits no longer than it may: the handler is told, and its message goes to another', async () => {
  vi.stubEnv('GRAFT_SHUTDOWN_SECONDS', '1')
  const told: boolean[] = []
  await queue.work('ingest', async (_, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    told.push(signal.aborted)
  })
  await queue.send(open.db, 'ingest', { dataset_id: 'ds_2', version: 2 })
  await vi.waitFor(async () => expect(await queue.depths()).toMatchObject([{ state: 'active' }]), 10_000)
  await queue.stop()
  expect(told).toEqual([true])

  queue = await openQueue(database.url)
  const heard: number[] = []
  await queue.work('ingest', async ({ version }) => void heard.push(version))
  await vi.waitFor(() => expect(heard).toEqual([2]), 10_000)
})
