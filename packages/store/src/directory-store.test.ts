import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDirectoryStore } from './directory-store.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-directory-'))
afterAll(() => rmSync(root, { recursive: true }))

function ageHours(path: string, hours: number): void {
  const then = Date.now() / 1000 - hours * 3600
  utimesSync(path, then, then)
}

test('unfinished files are swept when they are older than any upload, and never listed', async () => {
  const store = await openDirectoryStore(root)
  await store.put('a/whole', Buffer.from('x'))
  for (const [name, hours] of Object.entries({ 'whole.00~': 25, 'whole.11~': 23, whole: 25 })) {
    writeFileSync(join(root, 'a', name), 'x')
    ageHours(join(root, 'a', name), hours)
  }
  const reopened = await openDirectoryStore(root)
  expect(readdirSync(join(root, 'a'))).toEqual(['whole', 'whole.11~'])
  const keys: string[] = []
  for await (const { key } of reopened.list('')) keys.push(key)
  expect(keys).toEqual(['a/whole'])
})

test('a refused put leaves no file behind', async () => {
  const store = await openDirectoryStore(root)
  await store.put('b/taken', Buffer.from('first'))
  await expect(store.put('b/taken', Buffer.from('second'), { ifAbsent: true })).rejects.toThrow()
  await expect(store.put('b/wrong', Buffer.from('x'), { sha256: '0'.repeat(64) })).rejects.toThrow()
  expect(readdirSync(join(root, 'b'))).toEqual(['taken'])
})

test('a file in the place of the directory is refused', async () => {
  const path = join(root, 'file')
  writeFileSync(path, 'x')
  await expect(openDirectoryStore(path)).rejects.toMatchObject({ code: 'store_unavailable' })
})
