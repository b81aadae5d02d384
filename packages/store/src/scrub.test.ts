import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { blobKey } from './object-store.ts'
import { openStore } from './open-store.ts'
import { scrub } from './scrub.ts'

const folder = mkdtempSync(join(tmpdir(), 'graft-scrub-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a flipped bit and a cut file are reported, and everything stays where it is', async () => {
  const store = await openStore(`file:${folder}`)
  const keys: string[] = []
  for (const text of ['one', 'two', 'three', '']) {
    const key = blobKey(createHash('sha256').update(text).digest('hex'))
    await store.put(key, Buffer.from(text))
    keys.push(key)
  }
  await store.put('models/other', Buffer.from('is named by no hash'))
  expect(await scrub(store)).toEqual({ blobs: 4, bytes: 11, damaged: [] })

  const [flipped, cut] = keys as [string, string]
  writeFileSync(join(folder, flipped), 'onf')
  truncateSync(join(folder, cut), 1)
  let bytes = 0
  const { blobs, damaged } = await scrub(store, (count) => {
    bytes += count
  })
  expect(blobs).toBe(4)
  expect(bytes).toBe(9)
  expect(damaged.map(({ key, found }) => [key, found]).sort()).toEqual(
    [
      [flipped, createHash('sha256').update('onf').digest('hex')],
      [cut, createHash('sha256').update('t').digest('hex')],
    ].sort(),
  )
  expect(await store.read(flipped)).toEqual(Buffer.from('onf'))
  await store.close()
})
