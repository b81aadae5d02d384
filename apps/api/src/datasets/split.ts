// Cuts the splits that an upload lacks from its training images: pure, and by content alone.
import type { Split } from '@graft/core/wire'

export type CutSplit = 'validation' | 'test'

/** An accepted image; without a split it trains. */
export interface PlacedImage {
  sha256: string
  label: string
  split?: Split
}

/** The share of a class's images that goes to each: test of all, validation of what is left. */
const SHARE: Record<CutSplit, number> = { test: 0.2, validation: 0.15 }
/** A class with fewer images keeps them all for training. */
const LEAST_CUT = 3

/**
 * Stratified: each class gives its share, at least one image. The images of a class are ordered by their hash; the
 * first are the test images, the last the validation images. So the same images are always cut the same way, and an
 * image that is added moves others only at the two borders: by one for each five, or each eight, that are added.
 *
 * @returns the split of each image, in the order given, and which splits were cut
 */
export function cutSplits(images: readonly PlacedImage[]): { splits: Split[]; cut: CutSplit[] } {
  const given = images.map(({ split }): Split => split ?? 'train')
  const splits = [...given]
  const take = (split: CutSplit, from: number) =>
    given.includes(split) ? 0 : Math.max(1, Math.round(from * SHARE[split]))

  const training = [...images.keys()].filter((at) => given[at] === 'train')
  for (const members of Map.groupBy(training, (at) => images[at]?.label).values()) {
    if (members.length < LEAST_CUT) continue
    members.sort((a, b) => ((images[a]?.sha256 ?? '') < (images[b]?.sha256 ?? '') ? -1 : 1))
    const test = take('test', members.length)
    const validation = take('validation', members.length - test)
    for (const at of members.slice(0, test)) splits[at] = 'test'
    for (const at of members.slice(members.length - validation)) splits[at] = 'validation'
  }
  const cut = (['validation', 'test'] as const).filter(
    (split) => splits.includes(split) && !given.includes(split),
  )
  return { splits, cut }
}
