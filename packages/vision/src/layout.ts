// Reads the folder names of a data set: which is the split, which the label.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Split } from '@graft/core/wire/datasets'

/** Where a file stands. Without a split the platform cuts the splits itself. */
export interface Placement {
  split?: Split
  label: string
}

const SPLIT_FOLDERS = new Map<string, Split>([
  ['train', 'train'],
  ['validation', 'validation'],
  ['val', 'validation'],
  ['test', 'test'],
])
const splitOf = (folder: string | undefined) => SPLIT_FOLDERS.get(folder?.toLowerCase() ?? '')

/**
 * True for what file managers leave behind, `__MACOSX`, `Thumbs.db`, `desktop.ini`, and for all that lies under a name
 * with a leading dot. Such files are skipped: they are no entry of the data set, not even a rejected one.
 */
export function isIgnored(path: string): boolean {
  return path.split('/').some((segment) => segment.startsWith('.') || LEFTOVERS.has(segment.toLowerCase()))
}
const LEFTOVERS = new Set(['__macosx', 'thumbs.db', 'desktop.ini'])

/**
 * Decides over all paths of an upload (safe ones, `isIgnored` ones left out) how it is laid out: `label/image` or
 * `split/label/image`, the splits being `train`, `test`, and `validation` or `val`, in a single enclosing folder or
 * without. The reading that most paths fit is taken; where two fit as many, the one with splits and without the folder.
 *
 * @returns a function that places one path; it throws `layout_unknown` for a path that does not fit, and
 * `label_invalid` for a label that breaks its rules
 * @example layOut(['pets/train/cat/1.jpg', ...])('pets/train/cat/1.jpg') // { split: 'train', label: 'cat' }
 */
export function layOut(paths: Iterable<string>): (path: string) => Placement {
  const files = new Map<string, number>()
  for (const path of paths) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    files.set(folder, (files.get(folder) ?? 0) + 1)
  }
  const folders = Array.from(files, ([folder, count]) => ({
    names: folder === '' ? [] : folder.split('/'),
    count,
  }))
  const plain = readingOf(folders)
  const tops = new Set(folders.flatMap(({ names }) => names.slice(0, 1)))
  const enclosed = readingOf(folders.map(({ names, count }) => ({ names: names.slice(1), count })))
  const isEnclosed = tops.size === 1 && enclosed.fitting > plain.fitting
  const { hasSplits } = isEnclosed ? enclosed : plain
  const shape = `${isEnclosed ? 'folder/' : ''}${hasSplits ? 'split/' : ''}label/image`

  return (path) => {
    const names = path.split('/').slice(isEnclosed ? 1 : 0, -1)
    const split = hasSplits ? splitOf(names.shift()) : undefined
    const [label] = names
    if (names.length !== 1 || label === undefined || (hasSplits && split === undefined)) {
      throw new GraftError(
        'layout_unknown',
        `${JSON.stringify(path)} is not ${shape}: an image lies in a folder named by its label.`,
      )
    }
    return { ...(split && { split }), label: validLabel(label) }
  }
}

interface Folder {
  /** From the top. */
  names: string[]
  /** Files that lie in it. */
  count: number
}

/** Of the two layouts the better one for these folders, and how many files fit it. */
function readingOf(folders: readonly Folder[]): { hasSplits: boolean; fitting: number } {
  const countOf = (some: readonly Folder[]) => some.reduce((sum, { count }) => sum + count, 0)
  const labelled = folders.filter(({ names }) => names.length === 1)
  const split = countOf(folders.filter(({ names }) => names.length === 2 && splitOf(names[0])))
  // `train/1.jpg, test/2.jpg` has no labels. A classifier that tells train from test must not come of it.
  const onlySplits = labelled.length > 0 && labelled.every(({ names }) => splitOf(names[0]))
  const fitting = countOf(labelled)
  if (onlySplits || (split > 0 && split >= fitting)) return { hasSplits: true, fitting: split }
  return { hasSplits: false, fitting }
}

/** @throws GraftError `label_invalid` */
export function validLabel(label: string): string {
  const most = limit('labelLength')
  const length = [...label].length
  if (length > most) {
    throw new GraftError('label_invalid', `The label has ${length} characters, more than ${most}.`)
  }
  const isPlain = label.isWellFormed() && !/\p{Cc}/u.test(label)
  if (!isPlain || label !== label.trim() || label !== label.normalize('NFC')) {
    throw new GraftError(
      'label_invalid',
      `${JSON.stringify(label)} has space around it, control characters or no valid Unicode.`,
    )
  }
  return label
}
