// A folder as a tar whose bytes depend on paths and contents alone: an unchanged folder is the same archive again.
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'

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

/** The tar's bytes, a stream through every file; a file that changes its size meanwhile fails it. */
export function tarOf(folder: string, files: readonly FolderFile[]): AsyncIterable<Uint8Array> {
  const tar = pack()
  const write = async () => {
    for (const { path, bytes } of files) {
      const header = { name: path, size: bytes, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }
      await pipeline(createReadStream(join(folder, path)), tar.entry(header))
    }
    tar.finalize()
  }
  write().catch((error) => tar.destroy(error))
  return tar as AsyncIterable<unknown> as AsyncIterable<Uint8Array>
}
