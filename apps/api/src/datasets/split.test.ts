import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutSplits, type PlacedImage } from './split.ts'

const image = (name: string, label: string, split?: PlacedImage['split']): PlacedImage => ({
  sha256: createHash('sha256').update(name).digest('hex'),
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
