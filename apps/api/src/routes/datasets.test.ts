import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Page } from '@graft/core/wire/common'
import type { Dataset, DatasetFile, DatasetVersion } from '@graft/core/wire/datasets'
import { manifestSchema } from '@graft/core/wire/datasets'
import { blobKey } from '@graft/store/object-store'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { tarOf, zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import { ingest } from '../datasets/ingest.ts'
import { jsonOf, problemOf, startTestApi, streamed, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await api.context.queue.work('ingest', (message, signal) => ingest(api.context, message, signal))
})
afterAll(() => api.close())

const EXAMPLES = join(import.meta.dirname, '../../../../examples/recycling/train')
const names = await Promise.all(
  ['glass', 'metal', 'paper'].map(async (label) => (await readdir(join(EXAMPLES, label))).sort()),
)
const photo = (label: number, at: number) =>
  readFileSync(join(EXAMPLES, ['glass', 'metal', 'paper'][label]!, names[label]![at]!))
/** Four photos of each of two labels, and what spoils an upload. */
const good = [0, 1].flatMap((label) =>
  [0, 1, 2, 3].map((at) => ({
    name: `waste/${['glass', 'metal'][label]}/${at}.jpg`,
    data: photo(label, at),
  })),
)
const bad = [
  { name: 'waste/glass/twin.jpg', data: photo(0, 0) },
  { name: 'waste/glass/both.jpg', data: photo(2, 0) },
  { name: 'waste/metal/both.jpg', data: photo(2, 0) },
  { name: 'waste/metal/notes.txt', data: 'no image' },
  { name: 'waste/metal/empty.jpg', data: '' },
  { name: 'waste/metal/cut.jpg', data: photo(2, 1).subarray(0, 2000) },
  { name: 'waste/loose.jpg', data: photo(2, 2) },
]
const UNSAFE = { name: '../outside.jpg', data: photo(2, 3) }

function put(name: string, body: Uint8Array, type = 'application/zip'): Promise<Response> {
  return api.ask(`/v1/datasets/${name}/archive`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: new Uint8Array(body),
  })
}

async function read<T>(path: string): Promise<T> {
  const answer = await api.ask(path)
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as T
}

async function ended(name: string, version = 1): Promise<DatasetVersion> {
  return await vi.waitFor(
    async () => {
      const found = await read<DatasetVersion>(`/v1/datasets/${name}/versions/${version}`)
      expect(found.status).not.toBe('ingesting')
      return found
    },
    { timeout: 15_000, interval: 50 },
  )
}

const listFiles = (name: string, query = '') =>
  read<Page<DatasetFile>>(`/v1/datasets/${name}/versions/1/files${query}`)

/** An ingest deletes its archive after its version has ended. */
async function noUploads(): Promise<void> {
  await vi.waitFor(async () => {
    for await (const { key } of api.context.store.list('uploads/')) expect.fail(key)
  }, 10_000)
}

test.each([
  ['zip', 'application/zip', async () => zipOf([...good, ...bad])],
  ['tar', 'application/x-tar', () => tarOf([...good, ...bad, UNSAFE])],
  ['tar-zst', 'application/zstd', async () => zstdCompressSync(await tarOf([...good, ...bad, UNSAFE]))],
  ['tar-gz', 'application/gzip', async () => gzipSync(await tarOf([...good, ...bad, UNSAFE]))],
] as const)('a %s becomes a ready version, and every file has its verdict', async (name, type, archive) => {
  const answer = await put(name, await archive(), type)
  expect(answer.status).toBe(202)
  const started = { object: 'dataset.version', dataset: name, version: 1, status: 'ingesting', error: null }
  expect(await answer.json()).toMatchObject(started)

  const version = await ended(name)
  const unsafe = name === 'zip' ? 0 : 1
  expect(version).toMatchObject({
    status: 'ready',
    labels: ['glass', 'metal'],
    splits: {
      train: { glass: 2, metal: 2 },
      validation: { glass: 1, metal: 1 },
      test: { glass: 1, metal: 1 },
    },
    cut_splits: ['validation', 'test'],
    files: { accepted: 8, rejected: 6 + unsafe, duplicate: 1 },
    bytes: good.reduce((sum, { data }) => sum + data.length, 0),
    error: null,
  })

  const { data } = await listFiles(name)
  expect(Object.fromEntries(data.slice(8).map(({ path, reason }) => [path, reason?.code]))).toEqual({
    'waste/glass/twin.jpg': 'duplicate_image',
    'waste/glass/both.jpg': 'conflicting_labels',
    'waste/metal/both.jpg': 'conflicting_labels',
    'waste/metal/notes.txt': 'image_type_unsupported',
    'waste/metal/empty.jpg': 'image_empty',
    'waste/metal/cut.jpg': 'image_undecodable',
    'waste/loose.jpg': 'layout_unknown',
    ...(unsafe && { '../outside.jpg': 'path_unsafe' }),
  })

  // The bytes are in the store under their hash, the manifest names them, and the archive is gone.
  const { store } = api.context
  const { id } = await read<Dataset>(`/v1/datasets/${name}`)
  const manifest = manifestSchema.parse(
    JSON.parse(String(await store.read(`datasets/${id}/1/manifest.json`))),
  )
  expect(manifest.images.map(({ path }) => path)).toEqual(good.map(({ name }) => name))
  for (const [at, { sha256 }] of manifest.images.entries()) {
    expect(await store.read(blobKey(sha256))).toEqual(good[at]?.data)
  }
  await noUploads()
  expect(await readdir(join(api.context.dataFolder, 'tmp'))).toEqual([])
})

test('files are filtered by status, label and split, and read page by page', async () => {
  const paths = async (query: string) => (await listFiles('zip', query)).data.map(({ path }) => path)
  expect(await paths('?status=duplicate')).toEqual(['waste/glass/twin.jpg'])
  expect(await paths('?status=accepted&label=glass')).toHaveLength(4)
  expect(await paths('?status=accepted&label=glass&split=train')).toHaveLength(2)
  const first = await listFiles('zip', '?limit=10')
  expect(first).toMatchObject({ has_more: true, last_id: '10' })
  const rest = await listFiles('zip', `?limit=10&after=${first.last_id}`)
  expect(rest.has_more).toBe(false)
  expect(first.data.length + rest.data.length).toBe(good.length + bad.length)
  expect(await problemOf(await api.ask('/v1/datasets/zip/versions/1/files?status=lost'))).toMatchObject({
    code: 'invalid_request',
    errors: [{ path: 'status' }],
  })
})

test('the same archive again makes no version, another makes the next', async () => {
  const again = await put('zip', zipOf([...good, ...bad]))
  expect(again.status).toBe(202)
  expect(await again.json()).toMatchObject({ version: 1, status: 'ready' })
  await noUploads()
  expect(await (await put('zip', zipOf(good))).json()).toMatchObject({ version: 2, status: 'ingesting' })
  expect(await ended('zip', 2)).toMatchObject({ status: 'ready', files: { accepted: 8 } })
  const { data } = await read<Page<DatasetVersion>>('/v1/datasets/zip/versions')
  expect(data.map(({ version }) => version)).toEqual([2, 1])
  expect(await read<Dataset>('/v1/datasets/zip')).toMatchObject({ latest: { version: 2 } })
})

test('uploads at the same time get a version each', async () => {
  const archives = [3, 4, 5].map((count) => zipOf([...good.slice(0, count), ...good.slice(5)]))
  const answers = await Promise.all(archives.map((archive) => put('race', archive)))
  const versions = await Promise.all(answers.map(async (answer) => (await answer.json()) as DatasetVersion))
  expect(versions.map(({ version }) => version).sort()).toEqual([1, 2, 3])
})

test.each([
  ['too_few_classes', zipOf(good.slice(0, 4))],
  ['too_few_classes', zipOf([{ name: 'cat/notes.txt', data: 'no image' }])],
  ['too_few_images', zipOf(good.slice(0, 5))],
  ['archive_unreadable', zipOf(good).subarray(0, 40_000)],
  [
    'archive_checksum_mismatch',
    zipOf([...good, { name: 'waste/metal/x.jpg', data: photo(1, 5), claims: { crc: 1 } }]),
  ],
  [
    'archive_encrypted',
    zipOf([...good, { name: 'waste/metal/x.jpg', data: photo(1, 5), claims: { flags: 1 } }]),
  ],
  ['archive_bomb', zipOf([...good, { name: 'waste/metal/x.jpg', data: Buffer.alloc(4 * 1024 ** 2) }])],
])('a version is rejected as %s', async (code, archive) => {
  const name = `rejected-${code.replaceAll('_', '-')}-${archive.length}`
  expect((await put(name, archive)).status).toBe(202)
  expect(await ended(name)).toMatchObject({ status: 'rejected', error: { code } })
})

test('an archive that was rejected may be tried again', async () => {
  const archive = zipOf(good.slice(0, 5))
  await put('again', archive)
  await ended('again')
  expect(await (await put('again', archive)).json()).toMatchObject({ version: 2, status: 'ingesting' })
})

test('text is no archive, whatever it is called', async () => {
  const text = Buffer.from('glass,metal\n'.repeat(100))
  const answer = await put('text', text)
  expect(await problemOf(answer)).toMatchObject({ status: 422, code: 'archive_unreadable' })
  expect(await problemOf(await put('text', Buffer.alloc(0)))).toMatchObject({ code: 'archive_unreadable' })
  expect(await problemOf(await put('text', text, 'text/csv'))).toMatchObject({
    status: 415,
    code: 'unsupported_media_type',
  })
  expect((await api.ask('/v1/datasets/text')).status).toBe(404)
  await noUploads()
})

test('an upload that ends early is body_incomplete, and leaves nothing', async () => {
  async function* cut() {
    yield zipOf(good).subarray(0, 1000)
    throw new Error('the connection was reset')
  }
  const init = { method: 'PUT', headers: { 'content-type': 'application/zip' } }
  const answer = await api.ask('/v1/datasets/cut/archive', streamed(cut(), init))
  expect(await problemOf(answer)).toMatchObject({ status: 400, code: 'body_incomplete' })
  expect((await api.ask('/v1/datasets/cut')).status).toBe(404)
  await noUploads()
})

test('an upload over the limit is payload_too_large', async () => {
  vi.stubEnv('GRAFT_MAX_ARCHIVE_BYTES', '1000')
  async function* body() {
    for (let sent = 0; sent < 4; sent += 1) yield zipOf(good).subarray(0, 500)
  }
  const init = { method: 'PUT', headers: { 'content-type': 'application/zip' } }
  const answer = await api.ask('/v1/datasets/large/archive', streamed(body(), init))
  expect(await problemOf(answer)).toMatchObject({ status: 413, code: 'payload_too_large' })
  vi.unstubAllEnvs()
  await noUploads()
})

test('names are checked, and a data set is made once', async () => {
  expect(await problemOf(await put('No-Such', zipOf(good)))).toMatchObject({ code: 'invalid_name' })
  const invalid = await api.ask('/v1/datasets', jsonOf({ name: 'a..b' }))
  expect(await problemOf(invalid)).toMatchObject({ status: 400, code: 'invalid_name' })
  const made = await api.ask('/v1/datasets', jsonOf({ name: 'empty' }))
  expect(made.status).toBe(201)
  expect(await made.json()).toMatchObject({ object: 'dataset', name: 'empty', latest: null })
  const again = await api.ask('/v1/datasets', jsonOf({ name: 'empty' }))
  expect(await problemOf(again)).toMatchObject({ status: 409, code: 'already_exists' })
  const { data } = await read<Page<Dataset>>('/v1/datasets?limit=1')
  expect(data.map(({ name }) => name)).toEqual(['empty'])
})

test.each([
  '/v1/datasets/nothing',
  '/v1/datasets/nothing/versions',
  '/v1/datasets/empty/versions/1',
  '/v1/datasets/zip/versions/9/files',
])('%s is not_found', async (path) => {
  expect(await problemOf(await api.ask(path))).toMatchObject({ status: 404, code: 'not_found' })
})
