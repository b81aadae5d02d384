// Turns judged files into a data set: labels and splits by path, duplicates and contradictions by hash. Pure, but for the
// record that it makes of each file, which its steps write on: of a hundred thousand a copy takes fifteen megabytes.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Split, SplitCounts } from '@graft/core/wire/datasets'
import { layOut, type Placement } from '@graft/vision/layout'
import { groupAlike } from '@graft/vision/perceptual-hash'
import { type GoodImage, type JudgedFile, type Refusal, type RefusedFile, refusalOf } from './judge-file.ts'
import { type CutSplit, cutSplits } from './split.ts'

/** A file with its verdict, in archive order. */
export type SettledFile = AcceptedImage | DroppedFile

export interface AcceptedImage extends GoodImage, Looks {
  status: 'accepted'
  label: string
  split: Split
}

export interface DroppedFile {
  status: 'rejected' | 'duplicate'
  path: string
  bytes: number
  sha256?: string
  width?: number
  height?: number
  label?: string
  split?: Split
  perceptualHash?: string
  lookalike?: number
  reason: Refusal
}

export interface Settlement {
  files: SettledFile[]
  /** Sorted: their order is the order of the network's outputs. */
  labels: string[]
  splits: SplitCounts
  cut: CutSplit[]
  /** Why no model can be trained on it: `too_few_classes`, `too_many_classes`, `too_few_images`. */
  fault?: GraftError
}

export async function settleFiles(judged: readonly JudgedFile[]): Promise<Settlement> {
  const place = layOut(goodPaths(judged))
  const placed = refuseTwins(
    judged.map((file) => (isGood(file) ? placeImage(file, place) : drop('rejected', file, file.error))),
  )
  const settled = await settleLookalikes(settleDuplicates(placed))

  const images = settled.filter((file) => file.status === 'accepted')
  const fault = homelessFault(settled, images) ?? faultOf(images)
  const { splits, cut } = cutSplits(images)
  let at = 0
  const files = settled.map((file): SettledFile => {
    return file.status === 'accepted' ? Object.assign(file, { split: splits[at++] ?? 'train' }) : file
  })
  const accepted = files.filter((file) => file.status === 'accepted')
  return { files, ...count(accepted), cut, ...(fault && { fault }) }
}

const isGood = (file: JudgedFile): file is GoodImage => file.error === undefined

function* goodPaths(judged: readonly JudgedFile[]): Generator<string> {
  for (const file of judged) if (isGood(file)) yield file.path
}

/** Of an image that others look like. */
interface Looks {
  /** Place in the upload, from 1, of the first of them. */
  lookalike?: number
  /** The least of their sha256. */
  group?: string
}

/** Accepted until something speaks against it. */
interface PlacedImage extends GoodImage, Placement, Looks {
  status: 'accepted'
}

function placeImage(file: GoodImage, place: (path: string) => Placement): PlacedImage | DroppedFile {
  try {
    return { status: 'accepted', ...file, ...place(file.path) }
  } catch (error) {
    if (error instanceof GraftError) return drop('rejected', file, error)
    throw error
  }
}

function drop(
  status: DroppedFile['status'],
  file: RefusedFile | GoodImage | PlacedImage,
  reason: Refusal,
): DroppedFile {
  const { error: _, ...facts } = file
  return { ...facts, status, reason: refusalOf(reason) }
}

/**
 * Where case does not count, as on most desktops, two paths or labels that differ in nothing else are one. The first
 * spelling of each stays.
 */
function refuseTwins(files: (PlacedImage | DroppedFile)[]): (PlacedImage | DroppedFile)[] {
  const paths = new Map<string, string>()
  const labels = new Map<string, string>()
  return files.map((file) => {
    if (file.status !== 'accepted') return file
    const { path, label } = file
    const twin = twinOf(labels, label)
    if (twin) return drop('rejected', file, twin)
    const other = firstOf(paths, path)
    if (other === path) return file
    return drop('rejected', file, new GraftError('path_twin', `The path differs from ${other} only in case.`))
  })
}

/** Why the label may not stand beside those seen before it. */
export function twinOf(seen: Map<string, string>, label: string): GraftError | undefined {
  const spelled = firstOf(seen, label)
  if (spelled === label) return undefined
  const message = `The label ${JSON.stringify(label)} differs from ${JSON.stringify(spelled)} only in case.`
  return new GraftError('label_twin', message)
}

/** The first of these texts that is the same where case does not count. */
function firstOf(seen: Map<string, string>, text: string): string {
  // Both ways: some letters, such as long s, meet others only in capitals.
  const folded = text.toUpperCase().toLowerCase().normalize('NFC')
  const first = seen.get(folded) ?? text
  seen.set(folded, first)
  return first
}

/** Where one image stands in several splits it trains, for a test on a trained image measures nothing. */
const PREFERENCE: (Split | undefined)[] = [undefined, 'train', 'validation', 'test']

/** Of each image one stays, the first of its best split. Under two labels none stays: nobody can say which is right. */
function settleDuplicates(files: (PlacedImage | DroppedFile)[]): (PlacedImage | DroppedFile)[] {
  const images = files.filter((file) => file.status === 'accepted')
  const repeated = repeatedOf(images.map(({ sha256 }) => sha256))
  const isRepeated = ({ sha256 }: PlacedImage) => repeated.has(sha256)
  const same = Map.groupBy(images.filter(isRepeated), ({ sha256 }) => sha256)
  return files.map((file) => {
    if (file.status !== 'accepted' || !isRepeated(file)) return file
    const copies = same.get(file.sha256) ?? []
    const labels = [...new Set(copies.map(({ label }) => label))]
    if (labels.length > 1) {
      const message = `The same image stands under the labels ${labels.map((label) => JSON.stringify(label)).join(', ')}.`
      return drop('rejected', file, new GraftError('conflicting_labels', message))
    }
    const kept = PREFERENCE.map((split) => copies.find((copy) => copy.split === split)).find(Boolean)
    if (kept === undefined || kept === file) return file
    return drop('duplicate', file, new GraftError('duplicate_image', `The same image as ${kept.path}.`))
  })
}

/** Those that stand there more than once. */
function repeatedOf<T>(values: Iterable<T>): Set<T> {
  const seen = new Set<T>()
  const repeated = new Set<T>()
  for (const value of values) (seen.has(value) ? repeated : seen).add(value)
  return repeated
}

/**
 * Images that look alike are noted, and those of one group never stand in two splits: the best split keeps its own, as
 * with duplicates. Within a split all stay, and under two labels too: to look alike is a guess.
 */
async function settleLookalikes(
  files: (PlacedImage | DroppedFile)[],
): Promise<(PlacedImage | DroppedFile)[]> {
  const places = [...files.keys()].filter((at) => files[at]?.status === 'accepted')
  const images = places.flatMap((at) => files[at] as PlacedImage)
  const firsts = await groupAlike(images.map(({ perceptualHash }) => perceptualHash))
  const repeated = repeatedOf(firsts)
  const grouped = [...firsts.keys()].filter((at) => repeated.has(firsts[at] ?? at))
  const groups = Map.groupBy(grouped, (at) => firsts[at] ?? at)
  const settled = [...files]
  for (const [first, members] of groups) {
    const lookalikes = members.flatMap((at) => images[at] ?? [])
    const lookalike = (places[first] ?? 0) + 1
    const group = lookalikes.map(({ sha256 }) => sha256).sort()[0] ?? ''
    const best = PREFERENCE.find((split) => lookalikes.some((image) => image.split === split))
    const kept = lookalikes.find(({ split }) => split === best)
    for (const at of members) {
      const image = images[at]
      const place = places[at]
      if (image === undefined || place === undefined) continue
      image.lookalike = lookalike
      if (image.split === best) image.group = group
      else {
        const reason = `It looks like ${kept?.path}, which is in the ${best} split.`
        settled[place] = drop('duplicate', image, new GraftError('lookalike_image', reason))
      }
    }
  }
  return settled
}

/** A class needs two images to train on; checked before validation and test images are cut from them. */
const LEAST_TRAINING_IMAGES = 2

/** Where no image lies in a folder of a label, it is not the classes that are too few: the sender is told what to do. */
function homelessFault(files: readonly (PlacedImage | DroppedFile)[], images: readonly PlacedImage[]) {
  const homeless = files.filter(
    (file) => file.status === 'rejected' && file.reason.code === 'layout_unknown',
  ).length
  if (images.length > 0 || homeless === 0) return undefined
  return new GraftError(
    'too_few_classes',
    `None of the ${homeless} images lies in a folder named by its label. Put each into label/image, or into ` +
      'train/label/image and test/label/image; or push a list of them with the columns path,label.',
  )
}

function faultOf(images: readonly PlacedImage[]): GraftError | undefined {
  const classes = Map.groupBy(images, ({ label }) => label)
  if (classes.size < 2) {
    const [only] = classes.keys()
    const found = only === undefined ? 'none' : `only ${JSON.stringify(only)}`
    return new GraftError(
      'too_few_classes',
      `A classifier needs images of two classes, and there is ${found}.`,
    )
  }
  const most = limit('classes')
  if (classes.size > most) {
    return new GraftError('too_many_classes', `There are ${classes.size} classes, more than ${most}.`)
  }
  for (const [label, members] of classes) {
    const training = members.filter(({ split = 'train' }) => split === 'train').length
    if (training >= LEAST_TRAINING_IMAGES) continue
    return new GraftError(
      'too_few_images',
      `The class ${JSON.stringify(label)} has ${training} training images, and needs ${LEAST_TRAINING_IMAGES}.`,
    )
  }
  return undefined
}

function count(images: readonly AcceptedImage[]): Pick<Settlement, 'labels' | 'splits'> {
  const counts: Record<Split, Map<string, number>> = {
    train: new Map(),
    validation: new Map(),
    test: new Map(),
  }
  for (const { split, label } of images) counts[split].set(label, (counts[split].get(label) ?? 0) + 1)
  const sorted = (split: Split) => Object.fromEntries([...counts[split]].sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    labels: [...new Set(images.map(({ label }) => label))].sort(),
    splits: { train: sorted('train'), validation: sorted('validation'), test: sorted('test') },
  }
}
