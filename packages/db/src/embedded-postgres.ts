// A Postgres of our own: initdb once, one postmaster for each start, kept running until `stop`.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GraftError } from '@graft/core/errors'
import postgres from 'postgres'
import { findPrograms, type Programs } from './postgres-programs.ts'
import { FAST_SHUTDOWN, supervisedBy, takeOver } from './postmaster.ts'

const execute = promisify(execFile)

/** Postgres refuses to run as root: then it runs as `nobody`, and its folder belongs to that user. */
const NOBODY = 65534
const USER = 'graft'
const DATABASE = 'graft'

/** Milliseconds for a start, which may replay the log of a crash. */
const START_TIMEOUT = 60_000
/** Milliseconds before a postmaster that has ended is started again. */
const RESTART_DELAY = 500

export interface EmbeddedPostgres {
  /** The same for as long as it runs, over crashes too. */
  url: string
  stop(): Promise<void>
}

/** Where a cluster's files lie, and who runs the programs. */
interface Cluster {
  /** Holds the data, the log and the password. */
  root: string
  data: string
  /** Owner of the files where that is not this process's user. */
  uid: number | undefined
  programs: Programs
}

/**
 * Starts Postgres on a free port of 127.0.0.1, with all its files in `folder`, and starts it again if it ends. A
 * postmaster whose supervisor has died is stopped first. Two first starts at the same moment are for the caller to
 * keep apart.
 *
 * @param onCrash told when it has ended by itself, or could not be started again yet
 * @throws GraftError `data_directory_in_use` when another process runs it there, `internal` with Postgres's own words
 * when the first start fails
 */
export async function startPostgres(
  folder: string,
  onCrash: (message: string) => void = () => {},
): Promise<EmbeddedPostgres> {
  const cluster = await openFolder(folder)
  await takeOver(cluster.data)
  const password = await initialise(cluster)
  const port = await freePort()
  const stop = await supervise(cluster, port, onCrash)
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`
  try {
    await createDatabase(url)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

/** For root, a folder of its own is given to `nobody`. */
async function openFolder(folder: string): Promise<Cluster> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const root = await realpath(folder)
  let uid: number | undefined
  if (process.getuid?.() === 0) {
    uid = (await stat(root)).uid || NOBODY
    await chown(root, uid, uid)
  }
  return { root, data: join(root, 'data'), uid, programs: await findPrograms(root, uid) }
}

/** Makes the cluster at the first start; answers the password of its one user, which stays in the folder. */
async function initialise({ root, data, uid, programs }: Cluster): Promise<string> {
  const password = join(root, 'password')
  if (!(await stat(data).catch(() => undefined))) {
    // The cluster gets its name only once it is whole and on the disk. An initdb that lost its parent still writes
    // to its own folder, and deletes that one alone when it fails.
    for (const name of await readdir(root)) {
      if (name.startsWith('new-')) await rm(join(root, name), { recursive: true, force: true })
    }
    const made = join(root, `new-${randomBytes(6).toString('hex')}`)
    await writeFile(password, randomBytes(24).toString('hex'), { mode: 0o600 })
    if (uid !== undefined) await chown(password, uid, uid)
    const [command, args] = programs('initdb', [
      ...['-D', made, '-U', USER, '--auth=scram-sha-256', `--pwfile=${password}`, '--encoding=UTF8'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ])
    await execute(command, args, { cwd: '/' }).catch((error: Error & { stderr?: string }) => {
      throw new GraftError('internal', `Postgres cannot be set up: ${error.stderr || error.message}`)
    })
    await sync(password)
    await rename(made, data)
    await sync(root)
  }
  return (await readFile(password, 'utf8')).trim()
}

async function sync(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}

/** Starts the postmaster, and again whenever it ends; answers how to stop it. */
async function supervise(
  cluster: Cluster,
  port: number,
  onCrash: (message: string) => void,
): Promise<() => Promise<void>> {
  let child = await spawnPostmaster(cluster, port)
  await untilReady(child, cluster)

  const stopping = new AbortController()
  const kept = (async () => {
    for (;;) {
      await ended(child)
      if (stopping.signal.aborted) return
      onCrash(`Postgres ended with ${child.signalCode ?? child.exitCode}: it is started again.`)
      while (hasEnded(child)) {
        await sleep(RESTART_DELAY)
        if (stopping.signal.aborted) return
        try {
          await takeOver(cluster.data)
          child = await spawnPostmaster(cluster, port)
          if (stopping.signal.aborted) child.kill('SIGINT')
          await untilReady(child, cluster)
        } catch (error) {
          if (!stopping.signal.aborted) onCrash(error instanceof Error ? error.message : String(error))
        }
      }
    }
  })()

  return async () => {
    stopping.abort()
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      child.kill(signal)
      const late = sleep(FAST_SHUTDOWN, true, { ref: false })
      if (!(await Promise.race([kept, late]))) return
    }
    await kept
  }
}

async function spawnPostmaster({ root, data, programs }: Cluster, port: number): Promise<ChildProcess> {
  const log = await open(join(root, 'log'), 'a')
  const [command, args] = programs('postgres', [
    ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
    ...['-c', 'unix_socket_directories=', '-c', 'max_connections=200', '-c', supervisedBy(process.pid)],
  ])
  // A process group of its own: Ctrl-C in a terminal does not stop it under its parent's feet.
  const child = spawn(command, args, { cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] })
  await once(child, 'spawn').finally(() => log.close())
  return child
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

async function ended(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, 'exit')
}

/** Postgres writes `ready` into the last line of its pid file; pg_ctl waits for the same. */
async function untilReady(child: ChildProcess, { root, data }: Cluster): Promise<void> {
  for (let waited = 0; waited < START_TIMEOUT && !hasEnded(child); waited += 20) {
    const pidFile = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
    const lines = pidFile.split('\n')
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return
    await sleep(20)
  }
  child.kill('SIGKILL')
  await ended(child)
  const log = join(root, 'log')
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
