// Makes a version out of another one by edits: images get another label or split, or are left out.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { DatasetVersion, Manifest, VersionEdit } from '@graft/core/wire/datasets'
import { isIgnored, validLabel } from '@graft/vision/layout'
import { safePath } from '@graft/vision/path'
import type { Context } from '../context.ts'
import { pushFolder } from './folder-push.ts'
import { pathsOf, readManifest } from './version-images.ts'

/**
 * The source stays as it is. The next version is made of its accepted images, as a pushed folder of
 * `split/label/image` is: no byte travels and no image is decoded again, but duplicates, lookalikes across splits and
 * classes that have become too small are judged anew. Splits that were cut stay as they are, unless an edit empties one
 * altogether: then it is cut again.
 *
 * @throws GraftError `not_found` also for an image, with each that is not there; `dataset_not_ready`,
 *   `label_invalid`, `path_unsafe`; `invalid_request` for an image that comes twice, and where nothing changes or is left
 */
export async function editVersion(
  context: Context,
  project: Project,
  name: string,
  number: number,
  edits: readonly VersionEdit[],
): Promise<DatasetVersion> {
  const { images } = await readManifest(context, project, name, number)
  const edited = applyEdits(images, edits)
  const paths = pathsOf(edited)
  const files = edited.map(({ sha256, bytes }, at) => ({ path: paths[at] ?? sha256, sha256, bytes }))
  return await pushFolder(context, project, name, files)
}

type Image = Manifest['images'][number]

function applyEdits(images: readonly Image[], edits: readonly VersionEdit[]): Image[] {
  const left = new Map(images.map((image) => [image.sha256, image]))
  const asked = new Set(edits.map(({ sha256 }) => sha256))
  if (asked.size < edits.length) throw new GraftError('invalid_request', 'An image comes twice.')
  const unknown = [...asked].filter((sha256) => !left.has(sha256))
  if (unknown.length > 0) {
    throw new GraftError(
      'not_found',
      `The version has no accepted image ${unknown[0]}.`,
      unknown.map((path) => ({ path, code: 'not_found', message: 'It is not there.' })),
    )
  }
  let changed = 0
  for (const { sha256, label, split, exclude } of edits) {
    const image = left.get(sha256)
    if (image === undefined) continue
    const after = { ...image, label: label ?? image.label, split: split ?? image.split }
    if (label !== undefined) requireLabel(label)
    if (exclude) left.delete(sha256)
    else left.set(sha256, after)
    if (exclude || after.label !== image.label || after.split !== image.split) changed += 1
  }
  if (changed === 0) throw new GraftError('invalid_request', 'The edits change nothing.')
  if (left.size === 0) throw new GraftError('invalid_request', 'The edits leave no image.')
  return [...left.values()]
}

/** A label is the name of a folder, so it must be fit to be one. @throws GraftError `label_invalid`, `path_unsafe` */
export function requireLabel(label: string): string {
  const valid = validLabel(label)
  if (!label.includes('/') && !isIgnored(safePath(`train/${valid}/image`))) return valid
  throw new GraftError('label_invalid', `${JSON.stringify(label)} cannot be the name of a folder.`)
}
