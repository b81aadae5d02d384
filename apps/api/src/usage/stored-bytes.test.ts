import { hash } from 'node:crypto'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { blobs } from '@graft/db/schema'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { openRoom } from './stored-bytes.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())
afterEach(() => vi.unstubAllEnvs())

const put = async (text: string) => {
  const headers = { 'content-type': 'application/octet-stream' }
  return await api.ask(`/v1/blobs/${hash('sha256', text)}`, { method: 'PUT', headers, body: text })
}

test('what would bring more bytes is refused past the quota, and reading goes on', async () => {
  expect((await put('twelve bytes')).status).toBe(201)
  vi.stubEnv('GRAFT_MAX_STORED_BYTES', '12')
  // The sum is believed for a while: another process finds it at once.
  await expect(openRoom(api.context.db).require(DEFAULT_PROJECT)).rejects.toMatchObject({
    code: 'store_full',
  })
  vi.stubEnv('GRAFT_MAX_STORED_BYTES', '13')
  await openRoom(api.context.db).require(DEFAULT_PROJECT)
})

test('uploads of every kind hear of it', async () => {
  const other = await startTestApi()
  try {
    const sha256 = hash('sha256', 'x')
    await other.context.db.insert(blobs).values({ sha256, isStored: true, bytes: 1 })
    vi.stubEnv('GRAFT_MAX_STORED_BYTES', '1')
    for (const [method, path] of [
      ['PUT', '/v1/datasets/full/archive'],
      ['POST', '/v1/uploads'],
      ['POST', '/v1/blobs/missing'],
      ['PUT', `/v1/blobs/${sha256}`],
    ] as const) {
      const refused = await problemOf(await other.ask(path, { method }))
      expect(refused).toMatchObject({ status: 507, code: 'store_full' })
    }
    await expect(
      other.context.serving.captures.storeImages(DEFAULT_PROJECT, [Buffer.from('y')]),
    ).rejects.toMatchObject({
      code: 'store_full',
    })
    expect((await other.ask('/v1/datasets')).status).toBe(200)
  } finally {
    await other.close()
  }
})
