import { hash } from 'node:crypto'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { blobs, storedBytes } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { noteStored } from '../datasets/blobs.ts'
import { problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { openRoom, platformBytes } from './stored-bytes.ts'

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
    await other.context.db.insert(blobs).values({ sha256, isStored: true, bytes: 77 })
    vi.stubEnv('GRAFT_MAX_STORED_BYTES', '1')
    for (const [method, path] of [
      ['PUT', '/v1/datasets/full/archive'],
      ['POST', '/v1/datasets/full/imports'],
      ['POST', '/v1/uploads'],
      ['POST', '/v1/blobs/missing'],
      ['PUT', `/v1/blobs/${sha256}`],
    ] as const) {
      const refused = await problemOf(await other.ask(path, { method }))
      expect(refused).toMatchObject({ status: 507, code: 'store_full' })
      // What all projects hold together is no project's to know.
      expect(refused.detail).not.toContain('77')
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

test('what is counted is the sum of all blobs, whoever writes, rolls back or adds up at the same time', async () => {
  const { db } = api.context
  const nameOf = (index: number) => hash('sha256', `counted ${index}`)
  const write = async (index: number) => {
    const sha256 = nameOf(index)
    await noteStored(db, DEFAULT_PROJECT, [{ sha256, bytes: index }])
    if (index % 5 === 0) await db.update(blobs).set({ isStored: false }).where(eq(blobs.sha256, sha256))
    if (index % 10 === 0) await db.delete(blobs).where(eq(blobs.sha256, sha256))
    if (index % 7 === 0) {
      const failed = db.transaction(async (tx) => {
        await tx.update(blobs).set({ bytes: 1e9 }).where(eq(blobs.sha256, sha256))
        throw new Error('rolled back')
      })
      await expect(failed).rejects.toThrow('rolled back')
    }
    if (index % 100 === 0) await platformBytes(db)
  }
  await Promise.all(Array.from({ length: 2000 }, (_, index) => write(index + 1)))
  await Promise.all([platformBytes(db), platformBytes(db)])
  const [sum] = await db
    .select({ bytes: sql<number>`sum(${blobs.bytes})::float8` })
    .from(blobs)
    .where(eq(blobs.isStored, true))
  expect(sum?.bytes).toBeGreaterThan(1_000_000)
  expect(await platformBytes(db)).toBe(sum?.bytes)
  expect((await db.select().from(storedBytes)).length).toBeLessThan(1001)
})
