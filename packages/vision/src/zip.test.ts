import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ZipPart, zipOf } from '../fixtures/archives.ts'
import { readArchive } from './archive.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-zip-'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const code = (name: string) => expect.objectContaining({ code: name })
async function open(zip: Buffer) {
  const path = join(folder, 'upload')
  await writeFile(path, zip)
  return readArchive('zip', path)
}
/** Each entry as `path: content` or `path: code`. */
async function read(parts: ZipPart[] | Buffer): Promise<string[]> {
  const lines: string[] = []
  for await (const entry of await open(Buffer.isBuffer(parts) ? parts : zipOf(parts))) {
    lines.push(`${entry.path}: ${entry.error ? entry.error.code : (await entry.bytes()).toString()}`)
  }
  return lines
}

describe('the entries of a zip', () => {
  test('deflated and stored files, in order, without folders and leftovers', async () => {
    expect(
      await read([
        { name: 'cat/', mode: 0o040755 },
        { name: 'cat/1.jpg', data: 'one' },
        { name: '__MACOSX/cat/._1.jpg', data: 'junk' },
        { name: 'cat/.DS_Store', data: 'junk' },
        { name: './dog/2.jpg', data: 'two', stored: true },
        { name: 'dog/empty.jpg' },
      ]),
    ).toEqual(['cat/1.jpg: one', 'dog/2.jpg: two', 'dog/empty.jpg: '])
  })

  test('none', async () => {
    expect(await read([])).toEqual([])
  })

  test('are only read when asked for', async () => {
    const paths: string[] = []
    const broken = { name: 'cat/1.jpg', data: 'one', claims: { crc: 1 } }
    for await (const entry of await open(zipOf([broken, { name: 'cat/2.jpg' }]))) paths.push(entry.path)
    expect(paths).toEqual(['cat/1.jpg', 'cat/2.jpg'])
  })

  test('names without the UTF-8 flag are in code page 437', async () => {
    const zip = zipOf([{ name: 'k?se/1.jpg', claims: { flags: 0 } }])
    for (let at = zip.indexOf('?'); at >= 0; at = zip.indexOf('?')) zip[at] = 0x84
    expect(await read(zip)).toEqual(['käse/1.jpg: '])
  })
})

describe('one entry is refused and the rest goes on', () => {
  const good = { name: 'cat/1.jpg', data: 'one' }

  test.each([
    '../evil.jpg',
    '/etc/passwd',
    'C:/evil.jpg',
    'cat\\1.jpg',
    'cat//1.jpg',
    'a\0.jpg',
    'cat/\u202egpj',
  ])('the path %j', async (name) => {
    const lines = await read([{ name, data: 'evil' }, good])
    expect(lines).toEqual([expect.stringMatching(/: path_unsafe$/), 'cat/1.jpg: one'])
  })

  test.each([
    ['a symbolic link', 0o120777],
    ['a device', 0o060644],
    ['a pipe', 0o010644],
  ])('%s', async (_name, mode) => {
    expect(await read([{ name: 'cat/2.jpg', data: '/etc/passwd', mode }, good])).toEqual([
      'cat/2.jpg: entry_not_a_file',
      'cat/1.jpg: one',
    ])
  })

  test('a file larger than an image may be', async () => {
    vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', '3')
    expect(await read([{ name: 'cat/2.jpg', data: 'four' }, good])).toEqual([
      'cat/2.jpg: image_too_large',
      'cat/1.jpg: one',
    ])
  })

  test('a path of too many bytes', async () => {
    vi.stubEnv('GRAFT_MAX_PATH_BYTES', '9')
    expect(await read([{ name: 'cat/10.jpg' }, good])).toEqual(['cat/10.jpg: path_unsafe', 'cat/1.jpg: one'])
  })
})

describe('the whole zip is refused', () => {
  const good = { name: 'cat/1.jpg', data: 'one two three four five six' }

  test.each([
    ['text', Buffer.from('not a zip at all')],
    ['nothing', Buffer.alloc(0)],
    ['a directory that points nowhere', zipOf([{ ...good, claims: { offset: 1_000_000 } }])],
    ['fewer entries than claimed', zipOf([good], { entryCount: 2 })],
    ['a method that nobody has', zipOf([{ ...good, claims: { method: 97 } }])],
    ['data that is no deflate stream', zipOf([{ ...good, stored: true, claims: { method: 8 } }])],
    ['a file longer than claimed', zipOf([{ ...good, claims: { size: 5 } }])],
    ['a file shorter than claimed', zipOf([{ ...good, claims: { size: 500 } }])],
  ])('%s', async (_name, zip) => {
    await expect(read(zip)).rejects.toThrow(code('archive_unreadable'))
  })

  test('wherever it was cut', async () => {
    const zip = zipOf([good, { ...good, name: 'cat/2.jpg' }])
    for (let length = 0; length < zip.length; length += 7) {
      await expect(read(zip.subarray(0, length))).rejects.toThrow(code('archive_unreadable'))
    }
  })

  test.each([
    ['encrypted', 0x801],
    ['strongly encrypted', 0x841],
  ])('%s', async (_name, flags) => {
    await expect(read([{ ...good, claims: { flags } }])).rejects.toThrow(code('archive_encrypted'))
  })

  test('a wrong checksum', async () => {
    await expect(read([{ ...good, claims: { crc: 1 } }])).rejects.toThrow(code('archive_checksum_mismatch'))
  })

  test('a fault of the archive ends the iteration, even when the caller swallows it', async () => {
    const entries = await open(zipOf([{ ...good, claims: { crc: 1 } }, good]))
    const swallow = async () => {
      for await (const entry of entries) await entry.bytes?.().catch(() => undefined)
    }
    await expect(swallow()).rejects.toThrow(code('archive_checksum_mismatch'))
  })

  test('too many entries, folders among them', async () => {
    vi.stubEnv('GRAFT_MAX_ARCHIVE_ENTRIES', '2')
    const folderEntry = { name: 'cat/', mode: 0o040755 }
    expect(await read([folderEntry, good])).toHaveLength(1)
    await expect(read([folderEntry, good, good])).rejects.toThrow(code('archive_too_many_entries'))
  })

  test('too many bytes together', async () => {
    vi.stubEnv('GRAFT_MAX_EXPANDED_BYTES', '8')
    const parts = [1, 2].map((number) => ({ name: `cat/${number}.jpg`, data: 'four' }))
    expect(await read(parts)).toHaveLength(2)
    await expect(read([...parts, { name: 'cat/3.jpg', data: '!' }])).rejects.toThrow(code('archive_bomb'))
  })

  test('a file of 2 MiB that hides in 2 KiB, before it is expanded; a smaller one passes', async () => {
    const bomb = (bytes: number) => [{ name: 'cat/1.jpg', data: Buffer.alloc(bytes) }]
    expect(await read(bomb(2 ** 20))).toHaveLength(1)
    await expect(read(bomb(2 ** 21))).rejects.toThrow(code('archive_bomb'))
    vi.stubEnv('GRAFT_MAX_ARCHIVE_RATIO', '5000')
    expect(await read(bomb(2 ** 21))).toHaveLength(1)
  })

  test('entries that share their bytes', async () => {
    const overlapping = Array.from({ length: 20 }, (_, at) => ({
      ...good,
      name: `cat/${at}.jpg`,
      data: at === 0 ? 'x'.repeat(999) : '',
      stored: true,
      claims: { offset: 0, size: 999, packedSize: 999, crc: crc32('x'.repeat(999)) },
    }))
    await expect(read(overlapping)).rejects.toThrow(code('archive_bomb'))
  })

  test('a file that is not there is the system’s fault and not the archive’s', async () => {
    const entries = readArchive('zip', join(folder, 'missing'))
    await expect(entries[Symbol.asyncIterator]().next()).rejects.toThrow(code('ENOENT'))
  })
})
