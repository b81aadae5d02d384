// Edits of the images of a version, gathered until a new version is made of them.
import type { DatasetFile, VersionEdit } from '@graft/client/shapes'

/** By the sha256 of its image. */
export type Edits = ReadonlyMap<string, VersionEdit>
/** What is done to images: one of these. */
export type Change = Pick<VersionEdit, 'label'> | Pick<VersionEdit, 'split'> | Pick<VersionEdit, 'exclude'>

/** With the change to each of the images; what they were given before stays, unless it is given anew. */
export function withChange(edits: Edits, images: Iterable<string>, change: Change): Edits {
  const changed = new Map(edits)
  for (const sha256 of images) changed.set(sha256, { ...changed.get(sha256), ...change, sha256 })
  return changed
}

/** @example says(file, { sha256, label: 'paper' }) // 'becomes paper' */
export function says({ label, split }: DatasetFile, edit: VersionEdit): string {
  if (edit.exclude) return 'is left out'
  const parts = [
    ...(edit.label !== undefined && edit.label !== label ? [`becomes ${edit.label}`] : []),
    ...(edit.split !== undefined && edit.split !== split ? [`moves to ${edit.split}`] : []),
  ]
  return parts.join(', ') || 'stays as it is'
}
