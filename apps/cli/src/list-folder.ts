// The files of a folder that is pushed.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface FolderFile {
  /** From the folder on, with `/`. */
  path: string
  bytes: number
}

/** Regular files below the folder, sorted; names that begin with a dot are left out. */
export async function listFolder(folder: string, below = ''): Promise<FolderFile[]> {
  const files: FolderFile[] = []
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) files.push(...(await listFolder(folder, path)))
    else if (entry.isFile()) files.push({ path, bytes: (await stat(join(folder, path))).size })
  }
  return files
}
