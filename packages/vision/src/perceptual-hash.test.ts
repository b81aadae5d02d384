import { createHash } from 'node:crypto'
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

const grouped = async (hashes: string[]) => [...(await groupAlike(hashes))]

test.each([
  ['half as large', (photo: Buffer) => sharp(photo).resize({ width: 192 }).jpeg()],
  ['small enough to be decoded whole', (photo: Buffer) => sharp(photo).resize({ width: 97 }).jpeg()],
  ['compressed to quality 50', (photo: Buffer) => sharp(photo).jpeg({ quality: 50 })],
  ['a PNG of it', (photo: Buffer) => sharp(photo).png()],
  ['a WebP of it, a little brighter', (photo: Buffer) => sharp(photo).modulate({ brightness: 1.05 }).webp()],
])('a photo is alike to itself %s, and to no other photo', async (_, change) => {
  const changed = await Promise.all(photos.map(async (photo) => change(photo).toBuffer()))
  const hashes = await Promise.all([...photos, ...changed].map(hashOf))
  const groups = await groupAlike(hashes)
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
  expect(await grouped(hashes)).toEqual([0, 1, 2])
})

test('groups are chains: what is alike to one of them belongs to all', async () => {
  const steps = ['ffffffffffffffff', 'fffffffffffffffc', 'fffffffffffffff0', '0000000000000000']
  expect(await grouped([...steps, 'ffffffffffffffc0', '0000000000000003'])).toEqual([0, 0, 0, 3, 0, 3])
})

test.each([0, 6, 7])('%i bits apart', async (bits) => {
  const words = ['0', (2n ** BigInt(bits) - 1n).toString(16)].map((word) => word.padStart(16, '0'))
  for (const turn of [0, 3, 9, 15]) {
    const turned = words.map((word) => word.slice(turn) + word.slice(0, turn))
    expect(await grouped(turned)).toEqual(bits <= 6 ? [0, 0] : [0, 1])
  }
})

/** Hashes that differ from the base in some bits, by a plain congruence. */
function flipped(base: bigint, count: number, bits: number): string[] {
  let state = 1
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 26
  }
  return Array.from({ length: count }, () => {
    let hash = base
    for (let flip = 0; flip < bits; flip += 1) hash ^= 1n << BigInt(next())
    return hash.toString(16).padStart(16, '0')
  })
}

test.each([2, 4, 6, 8])('the groups are those of all pairs, %i bits around', async (bits) => {
  const hashes = [0x0123456789abcdefn, 0xfedcba9876543210n].flatMap((base) => flipped(base, 60, bits))
  const apart = (a = '', b = '') =>
    (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length
  const groups = hashes.map((_, at) => at)
  for (const [at, hash] of hashes.entries()) {
    for (let other = 0; other < at; other += 1) {
      const [a = 0, b = 0] = [groups[at], groups[other]]
      if (apart(hash, hashes[other]) > 6 || a === b) continue
      for (const [place, group] of groups.entries())
        if (group === Math.max(a, b)) groups[place] = Math.min(a, b)
    }
  }
  expect(await grouped(hashes)).toEqual(groups)
})

test('it gives way to others, also where many hashes share their first bits', async () => {
  const tail = (at: number) => createHash('sha256').update(`${at}`).digest('hex').slice(0, 13)
  const hashes = Array.from({ length: 10_000 }, (_, at) => `000${tail(at)}`)
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  })
  await groupAlike(hashes)
  clearInterval(timer)
  // All are in one bucket: 50 million comparisons, of which 20 ms take a tenth at most.
  expect(turns).toBeGreaterThan(3)
})

test('100,000 pictures of one thing are not each compared with each other', async () => {
  const hashes = [...flipped(0xf0f0f0f0f0f0f0f0n, 50_000, 2), ...Array(50_000).fill('f0f0f0f0f0f0f0f0')]
  expect(new Set(await groupAlike(hashes))).toEqual(new Set([0]))
})
