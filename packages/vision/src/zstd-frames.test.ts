import { randomBytes } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expandZstd } from './zstd-frames.ts'

/** What pzstd puts before each frame: how long that is. */
function skippable(content: Uint8Array, nibble = 0): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a50 + nibble)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content])
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function expand(bytes: Uint8Array, size = 64 * 1024): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of expandZstd(pieces(bytes, size))) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('frames of any size, some of them skippable, that come in pieces of any size', async () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((content) => ({ content, packed: zstdCompressSync(content) })),
    fc.integer({ min: 1, max: 300_000 }).map((length) => {
      const content = Buffer.concat([randomBytes(length >> 2), Buffer.alloc(length, 'photo')])
      return { content, packed: zstdCompressSync(content) }
    }),
    fc
      .tuple(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 15 }))
      .map(([skipped, nibble]) => ({ content: new Uint8Array(), packed: skippable(skipped, nibble) })),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 8 }),
      fc.constantFrom(1, 7, 1000, 65_536),
      async (parts, size) => {
        const packed = Buffer.concat(parts.map((one) => one.packed))
        // Byte by byte only what is small.
        const piece = packed.length > 20_000 ? Math.max(size, 1000) : size
        expect((await expand(packed, piece)).equals(Buffer.concat(parts.map(({ content }) => content)))).toBe(
          true,
        )
      },
    ),
    { numRuns: 60 },
  )
})

test('a frame that is cut, in its head or later, and what is no frame', async () => {
  const whole = Buffer.concat([zstdCompressSync(Buffer.from('one')), zstdCompressSync(randomBytes(1000))])
  const first = zstdCompressSync(Buffer.from('one')).length
  for (const length of [3, first - 1, first + 1, first + 6, first + 20, whole.length - 1]) {
    await expect(expand(whole.subarray(0, length))).rejects.toThrow()
  }
  await expect(expand(skippable(Buffer.alloc(10)).subarray(0, 15))).rejects.toThrow('its last frame is cut')
  await expect(expand(Buffer.concat([whole, Buffer.from('and no frame')]))).rejects.toThrow()
})

test('more frames than are taken', async () => {
  const frame = skippable(new Uint8Array())
  await expand(Buffer.concat(Array.from({ length: 10_000 }, () => frame)))
  await expect(expand(Buffer.concat(Array.from({ length: 10_001 }, () => frame)))).rejects.toThrow(
    'more than 10000 zstd frames',
  )
})

test('who reads no further closes the source', async () => {
  let isClosed = false
  async function* source() {
    try {
      for (;;) yield zstdCompressSync(randomBytes(100_000))
    } finally {
      isClosed = true
    }
  }
  for await (const _ of expandZstd(source())) break
  expect(isClosed).toBe(true)
})

test('a fault of the source is thrown as it is', async () => {
  async function* source() {
    yield zstdCompressSync(randomBytes(1000)).subarray(0, 500)
    throw new Error('the network is gone')
  }
  const all = async () => {
    for await (const _ of expandZstd(source()));
  }
  await expect(all()).rejects.toThrow('the network is gone')
})
