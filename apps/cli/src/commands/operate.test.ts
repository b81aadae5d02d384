// `graft keys`, `graft projects`, `graft pause` and its like, and `graft doctor` against a real API.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type RunningApi, startApi } from '@graft/api/start-api'
import type { Job } from '@graft/core/wire/jobs'
import type { ProjectRecord } from '@graft/core/wire/keys'
import { openDatabase } from '@graft/db/database'
import { claimJob } from '@graft/db/job-lease'
import { createTestDatabase, type TestDatabase } from '@graft/db/test-database'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Client, openClient } from '../client.ts'
import { openOutput } from '../terminal.ts'
import { doctor, type Finding } from './doctor.ts'
import { createKey, listKeys, revokeKey, rotateKey } from './keys.ts'
import { createProject, deleteProject, limitProject, listProjects } from './projects.ts'
import { askJob, type JOB_COMMANDS } from './train.ts'

const ADMIN_KEY = 'the-admin-key-of-the-test'
let database: TestDatabase
let folder: string
let api: RunningApi
let client: Client
beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'graft-operate-'))
  api = await startApi({
    host: '127.0.0.1',
    port: 0,
    dataFolder: folder,
    databaseUrl: database.url,
    store: `file:${join(folder, 'store')}`,
    adminKey: ADMIN_KEY,
    log: pino({ level: 'silent' }),
  })
  client = openClient({ GRAFT_URL: api.url, GRAFT_API_KEY: ADMIN_KEY })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await api.stop()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** What a command prints, as JSON lines. */
async function printed<T>(run: (output: ReturnType<typeof openOutput>) => Promise<unknown>): Promise<T[]> {
  const lines: string[] = []
  const out = { write: (line: string) => Boolean(lines.push(line)) }
  await run(openOutput(true, out, { write: () => true, isTTY: false, columns: 80 }))
  return lines.map((line) => JSON.parse(line) as T)
}
const opens = async (key: string) =>
  (await fetch(`${api.url}/v1/datasets`, { headers: { authorization: `Bearer ${key}` } })).status

interface Key {
  id: string
  key: string
  name: string
  expires_at: string | null
}

test('a key is made, listed, rotated and revoked', async () => {
  const expires = '2099-01-01T00:00:00.000Z'
  const [made] = await printed<Key>((output) => createKey(client, 'ci', { scope: ['data'], expires }, output))
  expect(made).toMatchObject({ name: 'ci', expires_at: expires })
  expect(await opens(made!.key)).toBe(200)
  const listed = await printed<Key>((output) => listKeys(client, output))
  expect(listed.map(({ name }) => name).toSorted()).toEqual(['admin', 'ci'])
  expect(JSON.stringify(listed)).not.toContain(made!.key)

  const [rotated] = await printed<Key>((output) => rotateKey(client, made!.id, 1, output))
  expect([await opens(made!.key), await opens(rotated!.key)]).toEqual([200, 200])
  await printed((output) => revokeKey(client, made!.id, output))
  expect([await opens(made!.key), await opens(rotated!.key)]).toEqual([401, 401])
})

test('a project is made, gets a key, is bounded, listed and deleted', async () => {
  const [made] = await printed<ProjectRecord>((output) => createProject(client, 'cats', 1000, output))
  expect(made).toMatchObject({ name: 'cats', stored_bytes: 0, stored_bytes_limit: 1000 })
  const inside = openClient({ GRAFT_URL: api.url, GRAFT_API_KEY: ADMIN_KEY, GRAFT_PROJECT: 'cats' })
  const [key] = await printed<Key>((output) => createKey(inside, 'ci', { scope: ['data'] }, output))
  expect(await opens(key!.key)).toBe(200)
  const listed = await printed<Key & { project: string }>((output) => listKeys(inside, output))
  expect(listed).toMatchObject([{ name: 'ci', project: 'cats' }])
  const [unbound] = await printed<ProjectRecord>((output) => limitProject(client, 'cats', undefined, output))
  expect(unbound).toMatchObject({ stored_bytes_limit: null })
  const names = async () =>
    (await printed<ProjectRecord>((output) => listProjects(client, output))).map(({ name }) => name)
  expect(await names()).toEqual(['cats', 'default'])
  const remove = () => printed((output) => deleteProject(client, 'cats', output))
  await expect(remove()).rejects.toMatchObject({ code: 'state_conflict' })
  await printed((output) => revokeKey(inside, key!.id, output))
  await remove()
  expect(await names()).toEqual(['default'])
})

test('a job is paused, resumed and cancelled; stopping one that waits is refused', async () => {
  const { db, close } = openDatabase(database.url)
  const id = await insertJob(db, await insertDataset(db, 'waste'))
  const status = async (what: keyof typeof JOB_COMMANDS) =>
    (await printed<Job>((output) => askJob(client, what, id, output)))[0]?.status
  expect(await status('pause')).toBe('paused')
  expect(await status('resume')).toBe('queued')
  await expect(status('stop')).rejects.toMatchObject({ code: 'state_conflict' })
  await claimJob(db, id)
  expect(await status('stop')).toBe('running')
  expect(await status('cancel')).toBe('running')
  await close()
})

async function examine(): Promise<{ healthy: boolean; findings: Record<string, Finding> }> {
  let healthy = false
  const [answer] = await printed<{ findings: Finding[] }>(async (output) => {
    healthy = await doctor(client, output)
  })
  return { healthy, findings: Object.fromEntries(answer!.findings.map((one) => [one.part, one])) }
}

test('the doctor finds what is there', async () => {
  vi.stubEnv('GRAFT_DATA', folder)
  vi.stubEnv('DATABASE_URL', database.url)
  const { findings } = await examine()
  for (const part of ['node', 'data folder', 'database', 'object store', 'platform']) {
    expect(findings[part]).toMatchObject({ state: 'ok' })
  }
})

test('the doctor tells what is missing, and what to do', async () => {
  vi.stubEnv('GRAFT_DATA', join('/proc', 'nowhere'))
  vi.stubEnv('DATABASE_URL', 'postgres://graft@127.0.0.1:9/graft')
  const { healthy, findings } = await examine()
  expect(healthy).toBe(false)
  expect(findings['data folder']).toMatchObject({ state: 'missing' })
  expect(findings.database).toMatchObject({
    state: 'missing',
    detail: expect.stringContaining('127.0.0.1:9'),
  })
})

test('the doctor says nothing beside its findings', async () => {
  const main = join(import.meta.dirname, '../main.ts')
  const env = { ...process.env, GRAFT_DATA: folder, GRAFT_URL: api.url, GRAFT_API_KEY: ADMIN_KEY }
  const asked = promisify(execFile)(process.execPath, [main, 'doctor', '--json'], { env })
  // It ends with 1 where something is missing, as TensorFlow may be.
  const { stdout, stderr } = await asked.catch((error: { stdout: string; stderr: string }) => error)
  expect(JSON.parse(stdout)).toHaveProperty('findings')
  expect(stderr).toBe('')
})
