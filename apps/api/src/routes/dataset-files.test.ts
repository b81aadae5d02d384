import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@graft/core/wire/common'
import type { DatasetFile, DatasetVersion, VersionChange, VersionStatistics } from '@graft/core/wire/datasets'
import { jobs } from '@graft/db/schema'
import { insertJob } from '@graft/db/test-rows'
import { blobKey } from '@graft/store/object-store'
import { inspectImage } from '@graft/vision/decode'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import { collectGarbage } from '../datasets/collect-garbage.ts'
import { ingest } from '../datasets/ingest.ts'
import { problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const EXAMPLES = join(import.meta.dirname, '../../../../examples/recycling/train')
const photos = ['glass', 'metal'].flatMap((label) =>
  readdirSync(join(EXAMPLES, label))
    .sort()
    .slice(0, 5)
    .map((name, at) => ({ name: `${label}/${at}.jpg`, data: readFileSync(join(EXAMPLES, label, name)) })),
)
const text = { name: 'glass/notes.txt', data: Buffer.from('no image') }

async function upload(name: string, archive: Buffer): Promise<DatasetVersion> {
  const answer = await api.ask(`/v1/datasets/${name}/archive`, {
    method: 'PUT',
    headers: { 'content-type': 'application/zip' },
    body: new Uint8Array(archive),
  })
  expect(answer.status).toBe(202)
  const { version } = (await answer.json()) as DatasetVersion
  const { id } = (await (await api.ask(`/v1/datasets/${name}`)).json()) as { id: string }
  await ingest(api.context, { dataset_id: id, version }, new AbortController().signal)
  return await read(`/v1/datasets/${name}/versions/${version}`)
}
async function read<T>(path: string): Promise<T> {
  const answer = await api.ask(path)
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as T
}
const filesOf = async (path: string) => (await read<Page<DatasetFile>>(`${path}/files`)).data

test('an image is read as it was uploaded, and as a thumbnail', async () => {
  await upload('shown', zipOf([...photos, text]))
  const [file] = await filesOf('/v1/datasets/shown/versions/1')
  const path = `/v1/datasets/shown/versions/1/files/${file!.sha256}`
  const original = await api.ask(path)
  expect(original.headers.get('content-type')).toBe('image/jpeg')
  expect(original.headers.get('cache-control')).toContain('immutable')
  expect(Buffer.from(await original.arrayBuffer())).toEqual(photos[0]!.data)
  for (const _ of ['made', 'kept']) {
    const thumbnail = await api.ask(`${path}/thumbnail`)
    expect(thumbnail.headers.get('content-type')).toBe('image/webp')
    const { type, width, height } = await inspectImage(new Uint8Array(await thumbnail.arrayBuffer()))
    expect({ type, side: Math.max(width, height) }).toEqual({ type: 'webp', side: 256 })
  }
})

test('the statistics of a version tell counts, sizes, shapes and refusals', async () => {
  const unequal = [...photos.slice(0, 3), ...photos.slice(5, 7)]
  await upload('measured', zipOf([...unequal, text]))
  const found = await read<VersionStatistics>('/v1/datasets/measured/versions/1/statistics')
  const sizes = unequal.map(({ data }) => data.length).toSorted((a, b) => a - b)
  const facts = await Promise.all(unequal.map(({ data }) => inspectImage(data)))
  const shapes = facts.map(({ width, height }) => width / height)
  expect(found).toMatchObject({
    images: 5,
    classes: 2,
    labels: { glass: 3, metal: 2 },
    imbalance: 1.5,
    bytes: { least: sizes[0], median: sizes[2], p95: sizes[4], greatest: sizes[4] },
    width: { least: Math.min(...facts.map(({ width }) => width)) },
    height: { greatest: Math.max(...facts.map(({ height }) => height)) },
    reasons: { image_type_unsupported: 1 },
  })
  expect(found.bytes?.mean).toBeCloseTo(sizes.reduce((sum, size) => sum + size, 0) / 5)
  expect(found.aspect_ratio?.least).toBeCloseTo(Math.min(...shapes))
})

test('a version without an image has statistics too, one that is not there none', async () => {
  await upload('imageless', zipOf([text]))
  const found = await read<VersionStatistics>('/v1/datasets/imageless/versions/1/statistics')
  expect(found).toMatchObject({ images: 0, imbalance: null, bytes: null, aspect_ratio: null })
  const answer = await api.ask('/v1/datasets/imageless/versions/2/statistics')
  expect(await problemOf(answer)).toMatchObject({ code: 'not_found' })
})

test.each([
  ['of another version', `${'0'.repeat(64)}`],
  ['that is no image', ''],
])('a file %s is not_found', async (_, hash) => {
  const files = await filesOf('/v1/datasets/shown/versions/1')
  const sha256 = hash || files.find(({ path }) => path === text.name)!.sha256
  for (const end of ['', '/thumbnail']) {
    const answer = await api.ask(`/v1/datasets/shown/versions/1/files/${sha256}${end}`)
    expect(await problemOf(answer)).toMatchObject({ code: 'not_found' })
  }
})

test('a version is downloaded as a zip that makes the same version again', async () => {
  const twins = [
    { name: 'train/glass/A.jpg', data: photos[0]!.data },
    { name: 'train/glass/a.jpg', data: photos[1]!.data },
    { name: 'train/glass/deep.jpg', data: photos[2]!.data },
  ]
  const first = await upload(
    'twice',
    zipOf([...twins, ...photos.slice(3).map((part) => ({ ...part, name: `train/${part.name}` }))]),
  )
  const answer = await api.ask('/v1/datasets/twice/versions/1/archive')
  expect(answer.headers.get('content-type')).toBe('application/zip')
  const again = await upload('again', Buffer.from(await answer.arrayBuffer()))
  const { labels, splits, bytes } = first
  // The twin was refused, so it is not in the archive.
  expect([first.files.rejected, again.files.rejected]).toEqual([1, 0])
  expect(again).toMatchObject({ status: 'ready', labels, splits, bytes, files: { accepted: 9 } })
})

test('what changed between two versions is told by content', async () => {
  await upload('changed', zipOf(photos))
  const [moved, removed, ...kept] = photos
  const next = [
    ...kept,
    { name: 'metal/moved.jpg', data: moved!.data },
    {
      name: 'glass/new.jpg',
      data: readFileSync(join(EXAMPLES, 'paper', readdirSync(join(EXAMPLES, 'paper'))[0]!)),
    },
  ]
  await upload('changed', zipOf(next))
  const diff = await read<Page<VersionChange> & { counts: Record<string, number> }>(
    '/v1/datasets/changed/versions/1/diff/2',
  )
  expect(diff.counts).toMatchObject({ added: 1, removed: 1, relabelled: 1 })
  const only = (change: string) => diff.data.filter((row) => row.change === change)
  expect(only('relabelled')).toMatchObject([
    { before: { path: 'glass/0.jpg', label: 'glass' }, after: { path: 'metal/moved.jpg', label: 'metal' } },
  ])
  expect(only('removed')).toMatchObject([{ before: { path: removed!.name }, after: null }])
  expect(only('added')).toMatchObject([{ before: null, after: { path: 'glass/new.jpg' } }])
  const back = await read<{ counts: object }>('/v1/datasets/changed/versions/2/diff/1')
  expect(back.counts).toEqual({ ...diff.counts })
  const page = await read<Page<VersionChange>>('/v1/datasets/changed/versions/1/diff/2?limit=1')
  expect(page).toMatchObject({ has_more: true, data: [diff.data[0]] })
  expect((await read<Page<VersionChange>>('/v1/datasets/changed/versions/1/diff/1')).data).toEqual([])
  expect(await problemOf(await api.ask('/v1/datasets/changed/versions/1/diff/9'))).toMatchObject({
    code: 'not_found',
  })
})

test('a version that nothing rests on is deleted, its images go, and its number does not come again', async () => {
  await upload('deleted', zipOf(photos))
  const own = {
    name: 'glass/own.jpg',
    data: readFileSync(join(EXAMPLES, 'paper', readdirSync(join(EXAMPLES, 'paper'))[1]!)),
  }
  await upload('deleted', zipOf([...photos, own]))
  const file = (await filesOf('/v1/datasets/deleted/versions/2')).find(({ path }) => path === own.name)!
  const path = '/v1/datasets/deleted/versions/2'
  await api.ask(`${path}/files/${file.sha256}/thumbnail`)
  expect((await api.ask(path, { method: 'DELETE' })).status).toBe(204)
  expect(await problemOf(await api.ask(path))).toMatchObject({ code: 'not_found' })

  vi.stubEnv('GRAFT_BLOB_SECONDS', '0.001')
  await collectGarbage(api.context)
  vi.unstubAllEnvs()
  const { store } = api.context
  expect(await store.size(blobKey(file.sha256!))).toBeUndefined()
  for await (const { key } of store.list('thumbnails/')) expect(key).not.toContain(file.sha256)
  const { id } = await read<{ id: string }>('/v1/datasets/deleted')
  const manifests: string[] = []
  for await (const { key } of store.list(`datasets/${id}/`)) manifests.push(key)
  expect(manifests).toEqual([`datasets/${id}/1/manifest.json`])
  expect(await upload('deleted', zipOf([...photos, own]))).toMatchObject({
    version: 3,
    files: { accepted: 11 },
  })
})

test('a version that a job was made of, or that is being ingested, stays', async () => {
  await upload('used', zipOf(photos))
  const { id } = await read<{ id: string }>('/v1/datasets/used')
  const job = await insertJob(api.context.db, id, { state: 'succeeded', fineTunedModel: 'pets@1' })
  const path = '/v1/datasets/used/versions/1'
  expect(await problemOf(await api.ask(path, { method: 'DELETE' }))).toMatchObject({
    status: 409,
    code: 'state_conflict',
    detail: expect.stringContaining('pets@1'),
    errors: [{ path: job }],
  })
  await api.context.db.delete(jobs).where(eq(jobs.id, job))
  expect((await api.ask(path, { method: 'DELETE' })).status).toBe(204)

  await api.ask('/v1/datasets/used/archive', {
    method: 'PUT',
    headers: { 'content-type': 'application/zip' },
    body: new Uint8Array(zipOf(photos)),
  })
  const fresh = await api.ask('/v1/datasets/used/versions/2', { method: 'DELETE' })
  expect(await problemOf(fresh)).toMatchObject({ code: 'state_conflict' })
})
