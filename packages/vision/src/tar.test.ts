import { Readable } from 'node:stream'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type TarPart, tarOf } from '../fixtures/archives.ts'
import { readArchive } from './archive.ts'

afterEach(() => vi.unstubAllEnvs())

const code = (name: string) => expect.objectContaining({ code: name })
const pieces = (bytes: Buffer, size = 1000) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    ),
  )
type TarType = 'tar' | 'tar.gz' | 'tar.zst'
/** As zstd's own command writes it, with a checksum. */
const zstd = (bytes: Uint8Array) =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
const PACK = { tar: (bytes: Buffer) => bytes, 'tar.gz': (bytes: Buffer) => gzipSync(bytes), 'tar.zst': zstd }

/** Each entry as `path: content` or `path: code`. */
async function readBytes(bytes: Buffer, type: TarType = 'tar'): Promise<string[]> {
  const lines: string[] = []
  for await (const entry of readArchive(type, pieces(bytes))) {
    lines.push(`${entry.path}: ${entry.error ? entry.error.code : (await entry.bytes()).toString()}`)
  }
  return lines
}
const read = async (parts: TarPart[], type: TarType = 'tar') => {
  const tar = await tarOf(parts)
  return readBytes(PACK[type](tar), type)
}
const good = { name: 'cat/1.jpg', data: 'one' }

describe.each(['tar', 'tar.gz', 'tar.zst'] as const)('the entries of a %s', (type) => {
  test('files in order, without folders and leftovers', async () => {
    const parts: TarPart[] = [
      { name: './', type: 'directory' },
      { name: './cat/', type: 'directory' },
      { name: './cat/1.jpg', data: 'one' },
      { name: './cat/._1.jpg', data: 'junk' },
      { name: 'dog/2.jpg', data: 'x'.repeat(5000) },
      { name: 'dog/empty.jpg' },
      { name: `${'long/'.repeat(60)}käse.jpg`, data: 'three' },
    ]
    expect(await read(parts, type)).toEqual([
      'cat/1.jpg: one',
      `dog/2.jpg: ${'x'.repeat(5000)}`,
      'dog/empty.jpg: ',
      `${'long/'.repeat(60)}käse.jpg: three`,
    ])
  })

  test('are passed over when nobody asks for them', async () => {
    const tar = await tarOf([{ name: 'cat/1.jpg', data: 'x'.repeat(100_000) }, { name: 'cat/2.jpg' }])
    const paths: string[] = []
    for await (const { path } of readArchive(type, pieces(PACK[type](tar)))) paths.push(path)
    expect(paths).toEqual(['cat/1.jpg', 'cat/2.jpg'])
  })

  test('one of them is enough: the source is let go', async () => {
    const tar = await tarOf([{ name: 'cat/1.jpg', data: noise(1_000_000) }, good])
    const source = pieces(PACK[type](tar))
    for await (const _ of readArchive(type, source)) break
    await vi.waitFor(() => expect(source.destroyed).toBe(true))
  })

  test('memory holds one entry: the source is not read ahead', async () => {
    const tar = await tarOf(
      Array.from({ length: 40 }, (_, at) => ({ name: `cat/${at}.jpg`, data: noise(50_000) })),
    )
    const bytes = PACK[type](tar)
    let taken = 0
    async function* counting() {
      for await (const chunk of pieces(bytes)) {
        taken += chunk.length
        yield chunk
      }
    }
    let passed = 0
    for await (const entry of readArchive(type, counting())) {
      passed += (await entry.bytes?.())?.length ?? 0
      expect(taken - passed).toBeLessThan(300_000)
    }
    expect(passed).toBe(40 * 50_000)
  })

  test('an error of the source stays what it is', async () => {
    const tar = await tarOf([good, good])
    async function* failing() {
      yield PACK[type](tar).subarray(0, 20)
      throw new RangeError('the network is down')
    }
    await expect(readArchive(type, failing())[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError)
  })
})

describe('one entry is refused and the rest goes on', () => {
  test.each(['../evil.jpg', '/etc/passwd', 'cat\\1.jpg', 'cat/./1.jpg', 'cat/\u202egpj', 'nul'])(
    'the path %j',
    async (name) => {
      const lines = await read([{ name, data: 'evil' }, good])
      expect(lines).toEqual([expect.stringMatching(/: path_unsafe$/), 'cat/1.jpg: one'])
    },
  )

  test.each([
    { type: 'symlink', linkname: '/etc/passwd' },
    { type: 'link', linkname: 'cat/1.jpg' },
    { type: 'character-device' },
    { type: 'block-device' },
    { type: 'fifo' },
  ] as const)('$type', async (header) => {
    expect(await read([{ name: 'cat/2.jpg', ...header }, good])).toEqual([
      'cat/2.jpg: entry_not_a_file',
      'cat/1.jpg: one',
    ])
  })

  test('a file larger than an image may be, without being read', async () => {
    vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', '3')
    expect(await read([{ name: 'cat/2.jpg', data: 'x'.repeat(50_000) }, good])).toEqual([
      'cat/2.jpg: image_too_large',
      'cat/1.jpg: one',
    ])
  })

  test('a path of too many bytes', async () => {
    vi.stubEnv('GRAFT_MAX_PATH_BYTES', '300')
    const long = 'x'.repeat(301)
    expect(await read([{ name: long }, good])).toEqual([
      `${long.slice(0, 200)}: path_unsafe`,
      'cat/1.jpg: one',
    ])
  })
})

describe('the whole tar is refused', () => {
  test.each([
    ['text', 'tar', Buffer.from('no archive '.repeat(99))],
    ['nothing', 'tar', Buffer.alloc(0)],
    ['a gzip of text', 'tar.gz', gzipSync('no archive '.repeat(99))],
    ['a gzip of nothing', 'tar.gz', gzipSync('')],
    ['a zstd of text', 'tar.zst', zstd(Buffer.from('no archive '.repeat(99)))],
    ['a zstd of nothing', 'tar.zst', zstd(Buffer.alloc(0))],
    ['a zstd that is none', 'tar.zst', Buffer.from('\x28\xb5\x2f\xfd no zstd', 'latin1')],
    ['a zstd that asks for 2 GiB of memory', 'tar.zst', Buffer.from('28b52ffd04a8000000', 'hex')],
    ['a gzip that is none', 'tar.gz', Buffer.from('\x1f\x8b\x08 no gzip', 'latin1')],
  ] as const)('%s', async (_name, type, bytes) => {
    await expect(readBytes(bytes, type)).rejects.toThrow(code('archive_unreadable'))
  })

  test('wherever it was cut, between two entries too', async () => {
    const tar = await tarOf([good, { name: 'cat/2.jpg', data: 'x'.repeat(700) }])
    for (const length of [100, 512, 600, 1024, 1536, 1800, 2048, 2560]) {
      await expect(readBytes(tar.subarray(0, length))).rejects.toThrow(code('archive_unreadable'))
    }
    for (const type of ['tar.gz', 'tar.zst'] as const) {
      const packed = PACK[type](tar)
      for (let length = 0; length < packed.length; length += 9) {
        await expect(readBytes(packed.subarray(0, length), type)).rejects.toThrow(code('archive_unreadable'))
      }
    }
  })

  test('a header whose checksum is wrong', async () => {
    const tar = await tarOf([good, { name: 'cat/2.jpg' }])
    tar[1024]! ^= 1
    await expect(readBytes(tar)).rejects.toThrow(code('archive_unreadable'))
  })

  test.each(['tar.gz', 'tar.zst'] as const)('a %s whose checksum is wrong', async (type) => {
    const packed = PACK[type](await tarOf([good]))
    // Behind a gzip's checksum stands its length, of four bytes.
    packed[packed.length - (type === 'tar.gz' ? 5 : 1)]! ^= 1
    await expect(readBytes(packed, type)).rejects.toThrow(code('archive_unreadable'))
  })

  test('a zstd of several frames that ends with one of them, before the tar does', async () => {
    const tar = await tarOf([good, { name: 'cat/2.jpg', data: 'two' }])
    const frames = [zstd(tar.subarray(0, 700)), zstd(tar.subarray(700))]
    expect(await readBytes(Buffer.concat(frames), 'tar.zst')).toEqual(['cat/1.jpg: one', 'cat/2.jpg: two'])
    await expect(readBytes(frames[0]!, 'tar.zst')).rejects.toThrow(code('archive_unreadable'))
  })

  test('too many entries, folders among them', async () => {
    vi.stubEnv('GRAFT_MAX_ARCHIVE_ENTRIES', '2')
    const folder: TarPart = { name: 'cat/', type: 'directory' }
    expect(await read([folder, good])).toHaveLength(1)
    await expect(read([folder, good, good])).rejects.toThrow(code('archive_too_many_entries'))
  })

  test('too many bytes together', async () => {
    vi.stubEnv('GRAFT_MAX_EXPANDED_BYTES', '6')
    expect(await read([good, good])).toHaveLength(2)
    await expect(read([good, good, good])).rejects.toThrow(code('archive_bomb'))
    vi.stubEnv('GRAFT_MAX_EXPANDED_BYTES', '5000')
    await expect(read([{ name: 'a', data: 'x'.repeat(6000) }], 'tar.gz')).rejects.toThrow(
      code('archive_bomb'),
    )
  })

  test('a pax header of more than 4 MiB', async () => {
    const pax = { comment: 'x'.repeat(5 * 2 ** 20) }
    await expect(read([{ ...good, pax }])).rejects.toThrow(code('archive_unreadable'))
  })

  describe.each(['tar.gz', 'tar.zst'] as const)('a bomb as %s', (type) => {
    test.each([
      ['in one file', [{ name: 'cat/1.jpg', data: Buffer.alloc(30 * 2 ** 20) }]],
      ['in a file that is passed over', [{ name: 'cat/.hidden', data: Buffer.alloc(30 * 2 ** 20) }]],
    ])('%s, early', async (_name, parts) => {
      const bomb = PACK[type](await tarOf([...parts, { name: 'cat/random', data: noise(200_000) }]))
      let taken = 0
      async function* counting() {
        for await (const chunk of pieces(bomb)) {
          taken += chunk.length
          yield chunk
        }
      }
      const drain = async () => {
        for await (const entry of readArchive(type, counting())) await entry.bytes?.()
      }
      await expect(drain()).rejects.toThrow(code('archive_bomb'))
      expect(taken).toBeLessThan(bomb.length / 2)
      vi.stubEnv('GRAFT_MAX_ARCHIVE_RATIO', '50000')
      await expect(drain()).resolves.toBeUndefined()
    })

    test('of zero blocks without end', async () => {
      const bomb = PACK[type](Buffer.alloc(30 * 2 ** 20))
      await expect(readBytes(bomb, type)).rejects.toThrow(code('archive_bomb'))
    })
  })
})

/** Bytes that gzip cannot shrink (a linear congruential generator's high bytes). */
function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
}
