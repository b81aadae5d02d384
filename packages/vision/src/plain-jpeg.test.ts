import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test, vi } from 'vitest'
import { noise } from '../fixtures/noise.ts'
import { decodePlainJpeg, isPlainJpeg } from './plain-jpeg.ts'

const PHOTOS = join(import.meta.dirname, '../../../examples/recycling/test/glass')
const photo = await readFile(join(PHOTOS, (await readdir(PHOTOS)).sort()[0]!))
const pixels = async (bytes: Buffer) => await sharp(bytes).toColourspace('srgb').raw().toBuffer()

function noisy(width: number, height: number): Sharp {
  return sharp(noise(width, height).data, { raw: { width, height, channels: 3 } })
}

describe('what is plain is decoded as sharp decodes it, to the bit', () => {
  test('the photos of the example', async () => {
    const names = (await readdir(PHOTOS)).sort()
    const photos = await Promise.all(names.map((name) => readFile(join(PHOTOS, name))))
    for (const bytes of photos) {
      const decoded = decodePlainJpeg(bytes)
      expect(Buffer.from(decoded!.data).equals(await pixels(bytes))).toBe(true)
    }
    expect(photos.length).toBeGreaterThan(10)
  })

  test.each([
    [1, 1],
    [7, 5],
    [8, 8],
    [17, 33],
    [320, 320],
    [102_400 / 50, 50],
  ])('%i x %i, in each subsampling and quality', async (width, height) => {
    for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
      for (const quality of [1, 60, 100]) {
        const bytes = await noisy(width, height).jpeg({ quality, chromaSubsampling }).toBuffer()
        if (bytes.length > 128 * 1024) continue
        const decoded = decodePlainJpeg(bytes)
        expect([decoded?.width, decoded?.height]).toEqual([width, height])
        expect(Buffer.from(decoded!.data).equals(await pixels(bytes))).toBe(true)
      }
    }
  })

  test('grey', async () => {
    const bytes = await noisy(40, 30).toColourspace('b-w').jpeg().toBuffer()
    expect((await sharp(bytes).metadata()).channels).toBe(1)
    expect(Buffer.from(decodePlainJpeg(bytes)!.data).equals(await pixels(bytes))).toBe(true)
  })

  test('a view into a larger buffer', () => {
    const padded = new Uint8Array(photo.length + 20)
    padded.set(photo, 10)
    expect(decodePlainJpeg(padded.subarray(10, 10 + photo.length))).toEqual(decodePlainJpeg(photo))
  })
})

describe('the rest is left to sharp', () => {
  test.each([
    ['progressive', () => noisy(64, 64).jpeg({ progressive: true })],
    ['four colours', () => noisy(64, 64).toColourspace('cmyk').jpeg()],
    ['an orientation', () => noisy(64, 64).jpeg().withMetadata({ orientation: 6 })],
    ['a colour profile', () => noisy(64, 64).jpeg().withIccProfile('p3')],
    ['many pixels', () => noisy(321, 320).jpeg({ quality: 1 })],
    ['many bytes', () => noisy(320, 320).jpeg({ quality: 100 })],
    ['a PNG', () => noisy(64, 64).png()],
  ])('%s', async (_, make) => {
    const bytes = await make().toBuffer()
    expect([isPlainJpeg(bytes), decodePlainJpeg(bytes)]).toEqual([false, undefined])
  })

  test('more pixels than are allowed', () => {
    vi.stubEnv('GRAFT_MAX_IMAGE_PIXELS', '60000')
    expect(decodePlainJpeg(photo)).toBeUndefined()
    vi.unstubAllEnvs()
    expect(decodePlainJpeg(photo, 224 * 299 - 1)).toBeUndefined()
    expect(decodePlainJpeg(photo, 224 * 299)).toBeDefined()
  })

  test.each([0, 1, 3, 20, 160, 500])('cut after %i bytes', (length) => {
    expect(decodePlainJpeg(photo.subarray(0, length))).toBeUndefined()
  })

  test('cut in its last bytes, which would be grey', () => {
    const cut = photo.subarray(0, photo.length - 200)
    expect([isPlainJpeg(cut), decodePlainJpeg(cut)]).toEqual([true, undefined])
  })

  test('thousands of scans, of one colour or of all, in the time of one', async () => {
    const plain = await noisy(1, 65_500).jpeg({ quality: 1, chromaSubsampling: '4:4:4' }).toBuffer()
    const scan = plain.indexOf(Buffer.from([0xff, 0xda]))
    const head = plain.subarray(0, scan)
    const one = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0])
    const all = plain.subarray(scan, scan + 14)
    for (const empty of [one, all]) {
      const many = Array.from({ length: Math.floor((128 * 1024 - head.length) / empty.length) }, () => empty)
      const begun = performance.now()
      expect(decodePlainJpeg(Buffer.concat([head, ...many]))).toBeUndefined()
      expect(performance.now() - begun).toBeLessThan(1000)
    }
  })

  test('a table that no decoder can go on from, a thousand times, and the next one is decoded', () => {
    const broken = Buffer.from(photo)
    const table = broken.indexOf(Buffer.from([0xff, 0xc4]))
    broken.fill(0xff, table + 5, table + 21)
    expect(isPlainJpeg(broken)).toBe(true)
    const before = process.memoryUsage().rss
    for (let times = 0; times < 1000; times += 1) expect(decodePlainJpeg(broken)).toBeUndefined()
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2)
    expect(decodePlainJpeg(photo)).toBeDefined()
  })
})
