import { DEFAULT_PROJECT } from '@graft/core/names'
import type { Database } from '@graft/db/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { startTestApi, type TestApi } from '../test-api.ts'
import { addVersion } from './add-version.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

async function uploaded(key: string) {
  const { sha256 } = await api.context.store.put(key, Buffer.from(`the bytes of ${key}`))
  return { key, sha256, type: 'tar' as const }
}
const isThere = async (key: string) => (await api.context.store.size(key)) !== undefined

/** As where the connection breaks between the commit and its answer. */
function losingAnswers({ db, ...context }: Context): Context {
  const lost = new Error('CONNECTION_CLOSED')
  const transaction: Database['transaction'] = async (work) => {
    await db.transaction(work)
    throw lost
  }
  return { ...context, db: Object.assign(Object.create(db), { transaction }) as Database }
}

test('an upload that may be a version stays, and sent again it is that version', async () => {
  const first = await uploaded('uploads/up_first')
  await expect(addVersion(losingAnswers(api.context), DEFAULT_PROJECT, 'lost', first)).rejects.toThrow(
    'CONNECTION_CLOSED',
  )
  expect(await isThere(first.key)).toBe(true)

  const again = { ...first, key: (await uploaded('uploads/up_again')).key }
  expect(await addVersion(api.context, DEFAULT_PROJECT, 'lost', again)).toMatchObject({
    number: 1,
    archiveKey: first.key,
  })
  expect([await isThere(first.key), await isThere(again.key)]).toEqual([true, false])
})

test('an upload that has become no version is deleted', async () => {
  const upload = await uploaded('uploads/up_refused')
  const refuse = () => Promise.reject(new Error('refused'))
  await expect(addVersion(api.context, DEFAULT_PROJECT, 'refused', upload, refuse)).rejects.toThrow('refused')
  expect(await isThere(upload.key)).toBe(false)
})
