import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { decodeImage, inspectImage, makeThumbnail } from './decode.ts'

const PHOTOS = join(import.meta.dirname, '../../../examples/recycling/test/glass')
const photo = await readFile(join(PHOTOS, (await readdir(PHOTOS)).sort()[0]!))

/** 8 x 6: the left half of one colour, the right half of another. */
const halves = (left: string, right: string) =>
  sharp({ create: { width: 4, height: 6, channels: 4, background: left } }).extend({
    right: 4,
    background: right,
  })
const redBlue = () => halves('#f00', '#00f').removeAlpha()
const pixel = ({ data, width }: { data: Uint8Array; width: number }, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
]
const code = (name: string) => expect.objectContaining({ code: name })

afterEach(() => vi.unstubAllEnvs())

describe('what is decoded', () => {
  test('a thumbnail is a small WebP, turned as EXIF says, and never larger than the image', async () => {
    const large = await sharp(photo)
      .resize(800, 600, { fit: 'fill' })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer()
    expect(await inspectImage(await makeThumbnail(large))).toMatchObject({
      type: 'webp',
      width: 192,
      height: 256,
    })
    const small = await halves('#f00', '#00f').png().toBuffer()
    expect(await inspectImage(await makeThumbnail(small))).toMatchObject({
      type: 'webp',
      width: 8,
      height: 6,
    })
  })

  test.each(['jpeg', 'png', 'webp', 'gif'] as const)('a photo as %s', async (type) => {
    const bytes = await sharp(photo).toFormat(type).toBuffer()
    expect(await inspectImage(bytes)).toMatchObject({ type, width: 224, height: 299 })
    const pixels = await decodeImage(bytes)
    expect([pixels.width, pixels.height, pixels.data.length]).toEqual([224, 299, 224 * 299 * 3])
  })

  test('a view into a larger buffer', async () => {
    const padded = new Uint8Array(photo.length + 20)
    padded.set(photo, 10)
    const view = padded.subarray(10, 10 + photo.length)
    expect((await decodeImage(view)).data).toEqual((await decodeImage(photo)).data)
  })

  // EXIF 6: the camera was held so that the stored image must be turned clockwise to stand upright.
  test('EXIF orientation is obeyed, in the size and in the pixels', async () => {
    const bytes = await redBlue().withMetadata({ orientation: 6 }).png().toBuffer()
    expect(await inspectImage(bytes)).toMatchObject({ width: 6, height: 8 })
    const pixels = await decodeImage(bytes)
    expect([pixels.width, pixels.height]).toEqual([6, 8])
    expect([pixel(pixels, 3, 0), pixel(pixels, 3, 7)]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ])
  })

  test('transparency lies on white', async () => {
    const pixels = await decodeImage(await halves('#ff000080', '#0000').png().toBuffer())
    expect(pixel(pixels, 7, 0)).toEqual([255, 255, 255])
    expect(pixel(pixels, 0, 0)).toEqual([255, 127, 127])
  })

  test.each([
    ['palette', () => redBlue().png({ palette: true })],
    ['16 bits', () => redBlue().toColourspace('rgb16').png()],
  ])('%s', async (_name, make) => {
    const pixels = await decodeImage(await make().toBuffer())
    expect([pixel(pixels, 0, 0), pixel(pixels, 7, 5)]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ])
  })

  test.each([
    ['grey', () => halves('#808080', '#202020').removeAlpha().toColourspace('b-w').png()],
    ['grey with transparency', () => halves('#808080', '#202020').toColourspace('b-w').png()],
    ['grey of 16 bits', () => halves('#808080', '#202020').removeAlpha().toColourspace('grey16').png()],
    [
      'grey JPEG',
      () => halves('#808080', '#202020').removeAlpha().toColourspace('b-w').jpeg({ quality: 100 }),
    ],
  ])('%s becomes three equal channels', async (_name, make) => {
    const pixels = await decodeImage(await make().toBuffer())
    expect([pixel(pixels, 0, 0), pixel(pixels, 7, 5)]).toEqual([
      [128, 128, 128],
      [32, 32, 32],
    ])
  })

  test('CMYK, as print shops send it, keeps its colours', async () => {
    const bytes = await redBlue()
      .toColourspace('cmyk')
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer()
    expect((await sharp(bytes).metadata()).space).toBe('cmyk')
    const pixels = await decodeImage(bytes)
    const [red, green, blue] = pixel(pixels, 0, 0) as [number, number, number]
    expect(red).toBeGreaterThan(180)
    expect(Math.max(green, blue)).toBeLessThan(80)
  })

  test('an embedded profile is obeyed: the same colour, written in Display P3, reads as sRGB', async () => {
    const colour = { create: { width: 2, height: 2, channels: 3 as const, background: '#c86432' } }
    const bytes = await sharp(colour).withIccProfile('p3').png().toBuffer()
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()
    const read = pixel(await decodeImage(bytes), 0, 0)
    expect([...stored.subarray(0, 3)]).not.toEqual([0xc8, 0x64, 0x32])
    for (const [channel, value] of [0xc8, 0x64, 0x32].entries()) {
      expect(Math.abs(read[channel]! - value)).toBeLessThanOrEqual(2)
    }
  })

  test.each(['gif', 'webp'] as const)('the first frame of an animated %s', async (type) => {
    const frames = await Promise.all(
      ['#f00', '#00f'].map((colour) => halves(colour, colour).png().toBuffer()),
    )
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(type, { lossless: true } as object)
      .toBuffer()
    expect(await inspectImage(bytes)).toMatchObject({ type, width: 8, height: 6 })
    expect(pixel(await decodeImage(bytes), 4, 3)).toEqual([255, 0, 0])
  })
})

describe.each([
  ['inspectImage', inspectImage],
  ['decodeImage', decodeImage],
])('what %s refuses', (_name, read) => {
  test('an empty file', async () => {
    await expect(read(new Uint8Array())).rejects.toThrow(code('image_empty'))
  })

  test.each([
    ['text', 'no image'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['PDF', '%PDF-1.7\n'],
    ['TIFF', 'II*\0'],
    ['PPM', 'P6 1 1 255 abc'],
  ])('%s', async (_type, text) => {
    await expect(read(Buffer.from(text))).rejects.toThrow(code('image_type_unsupported'))
  })

  test.each([
    ['nothing but a signature', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a signature before noise', Buffer.from(`\xff\xd8\xff${'noise'.repeat(99)}`, 'latin1')],
  ])('%s', async (_case, bytes) => {
    await expect(read(bytes)).rejects.toThrow(code('image_undecodable'))
  })

  test.each([
    ['jpeg', {}],
    ['jpeg', { progressive: true }],
    ['png', {}],
    ['png', { progressive: true }],
    ['webp', {}],
    ['webp', { lossless: true }],
    ['gif', {}],
  ] as const)('a %s %j that was cut anywhere', async (type, options) => {
    const bytes = await sharp(photo).toFormat(type, options).toBuffer()
    for (const part of [0.02, 0.3, 0.6, 0.9, 0.99]) {
      await expect(read(bytes.subarray(0, bytes.length * part))).rejects.toThrow(code('image_undecodable'))
    }
  })

  test('a damaged PNG', async () => {
    const bytes = await sharp(photo).png().toBuffer()
    bytes[bytes.length >> 1]! ^= 0x55
    await expect(read(bytes)).rejects.toThrow(code('image_undecodable'))
  })

  test('a file of too many bytes', async () => {
    vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', String(photo.length - 1))
    await expect(read(photo)).rejects.toThrow(code('image_too_large'))
    vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', String(photo.length))
    await expect(read(photo)).resolves.toBeDefined()
  })

  test('an image of too many pixels', async () => {
    vi.stubEnv('GRAFT_MAX_IMAGE_PIXELS', String(224 * 299 - 1))
    await expect(read(photo)).rejects.toThrow(code('image_too_large'))
    vi.stubEnv('GRAFT_MAX_IMAGE_PIXELS', String(224 * 299))
    await expect(read(photo)).resolves.toBeDefined()
  })

  test('a PNG of a few bytes that claims 40,000 x 40,000 pixels, from its header', async () => {
    const bomb = await redBlue().png().toBuffer()
    bomb.writeUInt32BE(40_000, 16)
    bomb.writeUInt32BE(40_000, 20)
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29)
    await expect(read(bomb)).rejects.toThrow(code('image_too_large'))
  })
})

test('of many small photos each leaves the loop a turn', async () => {
  const small = await sharp(photo).resize(96, 96).jpeg().toBuffer()
  let isOver = false
  let turns = 0
  const count = () => {
    turns += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const facts = await Promise.all(Array.from({ length: 50 }, () => inspectImage(small)))
  isOver = true
  expect(facts.at(-1)).toMatchObject({ type: 'jpeg', width: 96, height: 96 })
  expect(turns).toBeGreaterThanOrEqual(49)
})

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c03' } })
    .png()
    .toBuffer()

test('a thumbnail keeps the ratio, and is never enlarged', async () => {
  const shape = async (width: number, height: number) => {
    const { format, ...size } = await sharp(await makeThumbnail(await picture(width, height), 100)).metadata()
    expect(format).toBe('webp')
    return [size.width, size.height]
  }
  expect(await shape(400, 200)).toEqual([100, 50])
  expect(await shape(30, 60)).toEqual([30, 60])
})

test('what is no image has none', async () => {
  await expect(makeThumbnail(Buffer.from('text'), 100)).rejects.toMatchObject({
    code: 'image_type_unsupported',
  })
})
