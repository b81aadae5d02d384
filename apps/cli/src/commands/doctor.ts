// `graft doctor`: what this machine has of what Graft needs, what is missing, and what to do about it.
import { execFile } from 'node:child_process'
import { access, constants, stat, statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readSettings, type Settings } from '@graft/api/settings'
import { openDatabase } from '@graft/db/database'
import { findPrograms } from '@graft/db/postgres-programs'
import { openStore } from '@graft/store/open-store'
import { sql } from 'drizzle-orm'
import type { Client } from '../client.ts'
import { megabytes, type Output, table } from '../terminal.ts'

/** `missing` is what something will fail of; `note` is good to know. */
export interface Finding {
  part: string
  state: 'ok' | 'note' | 'missing'
  detail: string
}

const OLDEST_NODE = [24, 18] as const
/** Bytes below which a data set and its checkpoints may not fit. */
const LITTLE_ROOM = 5e9
/** The user that Postgres runs as where Graft is root. */
const NOBODY = 65534

/** @returns whether nothing is missing */
export async function doctor(client: Client, output: Output): Promise<boolean> {
  const settings = readSettings()
  const findings = [
    checkNode(),
    checkMachine(),
    await found('data folder', () => checkFolder(settings.dataFolder)),
    await found('database', () => checkDatabase(settings)),
    // Loaded, for a library that is there may still not fit the machine.
    await found('training', checkEngine),
    await found('object store', () => checkStore(settings.store)),
    await checkPlatform(client),
  ]
  if (output.json) output.print(JSON.stringify({ findings }))
  else
    for (const line of table(findings.map(({ part, state, detail }) => [state, part, detail])))
      output.print(line)
  return findings.every(({ state }) => state !== 'missing')
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldest, oldestMinor] = OLDEST_NODE
  const isNew = major > oldest || (major === oldest && minor >= oldestMinor)
  const detail = isNew
    ? process.versions.node
    : `${process.versions.node} is older than ${OLDEST_NODE.join('.')}: start Graft by ./graft, which brings its own`
  return { part: 'node', state: isNew ? 'ok' : 'missing', detail }
}

function checkMachine(): Finding {
  const memory = megabytes(totalmem())
  const detail = `${process.platform}-${process.arch}, ${availableParallelism()} cores, ${memory} of memory`
  return { part: 'machine', state: 'ok', detail }
}

/** In a process of its own: TensorFlow writes to standard error as it loads, and may end the process that loads it. */
async function checkEngine(): Promise<string> {
  const program = `
    import { engineName } from ${JSON.stringify(import.meta.resolve('@graft/nn/engine'))}
    try {
      console.log(engineName())
    } catch (error) {
      console.log(error.message)
      process.exitCode = 1
    }`
  const asked = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  const { stdout } = await asked.catch(({ stdout, signal }: { stdout: string; signal: string | null }) => {
    throw new Error(stdout.trim() || `TensorFlow ends the process that loads it (${signal ?? 'by itself'})`)
  })
  return stdout.trim()
}

async function checkDatabase({ databaseUrl, dataFolder }: Settings): Promise<string> {
  if (databaseUrl === undefined) {
    const isRoot = process.getuid?.() === 0
    await findPrograms(join(await nearest(dataFolder), 'postgres'), isRoot ? NOBODY : undefined)
    return 'embedded; its programs are installed'
  }
  const { db, close } = openDatabase(databaseUrl, 1)
  try {
    const [row] = await db.execute<{ server_version: string }>(sql`show server_version`)
    return `DATABASE_URL answers: Postgres ${row?.server_version ?? ''}`
  } finally {
    await close()
  }
}

async function checkFolder(folder: string): Promise<string> {
  const there = await nearest(folder)
  await access(there, constants.W_OK)
  const { bavail, bsize } = await statfs(there)
  const free = megabytes(bavail * bsize)
  if (bavail * bsize < LITTLE_ROOM) throw new Error(`${folder} has only ${free} left: make room`)
  return `${folder}, ${free} free`
}

async function checkStore(location: string): Promise<string> {
  if (location.startsWith('file:')) return await checkFolder(location.slice('file:'.length))
  const store = await openStore(location)
  try {
    await store.check()
    return location
  } finally {
    await store.close()
  }
}

/** A platform that does not run is no fault of the machine. */
async function checkPlatform(client: Client): Promise<Finding> {
  const part = 'platform'
  try {
    await client.get('/readyz')
    await client.get('/v1/endpoints?limit=1')
    return { part, state: 'ok', detail: `${client.url} is ready, and takes the API key` }
  } catch (error) {
    return { part, state: 'note', detail: (error as Error).message }
  }
}

async function found(part: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { part, state: 'ok', detail: await check() }
  } catch (error) {
    // drizzle names the query, and its cause the fault.
    const { message, cause } = error as Error
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message
    return { part, state: 'missing', detail: reason.split('\n', 1)[0] ?? '' }
  }
}

/** The folder, or what is there of the path to it: a doctor makes nothing. */
async function nearest(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined || dirname(folder) === folder ? folder : await nearest(dirname(folder))
}
