import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tarOf, zipOf } from '../fixtures/archives.ts'
import { sniffArchive } from './archive.ts'

const tar = await tarOf([{ name: 'cat/1.jpg', data: 'one' }])

test.each([
  ['zip', zipOf([{ name: 'cat/1.jpg' }])],
  ['zip', zipOf([])],
  ['tar', tar],
  ['tar.gz', gzipSync(tar)],
])('%s is known by its first bytes', (type, bytes) => {
  expect(sniffArchive(bytes)).toBe(type)
})

test.each([
  ['nothing', ''],
  ['text', 'cat/1.jpg\n'.repeat(99)],
  ['rar', 'Rar!\x1a\x07\x01'],
  ['7z', '7z\xbc\xaf\x27\x1c'],
  ['JPEG', '\xff\xd8\xff\xe0'],
])('%s is no archive that Graft reads', (_name, text) => {
  expect(sniffArchive(Buffer.from(text, 'latin1'))).toBeUndefined()
})
