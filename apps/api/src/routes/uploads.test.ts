import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { uploads } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import { createApp } from '../app.ts'
import { collectGarbage } from '../datasets/collect-garbage.ts'
import { problemOf, startTestApi, streamed, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const EXAMPLES = join(import.meta.dirname, '../../../../examples/recycling/train')
const archive = zipOf(
  ['glass', 'metal'].flatMap((label) =>
    readdirSync(join(EXAMPLES, label))
      .sort()
      .slice(0, 3)
      .map((name) => ({ name: `${label}/${name}`, data: readFileSync(join(EXAMPLES, label, name)) })),
  ),
)
const PIECE = { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' }
const metadataOf = (dataset: string) =>
  `dataset ${Buffer.from(dataset).toString('base64')},filename ${Buffer.from('a.zip').toString('base64')}`

function create(dataset: string, headers: Record<string, string> = {}): Promise<Response> {
  return api.ask('/v1/uploads', {
    method: 'POST',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(archive.length),
      'upload-metadata': metadataOf(dataset),
      ...headers,
    },
  })
}
async function begin(dataset: string): Promise<string> {
  const answer = await create(dataset)
  expect(answer.status).toBe(201)
  return answer.headers.get('location')!
}
const send = (url: string, offset: number, bytes: Buffer, headers: Record<string, string> = {}) =>
  api.ask(url, {
    method: 'PATCH',
    headers: {
      ...PIECE,
      'upload-offset': String(offset),
      'content-length': String(bytes.length),
      ...headers,
    },
    body: new Uint8Array(bytes),
  })
async function offsetOf(url: string): Promise<number> {
  const answer = await api.ask(url, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('upload-length')).toBe(String(archive.length))
  return Number(answer.headers.get('upload-offset'))
}
const read = async (path: string) => (await (await api.ask(path)).json()) as Record<string, unknown>
const sha256 = createHash('sha256').update(archive).digest('hex')

test('an archive in pieces becomes the version that it would be in one', async () => {
  const url = await begin('pieces')
  for (let offset = 0; offset < archive.length; ) {
    const bytes = archive.subarray(offset, offset + 30_000)
    const answer = await send(url, offset, bytes)
    expect(answer.status).toBe(204)
    offset += bytes.length
    expect(answer.headers.get('upload-offset')).toBe(String(offset))
    expect(answer.headers.get('tus-resumable')).toBe('1.0.0')
    expect(answer.headers.get('graft-version')).toBe(offset === archive.length ? '1' : null)
  }
  expect(await offsetOf(url)).toBe(archive.length)
  expect(await read(url)).toMatchObject({
    status: 'sealed',
    dataset: 'pieces',
    version: 1,
    filename: 'a.zip',
  })
  expect(await read('/v1/datasets/pieces/versions/1')).toMatchObject({ archive_sha256: sha256 })
  expect(readdirSync(join(api.context.dataFolder, 'uploads'))).toEqual([])
})

test('a first piece may come with the creation', async () => {
  const answer = await api.ask('/v1/uploads', {
    method: 'POST',
    headers: {
      ...PIECE,
      'upload-length': String(archive.length),
      'upload-metadata': metadataOf('at-once'),
      'content-length': String(archive.length),
    },
    body: new Uint8Array(archive),
  })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('graft-version')).toBe('1')
})

test('what arrived before a cut is there, and HEAD tells how much', async () => {
  const url = await begin('cut')
  async function* cut() {
    yield archive.subarray(0, 10_000)
    throw new Error('the connection was reset')
  }
  const init = { method: 'PATCH', headers: { ...PIECE, 'upload-offset': '0' } }
  expect(await problemOf(await api.ask(url, streamed(cut(), init)))).toMatchObject({
    code: 'body_incomplete',
  })
  expect(await offsetOf(url)).toBe(10_000)
  expect((await send(url, 10_000, archive.subarray(10_000))).headers.get('graft-version')).toBe('1')
  expect(await read('/v1/datasets/cut/versions/1')).toMatchObject({ archive_sha256: sha256 })
})

test('a sender that hangs is stopped by the next request of the upload', async () => {
  const url = await begin('hanging')
  async function* hanging() {
    yield archive.subarray(0, 5000)
    await new Promise(() => {})
  }
  const init = { method: 'PATCH', headers: { ...PIECE, 'upload-offset': '0' } }
  const stuck = api.ask(url, streamed(hanging(), init))
  await vi.waitFor(async () => expect((await read(url)).offset).toBe(5000))
  expect(await offsetOf(url)).toBe(5000)
  expect(await problemOf(await stuck)).toMatchObject({ code: 'body_incomplete' })
  expect((await send(url, 5000, archive.subarray(5000))).status).toBe(204)
})

test('a process that dies between the last byte and the version leaves it to the next request', async () => {
  const url = await begin('died')
  const { store } = api.context
  const dying = { ...store, put: () => Promise.reject(new Error('killed')) }
  const app = createApp({ ...api.context, store: dying })
  const headers = { authorization: 'Bearer the-admin-key-of-the-test', ...PIECE, 'upload-offset': '0' }
  const body = new Uint8Array(archive)
  const length = { 'content-length': String(archive.length) }
  const answer = await app.request(url, { method: 'PATCH', headers: { ...headers, ...length }, body })
  expect(answer.status).toBe(500)
  expect(await offsetOf(url)).toBe(archive.length)
  expect(await read(url)).toMatchObject({ status: 'sealed', version: 1 })
})

test('no archive is refused with its last byte, and is gone', async () => {
  const url = await begin('text')
  const answer = await send(url, 0, Buffer.alloc(archive.length, 'x'))
  expect(await problemOf(answer)).toMatchObject({ status: 422, code: 'archive_unreadable' })
  expect((await api.ask(url)).status).toBe(404)
  await vi.waitFor(() => expect(openUploads()).toEqual([]))
})

/** Files of uploads that this process has open, also deleted ones, as Linux tells. */
function openUploads(): string[] {
  if (!existsSync('/proc/self/fd')) return []
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`)
      } catch {
        return '' // closed meanwhile
      }
    })
    .filter((file) => file.startsWith(join(api.context.dataFolder, 'uploads')))
}

test.each([
  ['another offset', 409, 'offset_mismatch', { 'upload-offset': '7' }],
  ['an offset that is none', 400, 'invalid_request', { 'upload-offset': '-1' }],
  ['another media type', 415, 'unsupported_media_type', { 'content-type': 'application/zip' }],
  ['another version of the protocol', 412, 'tus_version_unsupported', { 'tus-resumable': '0.2.2' }],
])('a piece with %s is refused, and changes nothing', async (_, status, code, headers) => {
  const url = await begin('refused')
  expect(await problemOf(await send(url, 0, archive, headers))).toMatchObject({ status, code })
  expect(await offsetOf(url)).toBe(0)
})

test('bytes past the told length are refused', async () => {
  const url = await begin('longer')
  const answer = await send(url, 0, Buffer.concat([archive, Buffer.alloc(10)]))
  expect(await problemOf(answer)).toMatchObject({ status: 413, code: 'payload_too_large' })
})

test.each([
  ['no data set', 400, 'invalid_request', { 'upload-metadata': 'filename YS56aXA=' }],
  ['a bad name', 400, 'invalid_name', { 'upload-metadata': metadataOf('No Name') }],
  ['no length', 400, 'invalid_request', { 'upload-length': '' }],
  ['no bytes', 400, 'invalid_request', { 'upload-length': '0' }],
  ['too many bytes', 413, 'payload_too_large', { 'upload-length': '99999999999999' }],
])('an upload with %s is refused', async (_, status, code, headers) => {
  expect(await problemOf(await create('new', headers))).toMatchObject({ status, code })
})

test('an upload may be ended, and expires', async () => {
  const ended = await begin('ended')
  await send(ended, 0, archive.subarray(0, 100))
  const headers = { 'tus-resumable': '1.0.0' }
  expect((await api.ask(ended, { method: 'DELETE', headers })).status).toBe(204)
  expect((await api.ask(ended)).status).toBe(404)

  const late = await begin('late')
  await send(late, 0, archive.subarray(0, 100))
  await api.context.db.update(uploads).set({ expiresAt: sql`now() - interval '1 second'` })
  expect(await problemOf(await send(late, 100, archive.subarray(100)))).toMatchObject({ code: 'not_found' })
  vi.stubEnv('GRAFT_UPLOAD_SECONDS', '0.001')
  await collectGarbage(api.context)
  vi.unstubAllEnvs()
  expect(readdirSync(join(api.context.dataFolder, 'uploads'))).toEqual([])
})

test('OPTIONS tells version, extensions and the largest archive', async () => {
  const answer = await api.ask('/v1/uploads', { method: 'OPTIONS' })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('tus-version')).toBe('1.0.0')
  expect(answer.headers.get('tus-extension')).toContain('termination')
  expect(Number(answer.headers.get('tus-max-size'))).toBeGreaterThan(archive.length)
})
