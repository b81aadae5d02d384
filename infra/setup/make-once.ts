// The cache of what the set-up brings and builds: outside the checkout and keyed by version, so that a fresh clone finds it.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

export const CACHE = process.env.GRAFT_CACHE ?? join(homedir(), '.cache', 'graft')

/**
 * Makes a folder whole or not at all, and does nothing where it has been made; of two processes the faster one makes it.
 *
 * @param made a file in it that is there once it is
 * @param make works in a fresh folder, which is deleted, and returns what is to become the folder; what it throws is thrown
 */
export function makeOnce(folder: string, made: string, make: (fresh: string) => string): void {
  if (existsSync(made)) return
  mkdirSync(dirname(folder), { recursive: true })
  const fresh = mkdtempSync(`${folder}.`)
  try {
    renameSync(make(fresh), folder)
  } catch (error) {
    if (!existsSync(made)) throw error // else another process was faster
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
