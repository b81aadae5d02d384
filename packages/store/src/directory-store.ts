// Object storage in a directory: an object is written beside its place, synced, and moved there whole.
import { randomBytes } from 'node:crypto'
import { constants, type Dirent } from 'node:fs'
import {
  access,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { hashBody } from './hashing.ts'
import { safeKey, safePrefix } from './key.ts'
import type { ObjectStore } from './object-store.ts'

/** Ends the names of unfinished files: `~` is not in the alphabet of keys, so no key can name one. */
const UNFINISHED = '~'
/** An unfinished file this old (ms) belongs to a process that is gone: no upload pauses so long between writes. */
const STALE_MS = 24 * 3600 * 1000

/** Opens the directory, made when missing, and sweeps what crashed writers left there. */
export async function openDirectoryStore(root: string): Promise<ObjectStore> {
  try {
    await mkdir(root, { recursive: true })
    await sweep(root)
  } catch (error) {
    throw unavailable(error)
  }

  const place = (key: string) => join(root, ...safeKey(key).split('/'))

  return {
    async put(key, body, { sha256, ifAbsent = false } = {}) {
      const path = place(key)
      const hashed = hashBody(body, sha256)
      return await orGraftError(key, async () => {
        const unfinished = beside(path)
        let isLeft = true
        try {
          await writeSynced(unfinished, hashed.chunks)
          // link() refuses an existing name, so that of many writers exactly one wins; rename() replaces it.
          if (ifAbsent) await link(unfinished, path)
          else {
            await rename(unfinished, path)
            isLeft = false
          }
          await syncFolder(dirname(path))
          return hashed.stored()
        } finally {
          if (isLeft) await rm(unfinished, { force: true })
        }
      }).catch((error) => {
        throw hashed.fault()?.error ?? error
      })
    },

    async putAll(objects) {
      const files = objects.map(({ key, body }) => ({
        key,
        body,
        path: place(key),
        unfinished: beside(place(key)),
      }))
      try {
        // In steps, so that those after the first find nothing left to sync: one write of the journal serves many.
        await forEach(files, ({ key, body, unfinished }) =>
          orGraftError(key, () => writeSynced(unfinished, [body])),
        )
        await forEach(files, ({ key, path, unfinished }) => orGraftError(key, () => rename(unfinished, path)))
        const folders = [...new Set(files.map(({ path }) => dirname(path)))]
        await forEach(folders, (folder) => orGraftError(folder, () => syncFolder(folder)))
      } catch (error) {
        await forEach(files, ({ unfinished }) => rm(unfinished, { force: true }))
        throw error
      }
    },

    async get(key, { start = 0 } = {}) {
      const path = place(key)
      return await orGraftError(key, async () => {
        const file = await open(path)
        if ((await file.stat()).isFile()) return file.createReadStream({ start })
        await file.close()
        throw noObject(key)
      })
    },

    async read(key) {
      const path = place(key)
      return await orGraftError(key, () => readFile(path))
    },

    async size(key) {
      const path = place(key)
      return await orGraftError(key, () => fileSize(path))
    },

    async *list(prefix) {
      // Only the folder that holds every match is walked: the part of the prefix before its last slash.
      const folder = safePrefix(prefix).split('/').slice(0, -1)
      for await (const path of walk(join(root, ...folder))) {
        const key = relative(root, path).split(sep).join('/')
        if (!key.startsWith(prefix) || key.endsWith(UNFINISHED)) continue
        const bytes = await orGraftError(key, () => fileSize(path))
        if (bytes !== undefined) yield { key, bytes }
      }
    },

    async delete(key) {
      const path = place(key)
      await orGraftError(key, async () => {
        if ((await fileSize(path)) !== undefined) await rm(path, { force: true })
      })
    },

    async check() {
      await access(root, constants.W_OK).catch((error) => Promise.reject(unavailable(error)))
    },

    async close() {},
  }
}

/** A name for the unfinished file. */
function beside(path: string): string {
  return `${path}.${randomBytes(8).toString('hex')}${UNFINISHED}`
}

/** More at once than threads that do it, so that none of them waits for us. */
const FILES_AT_ONCE = 16

/** Ends all that has begun, also where some of it fails. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  const ended = await Promise.allSettled(Array.from({ length: FILES_AT_ONCE }, worker))
  for (const end of ended) if (end.status === 'rejected') throw end.reason
}

async function writeSynced(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const file = await openNew(path)
  try {
    for await (const chunk of chunks) await file.writeFile(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Most folders are there: to look for each first would cost every object a call. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await makeFolder(dirname(path))
    return await open(path, 'wx')
  }
}

/** Makes the folder and syncs each new parent, so that a crash does not take the folder away again. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function sweep(root: string): Promise<void> {
  for await (const path of walk(root)) {
    if (!path.endsWith(UNFINISHED)) continue
    const found = await stat(path).catch(ifMissing(undefined)) // its writer may finish it meanwhile
    if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true })
  }
}

/** The files under a folder in the order of their keys, in which `/` counts as a character: `a-b`, `a/b`, `a0`. */
async function* walk(folder: string): AsyncGenerator<string> {
  const sortName = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name)
  const entries = await readdir(folder, { withFileTypes: true }).catch(ifMissing([]))
  for (const entry of entries.sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else yield path
  }
}

async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(ifMissing(undefined))
  return found?.isFile() ? found.size : undefined
}

function ifMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return instead
    throw error
  }
}

async function orGraftError<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asGraftError(error, key)
  }
}

function noObject(key: string, options?: ErrorOptions): GraftError {
  return new GraftError('not_found', `There is no object ${key}.`, [], options)
}

function asGraftError(error: unknown, key: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (!syscall) return error // one of ours, or a programmer's
  const cause = { cause: error }
  switch (code) {
    case 'ENOENT':
    case 'EISDIR':
    case 'ENOTDIR':
      return noObject(key, cause)
    case 'EEXIST':
      return new GraftError('precondition_failed', `The object ${key} exists already.`, [], cause)
    case 'ENOSPC':
    case 'EDQUOT':
      return new GraftError('store_full', 'The disk of the object store is full.', [], cause)
    default:
      return unavailable(error)
  }
}

function unavailable(error: unknown): GraftError {
  const { message } = error as Error
  return new GraftError('store_unavailable', `The object store failed: ${message}`, [], { cause: error })
}
