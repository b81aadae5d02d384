import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { describe, expect, test } from 'vitest'
import { noise } from '../fixtures/noise.ts'
import { decodeImage } from './decode.ts'
import { preprocess } from './preprocess.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')
const PHOTOS = join(import.meta.dirname, '../../../examples/recycling/test')
const { preprocessings } = JSON.parse(await readFile(join(FIXTURES, 'resample.json'), 'utf8')) as {
  preprocessings: ['exact' | 'short_side', number, number, number, number, string][]
}
const photos = (await readdir(FIXTURES)).filter((name) => name.endsWith('.webp'))

describe('preprocess', () => {
  test.each(preprocessings)('%s %i, crop %i, of %i x %i equals torchvision to the bit', (...row) => {
    const [mode, size, crop, width, height, hash] = row
    const tensor = preprocess(noise(width, height), {
      ...TEXTBOOK_PREPROCESSING,
      resize: { mode, size },
      crop,
    })
    expect(tensor.length).toBe(3 * crop * crop)
    expect(createHash('sha256').update(tensor).digest('hex')).toBe(hash)
  })

  test.each(photos)('%s, from JPEG to tensor, is within 1/255 of Pillow and torchvision', async (name) => {
    const jpeg = name.replace('.webp', '.jpg')
    const pixels = await decodeImage(await readFile(join(PHOTOS, name.replace(/\d.*/, ''), jpeg)))
    const expected = await decodeImage(await readFile(join(FIXTURES, name)))
    const tensor = preprocess(pixels, TEXTBOOK_PREPROCESSING)
    const { mean, std } = TEXTBOOK_PREPROCESSING
    let sum = 0
    for (let channel = 0; channel < 3; channel += 1) {
      for (let at = 0; at < 224 * 224; at += 1) {
        const normal = (expected.data[at * 3 + channel]! / 255 - mean[channel]!) / std[channel]!
        sum += Math.abs(tensor[channel * 224 * 224 + at]! - normal)
      }
    }
    expect(sum / tensor.length).toBeLessThanOrEqual(1 / 255)
  })
})
