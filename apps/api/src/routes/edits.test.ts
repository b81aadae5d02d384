// Edits: a version made of another one, which stays as it is.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@graft/core/wire/common'
import type { Dataset, DatasetFile, DatasetVersion, VersionEdit } from '@graft/core/wire/datasets'
import { blobs } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import { ingest } from '../datasets/ingest.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
let images: DatasetFile[]
beforeAll(async () => {
  api = await startTestApi()
  const archive = zipOf(photos)
  const answer = await api.ask('/v1/datasets/waste/archive', {
    method: 'PUT',
    headers: { 'content-type': 'application/zip' },
    body: new Uint8Array(archive),
  })
  await judged((await answer.json()) as DatasetVersion)
  images = await filesOf(1)
})
afterAll(() => api.close())

const EXAMPLES = join(import.meta.dirname, '../../../../examples/recycling/train')
const photos = ['glass', 'metal'].flatMap((label) =>
  readdirSync(join(EXAMPLES, label))
    .sort()
    .slice(0, 6)
    .map((name, at) => ({ name: `${label}/${at}.jpg`, data: readFileSync(join(EXAMPLES, label, name)) })),
)

async function read<T>(path: string): Promise<T> {
  return (await (await api.ask(path)).json()) as T
}
const filesOf = async (version: number) =>
  (await read<Page<DatasetFile>>(`/v1/datasets/waste/versions/${version}/files`)).data

async function judged({ version }: DatasetVersion): Promise<DatasetVersion> {
  const { id } = await read<Dataset>('/v1/datasets/waste')
  await ingest(api.context, { dataset_id: id, version }, new AbortController().signal)
  return await read(`/v1/datasets/waste/versions/${version}`)
}
const post = (edits: VersionEdit[], version = 1) =>
  api.ask(`/v1/datasets/waste/versions/${version}/edits`, jsonOf({ edits }))
const find = (label: string, split: string) =>
  images.find((file) => file.label === label && file.split === split)!.sha256!

test('images are relabelled, moved and left out in one new version, and the old one stays', async () => {
  const [relabelled, moved, left] = [
    find('glass', 'train'),
    find('metal', 'validation'),
    find('metal', 'train'),
  ]
  const answer = await post([
    { sha256: relabelled, label: 'bottle glass' },
    {
      sha256: images.filter(({ label, split }) => label === 'glass' && split === 'train')[1]!.sha256!,
      label: 'bottle glass',
    },
    { sha256: moved, split: 'train' },
    { sha256: left, exclude: true },
  ])
  expect(answer.status).toBe(202)
  const bare = await read<Dataset>('/v1/datasets/waste')
  expect(bare.latest).toMatchObject({ version: 2, status: 'ingesting' })
  const version = await judged((await answer.json()) as DatasetVersion)
  expect(version).toMatchObject({
    version: 2,
    status: 'ready',
    labels: ['bottle glass', 'glass', 'metal'],
    files: { accepted: 11, rejected: 0, duplicate: 0 },
  })
  const diff = await read('/v1/datasets/waste/versions/1/diff/2')
  expect(diff).toMatchObject({ counts: { added: 0, removed: 1, relabelled: 2, moved: 1 } })
  expect(await filesOf(1)).toEqual(images)
})

test('no image is decoded again', async () => {
  // Facts that no decoder would find: they pass on to the next version only if the rows are believed.
  await api.context.db.update(blobs).set({ width: 7, height: 9 }).where(sql`true`)
  const answer = await post([{ sha256: find('glass', 'train'), split: 'test' }])
  const { version } = await judged((await answer.json()) as DatasetVersion)
  const { width } = await read<{ width: { greatest: number } }>(
    `/v1/datasets/waste/versions/${version}/statistics`,
  )
  expect(width.greatest).toBe(7)
})

test.each<[string, () => VersionEdit[], string]>([
  ['an image that is not there', () => [{ sha256: '0'.repeat(64), exclude: true }], 'not_found'],
  [
    'an image twice',
    () => [0, 1].map(() => ({ sha256: find('glass', 'train'), exclude: true })),
    'invalid_request',
  ],
  ['what changes nothing', () => [{ sha256: find('glass', 'train'), label: 'glass' }], 'invalid_request'],
  [
    'every image left out',
    () => images.map(({ sha256 }) => ({ sha256: sha256!, exclude: true })),
    'invalid_request',
  ],
  ['a label with a slash', () => [{ sha256: find('glass', 'train'), label: 'a/b' }], 'label_invalid'],
  ['a label that is hidden', () => [{ sha256: find('glass', 'train'), label: '.glass' }], 'label_invalid'],
  [
    'a label with space around it',
    () => [{ sha256: find('glass', 'train'), label: ' glass' }],
    'label_invalid',
  ],
  ['a label that leads out', () => [{ sha256: find('glass', 'train'), label: '..' }], 'path_unsafe'],
])('%s is refused, and makes no version', async (_, edits, code) => {
  const before = (await read<Dataset>('/v1/datasets/waste')).latest?.version
  expect(await problemOf(await post(edits()))).toMatchObject({ code })
  expect((await read<Dataset>('/v1/datasets/waste')).latest?.version).toBe(before)
})

test('a version that is not there is not edited', async () => {
  const edits = [{ sha256: find('glass', 'train'), exclude: true }]
  expect(await problemOf(await post(edits, 99))).toMatchObject({ code: 'not_found' })
})

test('a version is tagged, listed by its tags, and stays what it is', async () => {
  const before = await read<DatasetVersion>('/v1/datasets/waste/versions/1')
  const tag = (tags: unknown, version = 1) =>
    api.ask(`/v1/datasets/waste/versions/${version}`, jsonOf({ tags }, 'PATCH'))
  const answer = await tag(['cleaned', 'audited', 'cleaned'])
  expect(await answer.json()).toEqual({ ...before, tags: ['audited', 'cleaned'] })
  const listed = await read<Page<DatasetVersion>>('/v1/datasets/waste/versions?tag=cleaned')
  expect(listed.data.map(({ version }) => version)).toEqual([1])
  expect((await tag([])).status).toBe(200)
  expect((await read<Page<DatasetVersion>>('/v1/datasets/waste/versions?tag=cleaned')).data).toEqual([])
  expect(await problemOf(await tag(['Not a tag']))).toMatchObject({ code: 'invalid_request' })
  expect(await problemOf(await tag(['a'], 404))).toMatchObject({ code: 'not_found' })
})
