// The file of a backup: a tar that begins with what it is, and ends with the sha256 of all that is in between.
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GraftError } from '@graft/core/errors'
import type { SchemaVersion, TableRows } from '@graft/db/table-copy'
import { extract, type Header, pack } from 'tar-stream'

const FORMAT = 1
const HEAD = 'graft-backup.json'
const CONTENTS = 'contents.json'
const TABLES = 'database/'
const OBJECTS = 'store/'

export interface Contents {
  version: SchemaVersion
  tables: TableRows[]
  /** sha256 of each entry. */
  entries: Record<string, string>
}

export interface BackupWriter {
  table(rows: TableRows, text: Readable): Promise<void>
  object(key: string, bytes: number, body: Readable): Promise<void>
}

/**
 * The file appears whole, readable by its owner alone, or not at all.
 *
 * @throws GraftError `already_exists`, and what `work` throws
 */
export async function writeBackup(
  file: string,
  work: (writer: BackupWriter) => Promise<SchemaVersion>,
): Promise<{ bytes: number; contents: Contents }> {
  if (await stat(file).catch(() => undefined)) {
    throw new GraftError('already_exists', `${file} exists already.`)
  }
  const unfinished = `${file}.${randomBytes(4).toString('hex')}~`
  const spool = `${unfinished}.table`
  const tar = pack()
  const written = pipeline(tar, createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }))
  written.catch(() => {}) // told below
  const entries: Record<string, string> = {}
  const tables: TableRows[] = []

  /** A tar tells the size of an entry before its bytes. */
  async function add(name: string, bytes: number, body: Readable): Promise<void> {
    const hash = createHash('sha256')
    const entry = tar.entry({ name, size: bytes })
    await Promise.race([
      pipeline(
        body,
        tapped((chunk) => hash.update(chunk)),
        entry,
      ),
      written.then(() => {}),
    ])
    entries[name] = hash.digest('hex')
  }

  try {
    const head = Buffer.from(JSON.stringify({ format: FORMAT, created_at: new Date().toISOString() }))
    await add(HEAD, head.length, Readable.from([head]))
    const version = await work({
      async table(rows, text) {
        await pipeline(text, createWriteStream(spool, { mode: 0o600 }))
        tables.push(rows)
        await add(TABLES + rows.table, (await stat(spool)).size, createReadStream(spool))
      },
      object: (key, bytes, body) => add(OBJECTS + key, bytes, body),
    })
    const contents: Contents = { version, tables, entries }
    tar.entry({ name: CONTENTS }, JSON.stringify(contents))
    tar.finalize()
    await written
    await sync(unfinished)
    await rename(unfinished, file)
    await sync(dirname(file))
    return { bytes: (await stat(file)).size, contents }
  } finally {
    tar.destroy()
    await rm(unfinished, { force: true })
    await rm(spool, { force: true })
  }
}

/**
 * Reads the whole file and compares each entry with its sha256.
 *
 * @throws GraftError `archive_unreadable` for what is no backup or is cut, `checksum_mismatch`
 */
export async function checkBackup(file: string): Promise<Contents> {
  try {
    return await readContents(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof GraftError || code === 'ENOENT') throw error
    throw unreadable(`${file} cannot be read as a backup: ${message}.`)
  }
}

async function readContents(file: string): Promise<Contents> {
  const entries: Record<string, string> = {}
  let contents: Contents | undefined
  for await (const { name, body } of readEntries(file)) {
    if (Object.keys(entries).length === 0) await requireHead(name, body)
    if (name === CONTENTS) contents = JSON.parse((await wholeOf(body)).toString()) as Contents
    const hash = createHash('sha256')
    for await (const chunk of body) hash.update(chunk as Buffer)
    entries[name] = hash.digest('hex')
  }
  if (contents === undefined) throw unreadable(`${file} ends early: it is not complete.`)
  for (const [name, sha256] of Object.entries(contents.entries)) {
    if (name !== HEAD && entries[name] !== sha256) {
      throw new GraftError('checksum_mismatch', `${file}: ${name} is not as it was written.`)
    }
  }
  return contents
}

export type BackupEntry =
  | { kind: 'table'; name: string; body: Readable }
  | { kind: 'object'; name: string; bytes: number; body: Readable }

/** Tables and objects in the order in which they were written; each is read before the next. */
export async function* readBackup(file: string): AsyncGenerator<BackupEntry> {
  for await (const { name, bytes, body } of readEntries(file)) {
    if (name.startsWith(TABLES)) yield { kind: 'table', name: name.slice(TABLES.length), body }
    else if (name.startsWith(OBJECTS)) yield { kind: 'object', name: name.slice(OBJECTS.length), bytes, body }
    else body.resume()
  }
}

/** Where the entry of an object stands in `Contents.entries`. */
export const objectEntry = (key: string): string => OBJECTS + key

async function* readEntries(file: string): AsyncGenerator<{ name: string; bytes: number; body: Readable }> {
  const tar = extract()
  const fed = pipeline(createReadStream(file), tar)
  fed.catch(() => {}) // the iteration throws it
  for await (const entry of tar) {
    const { name, size = 0 } = entry.header as Header
    yield { name, bytes: size, body: entry as unknown as Readable }
  }
  await fed
}

async function requireHead(name: string, body: Readable): Promise<void> {
  const head: unknown = name === HEAD ? JSON.parse((await wholeOf(body)).toString()) : undefined
  if ((head as { format?: unknown } | undefined)?.format === FORMAT) return
  throw unreadable(`It is no backup of format ${FORMAT}.`)
}

async function wholeOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function tapped(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _, callback) {
      look(chunk)
      callback(null, chunk)
    },
  })
}

async function sync(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unreadable(message: string): GraftError {
  return new GraftError('archive_unreadable', message)
}
