import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from './open-store.ts'

test.each([
  '',
  'file:',
  '/var/graft',
  's3:',
  's3://',
  's3:///prefix',
  's3://Bucket',
  's3://bucket_1',
  's3://-bucket',
  'S3://bucket',
  'gs://bucket',
  'https://example.org/bucket',
])('%j names no object store', async (location) => {
  await expect(openStore(location, {})).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('s3://bucket/prefix'),
  })
})

test.each(['s3://bucket/a//b', 's3://bucket/../b', 's3://bucket/a b'])('%j is refused', async (location) => {
  await expect(openStore(location, {})).rejects.toMatchObject({ code: 'path_unsafe' })
})

test.each(['localhost:7070', '127.0.0.1:7070', 'ftp://127.0.0.1', 'nonsense'])(
  'the endpoint %j is refused',
  async (endpoint) => {
    await expect(openStore('s3://bucket', { GRAFT_S3_ENDPOINT: endpoint })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('GRAFT_S3_ENDPOINT'),
    })
  },
)

test('file: takes an absolute and a relative path, and makes the folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-open-'))
  const store = await openStore(`file:${folder}/new/store`)
  await store.put('a', Buffer.from('x'))
  expect(existsSync(join(folder, 'new/store/a'))).toBe(true)
  const same = await openStore(`file:${relative(process.cwd(), folder)}/new/store`)
  expect(await same.size('a')).toBe(1)
  rmSync(folder, { recursive: true })
})
