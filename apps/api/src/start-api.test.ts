import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@graft/db/test-database'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ApiOptions, type RunningApi, startApi } from './start-api.ts'

let database: TestDatabase
let options: ApiOptions
let api: RunningApi
let key: string
beforeAll(async () => {
  database = await createTestDatabase()
  const dataFolder = await mkdtemp(join(tmpdir(), 'graft-start-'))
  options = {
    host: '127.0.0.1',
    port: 0,
    dataFolder,
    databaseUrl: database.url,
    store: `file:${join(dataFolder, 'store')}`,
    adminKey: undefined,
    log: pino({ level: 'silent' }),
  }
  api = await startApi(options)
  key = (await readFile(join(dataFolder, 'admin-key'), 'utf8')).trim()
})
afterAll(async () => {
  await api.stop()
  await database.drop()
  await rm(options.dataFolder, { recursive: true })
})

const headers = () => ({ authorization: `Bearer ${key}`, 'content-type': 'application/zip' })
const read = async (path: string) => await fetch(api.url + path, { headers: headers() })

/** What the store is being given, or has. */
async function unfinished(): Promise<string[]> {
  return await readdir(join(options.dataFolder, 'store', 'uploads')).catch(() => [])
}

/** Sends the first 1000 bytes of an upload, and waits until the server writes them to its store. */
async function beginUpload({ url }: RunningApi, name: string, length: number): Promise<ClientRequest> {
  const upload = request(`${url}/v1/datasets/${name}/archive`, {
    method: 'PUT',
    headers: { ...headers(), 'content-length': length },
  })
  upload.write(Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(996)]))
  await vi.waitFor(async () => expect(await unfinished()).toHaveLength(1), 5000)
  return upload
}

test('it listens, and the key in the data folder opens it', async () => {
  expect((await fetch(`${api.url}/readyz`)).status).toBe(200)
  expect((await read('/v1/keys')).status).toBe(200)
})

test('an idle connection stays open for longer than load balancers keep theirs', async () => {
  expect((await fetch(`${api.url}/readyz`)).headers.get('keep-alive')).toBe('timeout=75')
})

test('a connection that is cut in the middle of an upload leaves no version and no bytes', async () => {
  const upload = await beginUpload(api, 'cut', 1_000_000)
  upload.on('error', () => {})
  upload.destroy()
  await vi.waitFor(async () => expect(await unfinished()).toEqual([]), 5000)
  expect((await read('/v1/datasets/cut')).status).toBe(404)
  expect((await fetch(`${api.url}/readyz`)).status).toBe(200)
})

test('a large upload that is refused by its first bytes hears why', async () => {
  const body = Buffer.alloc(20 * 1024 ** 2, 'no archive ')
  const answer = await fetch(`${api.url}/v1/datasets/text/archive`, {
    method: 'PUT',
    headers: headers(),
    body,
  })
  expect(answer.status).toBe(422)
  expect(await answer.json()).toMatchObject({ code: 'archive_unreadable' })
})

test('a port that is taken is refused by its setting', async () => {
  const port = Number(new URL(api.url).port)
  await expect(startApi({ ...options, port })).rejects.toThrow(`GRAFT_PORT=${port}`)
})

test('a stop lets the request in work end, takes no other, and is over when it has ended', async () => {
  const other = await startApi(options)
  const upload = await beginUpload(other, 'last', 2000)
  const stopped = other.stop()
  await vi.waitFor(() => expect(fetch(`${other.url}/healthz`)).rejects.toThrow(), 5000)
  upload.end(Buffer.alloc(1000))
  const [answer] = await once(upload, 'response')
  expect(answer.statusCode).toBe(202)
  answer.resume()
  await stopped
})
