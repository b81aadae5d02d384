// Cuts the splits that an upload lacks from its training images: pure, and by content alone.
import type { Split } from '@graft/core/wire/datasets'

export type CutSplit = 'validation' | 'test'

/** An accepted image; without a split it trains. */
export interface PlacedImage {
  sha256: string
  label: string
  split?: Split
  /** Images with the same one stay together; none: the image is alone. */
  group?: string | undefined
}

/** The share of a class's images that goes to each: test of all, validation of what is left. */
const SHARE: Record<CutSplit, number> = { test: 0.2, validation: 0.15 }
/** A class with fewer images keeps them all for training. */
const LEAST_CUT = 3

/**
 * Stratified: each class gives its share, at least one image. The images of a class are ordered by their hash; the
 * first are the test images, the last the validation images. A group takes the place of its first image, and goes to one
 * split whole: one that is larger than the share trains. So the same images are always cut the same way, and an
 * image that is added moves others only at the two borders: by one for each five, or each eight, that are added.
 *
 * @returns the split of each image, in the order given, and which splits were cut
 */
export function cutSplits(images: readonly PlacedImage[]): { splits: Split[]; cut: CutSplit[] } {
  const given = images.map(({ split }): Split => split ?? 'train')
  const splits = [...given]
  const take = (split: CutSplit, from: number) =>
    given.includes(split) ? 0 : Math.max(1, Math.round(from * SHARE[split]))

  const mixed = mixedGroups(images)
  const keyOf = (at: number) => images[at]?.group ?? images[at]?.sha256 ?? ''
  const training = [...images.keys()].filter((at) => given[at] === 'train')
  for (const members of Map.groupBy(training, (at) => images[at]?.label).values()) {
    if (members.length < LEAST_CUT) continue
    const test = take('test', members.length)
    const validation = take('validation', members.length - test)
    // A group that has images of another class too trains.
    const sorted = members.filter((at) => !mixed.has(keyOf(at))).sort((a, b) => compare(keyOf(a), keyOf(b)))
    fill(splits, 'test', test, groupsOf(sorted, keyOf))
    fill(splits, 'validation', validation, groupsOf(sorted.reverse(), keyOf))
  }
  const cut = (['validation', 'test'] as const).filter(
    (split) => splits.includes(split) && !given.includes(split),
  )
  return { splits, cut }
}

function mixedGroups(images: readonly PlacedImage[]): Set<string> {
  const labels = new Map<string, string>()
  const mixed = new Set<string>()
  for (const { group, label } of images) {
    if (group === undefined) continue
    if ((labels.get(group) ?? label) !== label) mixed.add(group)
    labels.set(group, label)
  }
  return mixed
}

/** The groups of images, which stand in the order of their keys: those of a group have one. */
function* groupsOf(sorted: readonly number[], keyOf: (at: number) => string): Generator<number[]> {
  let group: number[] = []
  for (const at of sorted) {
    if (group[0] !== undefined && keyOf(at) !== keyOf(group[0])) {
      yield group
      group = []
    }
    group.push(at)
  }
  if (group.length > 0) yield group
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Moves the first groups that fit into the split, until it has its count. */
function fill(splits: Split[], split: CutSplit, count: number, groups: Iterable<number[]>): void {
  let left = count
  for (const group of groups) {
    const isTaken = group.some((at) => splits[at] !== 'train')
    if (isTaken || group.length > left) continue
    for (const at of group) splits[at] = split
    left -= group.length
  }
}
