import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noise } from '../fixtures/noise.ts'
import { CHANGES_BY_NAME, randAugment } from './rand-augment.ts'

const fixture = join(import.meta.dirname, '../fixtures/rand-augment.json')
const { changes, amounts } = JSON.parse(await readFile(fixture, 'utf8')) as {
  changes: [name: string, amount: number, sha256: string][]
  amounts: Record<string, [amount: number, isSigned: boolean]>
}
const { data, ...size } = noise(85, 61)
const dull = { ...size, data: data.map((value) => Math.floor((value * 3) / 4) + 20) }

test.each(changes)('%s by %f equals torchvision to the bit', (name, amount, expected) => {
  const result = CHANGES_BY_NAME[name]!.apply(dull, amount)
  expect(createHash('sha256').update(result.data).digest('hex')).toBe(expected)
})

describe('randAugment', () => {
  test('has torchvision’s operations in its order, with its amounts', () => {
    expect(Object.keys(CHANGES_BY_NAME)).toEqual(Object.keys(amounts))
    const image = { data: new Uint8Array(), width: 192, height: 160 }
    for (const [name, [amount, isSigned]] of Object.entries(amounts)) {
      expect(CHANGES_BY_NAME[name]!.amount?.(9 / 30, image) ?? 0, name).toBeCloseTo(amount, 4)
      expect(CHANGES_BY_NAME[name]!.isSigned ?? false, name).toBe(isSigned)
    }
  })

  test('draws an operation and its sign twice', () => {
    const draws = [5 / 14, 0.4, 10 / 14] // Rotate, negative; Posterize, which has no sign
    const turned = CHANGES_BY_NAME.Rotate!.apply(dull, -15)
    const result = randAugment(dull, 15, { next: () => draws.shift()! })
    expect(result.data).toEqual(CHANGES_BY_NAME.Posterize!.apply(turned, 6).data)
    expect(draws).toEqual([])
  })

  test('leaves the image that it is given as it was', () => {
    const before = dull.data.slice()
    for (const { apply } of Object.values(CHANGES_BY_NAME)) apply(dull, 0.5)
    expect(dull.data).toEqual(before)
  })
})
