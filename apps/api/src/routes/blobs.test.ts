// Folders pushed by their hashes, and the garbage that is collected meanwhile.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@graft/core/wire/common'
import type { BlobTargets, DatasetFile, DatasetVersion } from '@graft/core/wire/datasets'
import { listingOf } from '@graft/core/wire/datasets'
import { blobs, datasetVersions } from '@graft/db/schema'
import { blobKey } from '@graft/store/object-store'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { tarOf } from '../../../../packages/vision/fixtures/archives.ts'
import { collectGarbage } from '../datasets/collect-garbage.ts'
import { ingest } from '../datasets/ingest.ts'
import { jsonOf, problemOf, startTestApi, streamed, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

interface Part {
  name: string
  data: Buffer
}
const EXAMPLES = join(import.meta.dirname, '../../../../examples/recycling/train')
const photos = (label: string, from: number, to: number): Part[] =>
  readdirSync(join(EXAMPLES, label))
    .sort()
    .slice(from, to)
    .map((name) => ({ name: `${label}/${name}`, data: readFileSync(join(EXAMPLES, label, name)) }))
const folder = [...photos('glass', 0, 4), ...photos('metal', 0, 4)]
const hashOf = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')
const filesOf = (parts: Part[]) => parts.map(({ name, data }) => ({ path: name, sha256: hashOf(data) }))

async function missing(hashes: string[]): Promise<BlobTargets['missing']> {
  const answer = await api.ask('/v1/blobs/missing', jsonOf({ sha256: hashes }))
  expect(answer.status).toBe(200)
  return ((await answer.json()) as BlobTargets).missing
}
const putTo = (url: string, data: Buffer) =>
  api.ask(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(data.length) },
    body: new Uint8Array(data),
  })
const post = (name: string, parts: Part[]) =>
  api.ask(`/v1/datasets/${name}/versions`, jsonOf({ files: filesOf(parts) }))

/** Sends what is missing, and makes a version of all. */
async function push(name: string, parts: Part[]) {
  const targets = await missing(parts.map(({ data }) => hashOf(data)))
  for (const { sha256, url } of targets) {
    const { data } = parts.find((part) => hashOf(part.data) === sha256)!
    expect((await putTo(url, data)).status).toBe(201)
  }
  const answer = await post(name, parts)
  expect(answer.status).toBe(202)
  return { sent: targets.length, version: (await answer.json()) as DatasetVersion }
}
async function judged(name: string, version: number): Promise<DatasetVersion> {
  const { id } = (await (await api.ask(`/v1/datasets/${name}`)).json()) as { id: string }
  await ingest(api.context, { dataset_id: id, version }, new AbortController().signal)
  return (await (await api.ask(`/v1/datasets/${name}/versions/${version}`)).json()) as DatasetVersion
}
/** As if all that is known of blobs were two days old. */
const age = () => api.context.db.update(blobs).set({ claimedAt: sql`now() - interval '2 days'` })
const isThere = async (data: Buffer) => (await api.context.store.size(blobKey(hashOf(data)))) !== undefined

test('a pushed folder is judged as its archive is, file by file', async () => {
  const bad = [
    { name: 'glass/twin.jpg', data: folder[0]!.data },
    { name: 'metal/notes.txt', data: Buffer.from('no image') },
    { name: 'metal/cut.jpg', data: folder[5]!.data.subarray(0, 2000) },
    { name: 'metal/.DS_Store', data: Buffer.from('skipped') },
    { name: '../outside.jpg', data: folder[6]!.data },
  ]
  const all = [...folder, ...bad].sort((a, b) => (a.name < b.name ? -1 : 1))
  const { version } = await push('judged', all)
  expect(version).toMatchObject({
    version: 1,
    status: 'ingesting',
    archive_sha256: hashOf(listingOf(filesOf(all))),
  })
  const pushed = await judged('judged', 1)
  await api.ask('/v1/datasets/archived/archive', {
    method: 'PUT',
    headers: { 'content-type': 'application/x-tar' },
    body: new Uint8Array(await tarOf(all)),
  })
  const archived = await judged('archived', 1)
  expect(pushed.files).toEqual({ accepted: 8, rejected: 3, duplicate: 1 })
  const same = ({ labels, splits, cut_splits, files, bytes }: DatasetVersion) => ({
    labels,
    splits,
    cut_splits,
    files,
    bytes,
  })
  expect(same(pushed)).toEqual(same(archived))
  const list = async (name: string) => {
    const answer = await api.ask(`/v1/datasets/${name}/versions/1/files`)
    // libvips shares one text of its last error among its threads.
    return ((await answer.json()) as Page<DatasetFile>).data.map((file) => ({
      ...file,
      reason: file.reason?.code,
    }))
  }
  expect(await list('judged')).toEqual(await list('archived'))
})

test('of a larger folder only what is new is sent and decoded; of an unchanged one nothing', async () => {
  const first = await push('grown', folder)
  await judged('grown', first.version.version)
  const again = await push('grown', [...folder].reverse())
  expect(again).toMatchObject({ sent: 0, version: { version: 1, status: 'ready' } })
  // What is known to decode is not read again: without its bytes the version is made nevertheless.
  const { store } = api.context
  const old = folder.map(({ data }) => hashOf(data))
  const read = vi.spyOn(store, 'read')
  const more = photos('glass', 4, 8)
  const grown = await push('grown', [...folder, ...more])
  expect(grown).toMatchObject({ sent: 4, version: { version: 2 } })
  expect(await judged('grown', 2)).toMatchObject({ status: 'ready', files: { accepted: 12 } })
  const asked = read.mock.calls.map(([key]) => key)
  read.mockRestore()
  expect(asked.filter((key) => old.some((sha256) => key === blobKey(sha256)))).toEqual([])
})

test('a version whose bytes are not all there is refused, with their hashes', async () => {
  const stranger = { name: 'glass/new.jpg', data: Buffer.from('never sent') }
  const problem = await problemOf(await post('absent', [...folder, stranger]))
  expect(problem).toMatchObject({
    status: 409,
    code: 'blobs_missing',
    errors: [{ path: hashOf(stranger.data) }],
  })
  expect((await api.ask('/v1/datasets/absent')).status).toBe(404)
})

test('other bytes than the hash says, a cut body and one that is too large are refused, and stay missing', async () => {
  const data = Buffer.from('some bytes')
  const url = `/v1/blobs/${hashOf(data)}`
  expect(await problemOf(await putTo(url, Buffer.from('other')))).toMatchObject({
    status: 422,
    code: 'checksum_mismatch',
  })
  async function* cut() {
    yield data.subarray(0, 4)
    throw new Error('the connection was reset')
  }
  const init = { method: 'PUT', headers: { 'content-type': 'application/octet-stream' } }
  expect(await problemOf(await api.ask(url, streamed(cut(), init)))).toMatchObject({
    code: 'body_incomplete',
  })
  vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', '9')
  expect(await problemOf(await putTo(url, data))).toMatchObject({ status: 413, code: 'image_too_large' })
  vi.unstubAllEnvs()
  expect(await missing([hashOf(data)])).toEqual([{ sha256: hashOf(data), url, headers: {} }])
})

test.each([
  ['a hash that is none', { files: [{ path: 'a/b.jpg', sha256: 'abc' }] }],
  ['an upper-case hash', { files: [{ path: 'a/b.jpg', sha256: 'A'.repeat(64) }] }],
  ['no file', { files: [] }],
  ['a path twice', { files: filesOf([folder[0]!, folder[0]!]) }],
])('%s is invalid_request', async (_, body) => {
  const problem = await problemOf(await api.ask('/v1/datasets/invalid/versions', jsonOf(body)))
  expect(problem).toMatchObject({ status: 400, code: 'invalid_request' })
})

test('garbage: what a version names stays for ever, what nobody names for a day after its last claim', async () => {
  const named = photos('paper', 0, 2)
  const loose = photos('paper', 2, 3)[0]!
  await push('kept', [...named, ...folder])
  await judged('kept', 1)
  await putTo(`/v1/blobs/${hashOf(loose.data)}`, loose.data)
  await collectGarbage(api.context)
  expect(await isThere(loose.data)).toBe(true)

  await age()
  expect(await missing([hashOf(loose.data)])).toEqual([]) // which claims it
  await collectGarbage(api.context)
  expect(await isThere(loose.data)).toBe(true)

  await age()
  await collectGarbage(api.context)
  expect(await isThere(loose.data)).toBe(false)
  expect(await isThere(named[0]!.data)).toBe(true)
  expect(await missing([loose, ...named].map(({ data }) => hashOf(data)))).toMatchObject([
    { sha256: hashOf(loose.data) },
  ])
})

test('garbage: a version that waits for its ingest keeps its blobs, however long', async () => {
  const waiting = photos('plastic', 0, 4)
  await push('waiting', [...waiting, ...folder])
  await age()
  // It was made after its blobs were claimed last.
  await api.context.db
    .update(datasetVersions)
    .set({ createdAt: sql`now() - interval '2 days'` })
    .where(eq(datasetVersions.state, 'ingesting'))
  await collectGarbage(api.context)
  expect(await judged('waiting', 1)).toMatchObject({ status: 'ready' })
})

test('garbage: whoever is told that a blob is there finds it, whatever is collected at the same time', async () => {
  const { context } = api
  const parts = Array.from({ length: 40 }, (_, at) => Buffer.from(`blob ${at}`))
  for (let round = 0; round < 5; round += 1) {
    for (const data of parts) await putTo(`/v1/blobs/${hashOf(data)}`, data)
    await age()
    const claims = parts.map(async (data) => {
      const absent = await missing([hashOf(data)])
      if (absent[0] !== undefined) await putTo(absent[0].url, data)
      return data
    })
    const [, ...claimed] = await Promise.all([collectGarbage(context), ...claims])
    await collectGarbage(context)
    for (const data of claimed) expect(await isThere(data), String(data)).toBe(true)
  }
})

test('garbage: a collection that died on its way has lost nothing that is said to be there', async () => {
  const data = Buffer.from('half deleted')
  await putTo(`/v1/blobs/${hashOf(data)}`, data)
  await age()
  const { store } = api.context
  const dying = { ...store, delete: () => Promise.reject(new Error('killed')) }
  await expect(collectGarbage({ ...api.context, store: dying })).rejects.toThrow('killed')
  expect(await missing([hashOf(data)])).toHaveLength(1)
  await putTo(`/v1/blobs/${hashOf(data)}`, data)
  await collectGarbage(api.context)
  expect(await isThere(data)).toBe(true)
})

test('garbage: an archive whose request died is deleted after a day', async () => {
  const { store } = api.context
  const [old, young] = ['uploads/up_01e00000000000000000000000', `uploads/up_${'7'.padEnd(26, 'z')}`]
  await store.put(old!, Buffer.from('x'))
  await store.put(young!, Buffer.from('x'))
  await collectGarbage(api.context)
  expect(await store.size(old!)).toBeUndefined()
  expect(await store.size(young!)).toBe(1)
})
