// Object storage in a directory: an object is written beside its place, synced, and moved there whole.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { hashBody } from './hashing.ts'
import { safeKey } from './key.ts'
import type { ObjectStore, PutOptions, StoredObject } from './object-store.ts'

/** Ends the names of unfinished files: `~` is not in the alphabet of keys, so no key can name one. */
const UNFINISHED = '~'
/** An unfinished file this old (ms) belongs to a process that is gone: no upload pauses so long between writes. */
const STALE_MS = 24 * 3600 * 1000

/** Opens the directory, made when missing, and sweeps what crashed writers left there. */
export async function openDirectoryStore(root: string): Promise<ObjectStore> {
  await mkdir(root, { recursive: true })
  for await (const file of walk(root)) {
    if (file.endsWith(UNFINISHED) && Date.now() - (await stat(file)).mtimeMs > STALE_MS)
      await rm(file, { force: true })
  }

  const place = (key: string) => join(root, ...safeKey(key).split('/'))

  async function put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options: PutOptions = {}) {
    const path = place(key)
    await makeFolder(dirname(path))
    const unfinished = `${path}.${randomBytes(8).toString('hex')}${UNFINISHED}`
    try {
      const stored = await writeSynced(unfinished, body, options.sha256)
      // link() refuses an existing name, so that of many writers exactly one wins; rename() replaces it.
      if (options.ifAbsent) await link(unfinished, path)
      else await rename(unfinished, path)
      await syncFolder(dirname(path))
      return stored
    } catch (error) {
      throw asGraftError(error, key)
    } finally {
      await rm(unfinished, { force: true })
    }
  }

  return {
    put,
    async get(key, { start = 0 } = {}) {
      const handle = await open(place(key)).catch((error) => Promise.reject(asGraftError(error, key)))
      return createReadStream('', { fd: handle, start })
    },
    async read(key) {
      return await readFile(place(key)).catch((error) => Promise.reject(asGraftError(error, key)))
    },
    async size(key) {
      try {
        return (await stat(place(key))).size
      } catch (error) {
        if (asGraftError(error, key).code === 'not_found') return undefined
        throw asGraftError(error, key)
      }
    },
    async *list(prefix) {
      for await (const file of walk(root)) {
        const key = relative(root, file).split(sep).join('/')
        if (key.startsWith(prefix) && !key.endsWith(UNFINISHED)) yield { key, bytes: (await stat(file)).size }
      }
    },
    async delete(key) {
      await rm(place(key), { force: true })
    },
    async check() {
      await stat(root).catch((error) => Promise.reject(asGraftError(error, root)))
    },
    async close() {},
  }
}

async function writeSynced(
  path: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  sha256: string | undefined,
): Promise<StoredObject> {
  const hashed = hashBody(body)
  const file: FileHandle = await open(path, 'wx')
  try {
    for await (const chunk of hashed.chunks) await file.writeFile(chunk)
    const stored = hashed.finish(sha256)
    await file.sync()
    return stored
  } finally {
    await file.close()
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

async function* walk(folder: string): AsyncGenerator<string> {
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else yield path
  }
}

function asGraftError(error: unknown, key: string): GraftError {
  if (error instanceof GraftError) return error
  const cause = { cause: error }
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new GraftError('not_found', `There is no object ${key}.`, [], cause)
    case 'EEXIST':
      return new GraftError('precondition_failed', `The object ${key} exists already.`, [], cause)
    case 'ENOSPC':
    case 'EDQUOT':
      return new GraftError('store_full', 'The disk of the object store is full.', [], cause)
    default:
      // What the body's own source threw is not the store's fault.
      if (!(error as NodeJS.ErrnoException).syscall) throw error
      return new GraftError(
        'store_unavailable',
        `The object store failed: ${(error as Error).message}`,
        [],
        cause,
      )
  }
}
