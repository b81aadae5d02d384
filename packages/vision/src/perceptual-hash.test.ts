import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { inspectImage } from './decode.ts'
import { groupAlike } from './perceptual-hash.ts'

const EXAMPLES = join(import.meta.dirname, '../../../examples/recycling/test')
const photos = ['glass', 'metal', 'plastic'].flatMap((label) =>
  readdirSync(join(EXAMPLES, label))
    .slice(0, 8)
    .map((name) => readFileSync(join(EXAMPLES, label, name))),
)
const hashOf = async (bytes: Uint8Array) => (await inspectImage(bytes)).perceptualHash

test.each([
  ['half as large', (photo: Buffer) => sharp(photo).resize({ width: 192 }).jpeg()],
  ['small enough to be decoded whole', (photo: Buffer) => sharp(photo).resize({ width: 97 }).jpeg()],
  ['compressed to quality 50', (photo: Buffer) => sharp(photo).jpeg({ quality: 50 })],
  ['a PNG of it', (photo: Buffer) => sharp(photo).png()],
  ['a WebP of it, a little brighter', (photo: Buffer) => sharp(photo).modulate({ brightness: 1.05 }).webp()],
])('a photo is alike to itself %s, and to no other photo', async (_, change) => {
  const changed = await Promise.all(photos.map(async (photo) => change(photo).toBuffer()))
  const hashes = await Promise.all([...photos, ...changed].map(hashOf))
  const groups = groupAlike(hashes)
  expect(new Set(groups.slice(0, photos.length)).size).toBe(photos.length)
  expect(groups.slice(photos.length)).toEqual(groups.slice(0, photos.length))
})

test('flat pictures have no hash, and are alike to nothing', async () => {
  const flat = (background: string) =>
    sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .png()
      .toBuffer()
  const hashes = await Promise.all(
    [flat('#fff'), flat('#000'), flat('#888')].map(async (png) => hashOf(await png)),
  )
  expect(hashes).toEqual(['', '', ''])
  expect(groupAlike(hashes)).toEqual([0, 1, 2])
})

test('groups are chains: what is alike to one of them belongs to all', () => {
  const steps = ['ffffffffffffffff', 'fffffffffffffffc', 'fffffffffffffff0', '0000000000000000']
  expect(groupAlike([...steps, 'ffffffffffffffc0', '0000000000000003'])).toEqual([0, 0, 0, 3, 0, 3])
})

test.each([0, 6, 7])('%i bits apart', (bits) => {
  const words = ['0', (2n ** BigInt(bits) - 1n).toString(16)].map((word) => word.padStart(16, '0'))
  for (const turn of [0, 3, 9, 15]) {
    const turned = words.map((word) => word.slice(turn) + word.slice(0, turn))
    expect(groupAlike(turned)).toEqual(bits <= 6 ? [0, 0] : [0, 1])
  }
})
