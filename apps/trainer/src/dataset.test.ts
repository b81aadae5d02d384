import { resolveRecipe } from '@graft/core/recipes'
import type { Manifest } from '@graft/core/wire/datasets'
import { expect, test } from 'vitest'
import { chooseImages, labelsOf } from './dataset.ts'

const image = (label: string, split: Manifest['images'][number]['split']) => {
  return {
    path: `${label}/${split}.jpg`,
    label,
    split,
    sha256: `${label}-${split}`,
    bytes: 1,
    width: 1,
    height: 1,
  }
}
const manifest: Manifest = {
  dataset: 'pets',
  version: 1,
  labels: ['cat', 'dog'],
  cut_splits: ['validation'],
  images: [image('dog', 'train'), image('cat', 'validation'), image('cat', 'test')],
}

test('labels are numbered by the manifest', () => {
  const { labels, train, validation } = chooseImages(manifest, resolveRecipe('auto'))
  expect(labels).toEqual(['cat', 'dog'])
  expect(labelsOf(train)).toEqual(Int32Array.of(1))
  expect(labelsOf(validation)).toEqual(Int32Array.of(0))
})

test('a recipe that keeps its last epoch trains on a validation split that was cut, not on one that was given', () => {
  const seed = resolveRecipe('seed')
  expect(chooseImages(manifest, seed)).toMatchObject({ train: { length: 2 }, validation: { length: 0 } })
  const given = { ...manifest, cut_splits: [] }
  expect(chooseImages(given, seed)).toMatchObject({ train: { length: 1 }, validation: { length: 1 } })
})
