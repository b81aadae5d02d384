// Finds the embedded Postgres that a running platform keeps in a folder.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Its URL, for a caller who may read the folder; undefined where none is ready. */
export async function findRunningPostgres(folder: string): Promise<string | undefined> {
  const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8').catch(() => '')
  // The lines of the file: pid, data, start, port, socket folder, address, shared memory, state.
  const [, , , port, , , , state] = (await read('data', 'postmaster.pid')).split('\n')
  const password = (await read('password')).trim()
  if (state?.trim() !== 'ready' || !port || password === '') return undefined
  return `postgres://graft:${password}@127.0.0.1:${port}/graft`
}
