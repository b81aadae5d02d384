// Imports from a real S3 bucket: what is allowed, what becomes of it, and what is seen when it changes.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from '@graft/core/wire/common'
import type { Dataset, DatasetFile, DatasetVersion } from '@graft/core/wire/datasets'
import { openStore } from '@graft/store/open-store'
import { startVersitygw, type Versitygw } from '@graft/store/versitygw'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ingest } from '../datasets/ingest.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
let s3: Versitygw
beforeAll(async () => {
  ;[api, s3] = await Promise.all([startTestApi(), startVersitygw()])
  const examples = join(import.meta.dirname, '../../../../examples/recycling/train')
  for (const label of ['glass', 'metal']) {
    for (const name of readdirSync(join(examples, label)).slice(0, 4)) {
      place(`waste/${label}/${name}`, readFileSync(join(examples, label, name)))
    }
  }
  place('waste/glass/notes über #1.txt', Buffer.from('no image'))
  place('waste-of-others/glass/1.jpg', Buffer.from('secret'))
}, 900_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await api.close()
  await s3.stop()
})
beforeEach(() => {
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value)
  vi.stubEnv('GRAFT_IMPORT_BUCKETS', 's3://elsewhere, s3://graft/waste/')
})

/** Into the bucket, past Graft. */
function place(key: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(s3.bucket, key)), { recursive: true })
  writeFileSync(join(s3.bucket, key), bytes)
}
const post = (source: string, name = 'waste') => api.ask(`/v1/datasets/${name}/imports`, jsonOf({ source }))
const read = async <T>(path: string) => (await (await api.ask(path)).json()) as T
async function judged(answer: Response): Promise<DatasetVersion> {
  const { dataset, version } = (await answer.json()) as DatasetVersion
  const { id } = await read<Dataset>(`/v1/datasets/${dataset}`)
  await ingest(api.context, { dataset_id: id, version }, new AbortController().signal)
  return await read(`/v1/datasets/${dataset}/versions/${version}`)
}
const filesOf = async (version: number, status: string) =>
  (await read<Page<DatasetFile>>(`/v1/datasets/waste/versions/${version}/files?status=${status}`)).data

test('what lies below the prefix becomes a version, and the same again makes none', async () => {
  const answer = await post('s3://graft/waste')
  expect(answer.status).toBe(202)
  expect(await judged(answer)).toMatchObject({
    version: 1,
    status: 'ready',
    labels: ['glass', 'metal'],
    files: { accepted: 8, rejected: 1, duplicate: 0 },
  })
  expect(await filesOf(1, 'rejected')).toMatchObject([
    { path: 'glass/notes über #1.txt', reason: { code: 'image_type_unsupported' } },
  ])
  expect(await (await post('s3://graft/waste/')).json()).toMatchObject({ version: 1, status: 'ready' })
  const audit = await read<Page<{ route: string; status: number }>>('/v1/audit')
  expect(audit.data[0]).toMatchObject({ route: '/v1/datasets/{name}/imports', status: 202 })
})

test('an object that changes after it was listed is refused, and the rest goes on', async () => {
  const bucket = await openStore('s3://graft', s3.env)
  await bucket.put('waste/metal/late.jpg', Buffer.from('an older image'))
  place('waste/metal/gone.jpg', Buffer.from('an image'))
  const answer = await post('s3://graft/waste')
  await bucket.put('waste/metal/late.jpg', Buffer.from('a newer image'))
  await bucket.close()
  rmSync(join(s3.bucket, 'waste/metal/gone.jpg'))
  expect(await judged(answer)).toMatchObject({
    version: 2,
    status: 'ready',
    files: { accepted: 8, rejected: 3 },
  })
  const lost = (await filesOf(2, 'rejected')).filter(({ reason }) => reason?.code === 'not_found')
  expect(lost.map(({ path }) => path)).toEqual(['metal/gone.jpg', 'metal/late.jpg'])
})

test('an object whose name holds a line separator is refused, and the rest goes on', async () => {
  place('waste/glass/one\u2028two.jpg', Buffer.from('an image'))
  const version = await judged(await post('s3://graft/waste'))
  rmSync(join(s3.bucket, 'waste/glass/one\u2028two.jpg'))
  expect(version).toMatchObject({ status: 'ready', files: { accepted: 8 } })
  expect((await filesOf(version.version, 'rejected')).map(({ reason }) => reason?.code)).toContain(
    'path_unsafe',
  )
})

test.each([
  ['s3://graft/waste-of-others', 'import_not_allowed', 403],
  ['s3://graft', 'import_not_allowed', 403],
  ['s3://other/waste', 'import_not_allowed', 403],
  ['s3://graft/waste/../waste-of-others', 'invalid_request', 400],
  ['s3://graft/waste//..', 'invalid_request', 400],
  ['file:/etc', 'invalid_request', 400],
  ['https://graft/waste', 'invalid_request', 400],
  ['s3://graft/waste/paper', 'not_found', 404],
  ['s3://elsewhere/waste', 'not_found', 404],
])('%s is refused as %s', async (source, code, status) => {
  expect(await problemOf(await post(source, 'refused'))).toMatchObject({ code, status })
})

test('nothing may be imported where the operator allows nothing', async () => {
  vi.stubEnv('GRAFT_IMPORT_BUCKETS', '')
  expect(await problemOf(await post('s3://graft/waste'))).toMatchObject({ code: 'import_not_allowed' })
})

test('no more objects than a version may have', async () => {
  vi.stubEnv('GRAFT_MAX_ARCHIVE_ENTRIES', '5')
  expect(await problemOf(await post('s3://graft/waste', 'many'))).toMatchObject({
    code: 'archive_too_many_entries',
  })
  expect(await api.context.store.list('uploads/')[Symbol.asyncIterator]().next()).toMatchObject({
    done: true,
  })
})
