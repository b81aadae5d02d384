import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noise } from '../fixtures/noise.ts'
import type { Pixels } from './pixels.ts'
import { resample } from './resample.ts'

const fixture = join(import.meta.dirname, '../fixtures/resample.json')
const { resizes } = JSON.parse(await readFile(fixture, 'utf8')) as { resizes: [...number[], string][] }

describe('resample', () => {
  test.each(resizes)('%i x %i, crop at %i,%i of %i x %i, to %i x %i equals Pillow to the bit', (...row) => {
    const [width, height, left, top, w, h, toWidth, toHeight] = row as unknown as number[]
    const box = { left: left!, top: top!, width: w!, height: h! }
    const result = resample(noise(width!, height!), box, { width: toWidth!, height: toHeight! })
    expect([result.width, result.height]).toEqual([toWidth, toHeight])
    expect(createHash('sha256').update(result.data).digest('hex')).toBe(row.at(-1))
  })

  const source = noise(90, 70)
  const box = { left: 3, top: 5, width: 80, height: 60 }
  const size = { width: 40, height: 50 }
  const whole = resample(source, box, size)
  const pixel = ({ data, width }: Pixels, x: number, y: number) => [
    ...data.subarray((y * width + x) * 3).slice(0, 3),
  ]

  test('a window is that part of the whole', () => {
    const window = { left: 7, top: 11, width: 20, height: 30 }
    const part = resample(source, box, size, { window })
    for (const [x, y] of [
      [0, 0],
      [19, 29],
      [5, 17],
    ] as const) {
      expect(pixel(part, x, y)).toEqual(pixel(whole, x + 7, y + 11))
    }
    expect([part.width, part.height, part.data.length]).toEqual([20, 30, 20 * 30 * 3])
  })

  test('mirror swaps left and right', () => {
    const mirrored = resample(source, box, size, { mirror: true })
    for (const [x, y] of [
      [0, 0],
      [39, 49],
      [12, 17],
    ] as const) {
      expect(pixel(mirrored, x, y)).toEqual(pixel(whole, 39 - x, y))
    }
  })

  test('what lies outside the crop does not matter', () => {
    const other = { ...source, data: new Uint8Array(source.data.length) }
    for (let y = box.top; y < box.top + box.height; y += 1) {
      const start = (y * 90 + box.left) * 3
      other.data.set(source.data.subarray(start, start + box.width * 3), start)
    }
    expect(resample(other, box, size)).toEqual(whole)
  })

  test.each([
    { left: -1, top: 0, width: 10, height: 10 },
    { left: 81, top: 0, width: 10, height: 10 },
    { left: 0, top: 61, width: 10, height: 10 },
    { left: 0, top: 0, width: 0, height: 10 },
    { left: 0.5, top: 0, width: 10, height: 10 },
  ])('a box outside the image, %j, is a fault of the program', (outside) => {
    expect(() => resample(source, outside, size)).toThrow(RangeError)
  })
})
