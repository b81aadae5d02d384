import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { isGraftError } from '@graft/core/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tarOf, zipOf } from '../fixtures/archives.ts'
import { readArchive, sniffArchive } from './archive.ts'

const tar = await tarOf([{ name: 'cat/1.jpg', data: 'one' }])

test.each([
  ['zip', zipOf([{ name: 'cat/1.jpg' }])],
  ['zip', zipOf([])],
  ['tar', tar],
  ['tar.gz', gzipSync(tar)],
  ['tar.zst', zstdCompressSync(tar)],
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

const parts = ['cat/1.jpg', 'cat/2.jpg', 'dog/3.jpg'].map((name) => ({ name, data: name.repeat(50) }))
const whole = { zip: zipOf(parts), tar: await tarOf(parts), 'tar.gz': gzipSync(await tarOf(parts)) }

test.each(['zip', 'tar', 'tar.gz'] as const)(
  'a %s with any of its bytes changed is read or refused',
  async (type) => {
    const folder = await mkdtemp(join(tmpdir(), 'graft-archive-'))
    const file = join(folder, 'upload')
    const change = fc.record({
      at: fc.nat(whole[type].length - 1),
      byte: fc.constantFrom(0, 1, 0x2f, 0x7f, 0x80, 0xff),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(whole[type])
        for (const { at, byte } of changes) bytes[at] = byte
        await writeFile(file, bytes)
        try {
          for await (const entry of readArchive(type, type === 'zip' ? file : Readable.from([bytes]))) {
            await entry.bytes?.()
          }
        } catch (error) {
          if (!isGraftError(error) || !error.code.startsWith('archive_')) throw error
        }
      }),
      { seed: 1, numRuns: 300 },
    )
    await rm(folder, { recursive: true })
  },
)
