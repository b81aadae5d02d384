// The files of a folder that is pushed.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import type { Output } from './terminal.ts'

export interface FolderFile {
  /** From the folder on, with `/`. */
  path: string
  bytes: number
}

/**
 * Regular files below the folder, sorted; names that begin with a dot are left out. Links are too, for what they lead to
 * may be meant for nobody.
 *
 * @param left told the path of each link
 */
export async function listFolder(
  folder: string,
  left: (path: string) => void,
  below = '',
): Promise<FolderFile[]> {
  const files: FolderFile[] = []
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    // One by one: of more than 120,000 arguments the stack has no room.
    if (entry.isDirectory()) for (const file of await listFolder(folder, left, path)) files.push(file)
    else if (entry.isFile()) files.push({ path, bytes: (await stat(join(folder, path))).size })
    else if (entry.isSymbolicLink()) left(path)
  }
  return files
}

/** As `listFolder`, for a command: links are told of. @throws GraftError `not_found` where there is no file */
export async function listOrRefuse(folder: string, output: Output): Promise<FolderFile[]> {
  const links: string[] = []
  const files = await listFolder(folder, (path) => links.push(path))
  const [first] = links
  const told = first && `left out: ${links.length} links, such as ${first}; copy what they lead to`
  if (files.length === 0) {
    throw new GraftError('not_found', `There are no files in ${folder}${told ? ` (${told})` : ''}.`)
  }
  if (told) output.note(told)
  return files
}
