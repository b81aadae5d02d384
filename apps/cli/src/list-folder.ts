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
    // One by one: of more than 120,000 arguments the stack has no room.
    if (entry.isDirectory()) for (const file of await listFolder(folder, path)) files.push(file)
    else if (entry.isFile()) files.push({ path, bytes: (await stat(join(folder, path))).size })
  }
  return files
}
