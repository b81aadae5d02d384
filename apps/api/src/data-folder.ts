// The data folder: one Graft at a time uses it, and the admin key is kept in it.
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GraftError } from '@graft/core/errors'
import { newSecret } from './auth.ts'

/** SQLite's result code for a file that another connection has locked. */
const SQLITE_BUSY = 5

export interface DataFolderLock {
  release(): void
}

/**
 * Takes the folder, made when missing, for this process. The lock is the kernel's own on an open file (SQLite is how
 * Node reaches it): it ends with the process, however that ends, so none is ever left over from a crash, and no pid has
 * to be asked whether it is still who it was.
 *
 * @throws GraftError `data_directory_in_use`, at once
 */
export async function lockDataFolder(folder: string): Promise<DataFolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = new DatabaseSync(join(folder, 'lock'))
  // Beside the lock and not in it: to read a file and close it again would end this process's own lock on it.
  const owner = join(folder, 'lock.pid')
  try {
    file.exec('begin exclusive')
  } catch (error) {
    file.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    throw new GraftError(
      'data_directory_in_use',
      `Another Graft (process ${ownerIn(owner)}) uses the data directory ${folder}: stop it, or set GRAFT_DATA to another directory.`,
    )
  }
  writeFileSync(owner, `${process.pid}\n`)
  return { release: () => file.close() }
}

function ownerIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'unknown'
  } catch {
    return 'unknown' // it has the lock and has not written its number yet
  }
}

/** The admin key of the folder, made at the first start; only its owner can read the file. */
export async function keepAdminKey(folder: string, given: string | undefined): Promise<string> {
  const path = join(folder, 'admin-key')
  const kept = await readFile(path, 'utf8').catch(() => '')
  const key = given ?? (kept.trim() || newSecret())
  // Written also where it was given, for the command line on this machine reads it there.
  if (key !== kept.trim()) await writeFile(path, `${key}\n`, { mode: 0o600 })
  return key
}
