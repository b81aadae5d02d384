// A data set version as the training sees it: which images it learns from, and how they are read.
import { GraftError } from '@graft/core/errors'
import type { ResolvedRecipe } from '@graft/core/recipes'
import { type Manifest, manifestSchema } from '@graft/core/wire/datasets'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { decodeImage } from '@graft/vision/decode'
import type { Pixels } from '@graft/vision/pixels'
import { pMapIterable } from 'p-map'

/** Images being read and decoded at once: enough to hide the store's latency behind the network's run. */
const READ_AHEAD = 8

export interface LabelledImage {
  sha256: string
  path: string
  /** Index into the labels. */
  label: number
}

export interface Dataset {
  labels: string[]
  train: LabelledImage[]
  validation: LabelledImage[]
  test: LabelledImage[]
}

/** @throws GraftError `not_found`, `store_unavailable` */
export async function readDataset(
  store: ObjectStore,
  manifestKey: string,
  recipe: ResolvedRecipe,
): Promise<Dataset> {
  const manifest = manifestSchema.parse(JSON.parse((await store.read(manifestKey)).toString()))
  return chooseImages(manifest, recipe)
}

/** A recipe that keeps its last epoch needs no validation: what was cut off for it goes back to the training. */
export function chooseImages(manifest: Manifest, recipe: ResolvedRecipe): Dataset {
  const labelOf = new Map(manifest.labels.map((label, index) => [label, index]))
  const returned = recipe.keep === 'last' && manifest.cut_splits.includes('validation')
  const dataset: Dataset = { labels: manifest.labels, train: [], validation: [], test: [] }
  for (const { path, label, split, sha256 } of manifest.images) {
    const index = labelOf.get(label)
    if (index === undefined)
      throw new GraftError('internal', `The manifest does not list the label ${label}.`)
    const chosen = returned && split === 'validation' ? 'train' : split
    dataset[chosen].push({ sha256, path, label: index })
  }
  return dataset
}

/** Decoded images in their order, read ahead. */
export function decodeAll(store: ObjectStore, images: readonly LabelledImage[]): AsyncIterable<Pixels> {
  return pMapIterable(images, async ({ sha256 }) => decodeImage(await store.read(blobKey(sha256))), {
    concurrency: READ_AHEAD,
  })
}

/** [N] class indices. */
export function labelsOf(images: readonly LabelledImage[]): Int32Array {
  return Int32Array.from(images, ({ label }) => label)
}
