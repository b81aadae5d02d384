import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutSplits, type PlacedImage } from './split.ts'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const image = (name: string, label: string, split?: PlacedImage['split']): PlacedImage => ({
  sha256: hashOf(name),
  label,
  ...(split && { split }),
})
const images = (count: number, label: string, split?: PlacedImage['split']) =>
  Array.from({ length: count }, (_, index) => image(`${label} ${index}`, label, split))
const countOf = (splits: string[], split: string) => splits.filter((each) => each === split).length

test('cuts a fifth for test and 15 % of the rest for validation, from each class', () => {
  const { splits, cut } = cutSplits([...images(100, 'cat'), ...images(20, 'dog')])
  expect(cut).toEqual(['validation', 'test'])
  const [cats, dogs] = [splits.slice(0, 100), splits.slice(100)]
  expect([countOf(cats, 'train'), countOf(cats, 'validation'), countOf(cats, 'test')]).toEqual([68, 12, 20])
  expect([countOf(dogs, 'train'), countOf(dogs, 'validation'), countOf(dogs, 'test')]).toEqual([14, 2, 4])
})

test('leaves the splits that were given, and cuts only the missing one', () => {
  const given = [...images(20, 'cat', 'train'), ...images(20, 'dog', 'train'), image('t', 'cat', 'test')]
  const { splits, cut } = cutSplits(given)
  expect(cut).toEqual(['validation'])
  expect(countOf(splits, 'validation')).toBe(6)
  expect(splits.at(-1)).toBe('test')
  expect(countOf(splits, 'test')).toBe(1)

  const whole = [...given, image('v', 'cat', 'validation')]
  expect(cutSplits(whole)).toEqual({ splits: whole.map(({ split }) => split), cut: [] })
})

test('three images of a class give one to each split, two stay in training', () => {
  const { splits } = cutSplits([...images(3, 'cat'), ...images(2, 'dog')])
  expect(splits.slice(0, 3).toSorted()).toEqual(['test', 'train', 'validation'])
  expect(splits.slice(3)).toEqual(['train', 'train'])
  expect(cutSplits(images(2, 'dog'))).toEqual({ splits: ['train', 'train'], cut: [] })
})

test('ten images more move few of a hundred', () => {
  const before = cutSplits(images(100, 'cat')).splits
  const after = cutSplits(images(110, 'cat')).splits
  const moved = before.filter((split, at) => split !== after[at])
  expect(moved.length).toBeLessThanOrEqual(4)
})

test('does not depend on the order, and every class trains', () => {
  const labels = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(labels, (chosen) => {
      const some = chosen.map((label, index) => image(String(index), label))
      const { splits } = cutSplits(some)
      expect(cutSplits(some.toReversed()).splits.toReversed()).toEqual(splits)
      for (const label of new Set(chosen)) {
        expect(splits.some((split, at) => split === 'train' && some[at]?.label === label)).toBe(true)
      }
    }),
  )
})

test('a group goes to one split whole, and trains where it is too large or has two labels', () => {
  const grouped = (count: number, label: string, name: string) =>
    Array.from({ length: count }, (_, at) => ({ ...image(`${name} ${at}`, label), group: name }))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 12 }), (sizes) => {
      const groups = sizes.map((size, at) => grouped(size, 'cat', hashOf(`group ${at}`)))
      const { splits } = cutSplits([...groups.flat(), ...images(20, 'dog')])
      let start = 0
      for (const group of groups) {
        expect(new Set(splits.slice(start, start + group.length)).size).toBe(1)
        start += group.length
      }
    }),
    { numRuns: 50 },
  )
  const large = cutSplits([...grouped(10, 'cat', 'large'), ...images(10, 'cat')])
  expect(new Set(large.splits.slice(0, 10))).toEqual(new Set(['train']))
  expect(countOf(large.splits, 'test')).toBe(4)
  const mixed = cutSplits([
    ...grouped(1, 'cat', '0'),
    ...grouped(1, 'dog', '0'),
    ...images(9, 'cat'),
    ...images(9, 'dog'),
  ])
  expect(mixed.splits.slice(0, 2)).toEqual(['train', 'train'])
})
