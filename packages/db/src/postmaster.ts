// The postmaster that a data folder names: whether it still runs, for whom, and how to take its place.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GraftError } from '@graft/core/errors'

const execute = promisify(execFile)

/** Milliseconds for a fast shutdown, which ends transactions and writes a checkpoint. */
export const FAST_SHUTDOWN = 10_000
/** Milliseconds for the immediate one, which the next start recovers from. */
const IMMEDIATE_SHUTDOWN = 5000
const POLL = 50

/** Tells whose postmaster it is: the number of the process that supervises it. Postgres logs it, and means nothing by it. */
export const supervisedBy = (pid: number): string => `cluster_name=graft-${pid}`

/**
 * Clears the way for a postmaster: one that a dead supervisor has left behind is stopped.
 *
 * @throws GraftError `data_directory_in_use` when the supervisor lives
 */
export async function takeOver(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid')
  const [first = '', ...rest] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n')
  const pid = Number(first)
  if (!pid) return
  if (!(await findPostmaster(pid, data))) {
    // A crash left the file, and its number may be another process's by now, for which Postgres would wait for ever.
    // It ignores its parent's number, and still looks for what else of the crashed postmaster runs.
    if (isAlive(pid)) await writeFile(pidFile, [process.pid, ...rest].join('\n'))
    return
  }
  for (const [signal, patience] of [
    ['SIGINT', FAST_SHUTDOWN],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN],
    ['SIGKILL', IMMEDIATE_SHUTDOWN],
  ] as const) {
    for (let waited = 0; waited < patience; waited += POLL) {
      const found = await findPostmaster(pid, data)
      if (found === undefined) return
      // An orphan has a new parent, whatever number its supervisor had.
      if (found.command.includes(` ${supervisedBy(found.parent)} `)) {
        throw new GraftError(
          'data_directory_in_use',
          `The process ${found.parent} runs Postgres (process ${pid}) in ${data}: stop it, or use another folder.`,
        )
      }
      if (waited === 0) process.kill(pid, signal)
      await sleep(POLL)
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface Process {
  parent: number
  /** The arguments, with a space after each. */
  command: string
}

/** The number may have been given to another process since: its command line must name the folder. */
async function findPostmaster(pid: number, data: string): Promise<Process | undefined> {
  const found = await (process.platform === 'linux' ? readProc(pid) : askPs(pid)).catch(() => undefined)
  return found?.command.includes(` -D ${data} `) ? found : undefined
}

/** Small images of Linux have no `ps`. */
async function readProc(pid: number): Promise<Process> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8')
  const [, parent] = (await read('status')).match(/^PPid:\s*(\d+)/m) ?? []
  return { parent: Number(parent), command: (await read('cmdline')).replaceAll('\0', ' ') }
}

async function askPs(pid: number): Promise<Process> {
  const { stdout } = await execute('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)])
  const [, parent, args] = stdout.match(/^\s*(\d+) (.*)$/m) ?? []
  return { parent: Number(parent), command: `${args} ` }
}
