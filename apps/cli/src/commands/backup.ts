// `graft backup` and `graft restore`: database and store of this machine's settings, in one file.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { lockDataFolder } from '@graft/api/data-folder'
import type { Settings } from '@graft/api/settings'
import { GraftError, isGraftError } from '@graft/core/errors'
import { startPostgres } from '@graft/db/embedded-postgres'
import { migrate } from '@graft/db/migrate'
import { openQueue } from '@graft/db/queue'
import { findRunningPostgres } from '@graft/db/running-postgres'
import { copyInto, copyOut } from '@graft/db/table-copy'
import { openStore } from '@graft/store/open-store'
import { checkBackup, objectEntry, readBackup, writeBackup } from '../backup-file.ts'
import { megabytes, type Output } from '../terminal.ts'

export type Place = Pick<Settings, 'dataFolder' | 'databaseUrl' | 'store'>

/**
 * Reads a platform that runs, or one that is stopped. The rows are of one moment; the objects that they name were
 * written before it, and are never changed.
 *
 * @throws GraftError `not_found` where no platform has been, `already_exists` for the file, and what database and store
 *   throw
 */
export async function backup(place: Place, file: string, output: Output): Promise<void> {
  requirePlatform(place)
  const { bytes, contents } = await withDatabase(place, async (url) => {
    const store = await openStore(place.store)
    try {
      return await writeBackup(file, async (writer) => {
        const version = await copyOut(url, (rows, text) => {
          output.progress(`database  ${rows.table}`)
          return writer.table(rows, text)
        })
        for await (const { key, bytes } of store.list('')) {
          output.progress(`store  ${key}`)
          // An archive may have been ingested, and dropped, since it was listed.
          const body = await store.get(key).catch((error: unknown) => {
            if (!isGraftError(error, 'not_found')) throw error
          })
          if (body) await writer.object(key, bytes, body)
        }
        return version
      })
    } finally {
      await store.close()
    }
  })
  const tables = contents.tables.length
  // The head and the tables are no objects.
  const objects = Object.keys(contents.entries).length - tables - 1
  const line = `${file}: ${tables} tables, ${objects} objects, ${megabytes(bytes)}`
  output.print(output.json ? JSON.stringify({ file, bytes, tables, objects }) : line)
}

/**
 * Reads the whole file before anything is written, and then brings everything back, or no row: an object that no row
 * names does not exist to the platform.
 *
 * @throws GraftError `archive_unreadable`, `checksum_mismatch` for the file, `data_directory_in_use` while the
 *   platform runs, `state_conflict` where it is not empty
 */
export async function restore(place: Place, file: string, output: Output): Promise<void> {
  output.progress('checking the file')
  const { version, tables, entries } = await checkBackup(file)
  let objects = 0
  await withStoppedDatabase(place, async (url) => {
    await migrate(url)
    await (await openQueue(url)).stop() // makes its tables
    const store = await openStore(place.store)
    try {
      await copyInto(url, version, async (copy) => {
        for await (const entry of readBackup(file)) {
          output.progress(`${entry.kind}  ${entry.name}`)
          if (entry.kind === 'table') {
            const rows = tables.find(({ table }) => table === entry.name)
            if (rows) await copy.write(rows, entry.body)
          } else {
            const sha256 = entries[objectEntry(entry.name)]
            await store.put(entry.name, entry.body, sha256 === undefined ? {} : { sha256 })
            objects += 1
          }
        }
      })
    } finally {
      await store.close()
    }
  })
  const line = `${file} is restored: ${tables.length} tables, ${objects} objects`
  output.print(output.json ? JSON.stringify({ file, tables: tables.length, objects }) : line)
}

/** Nothing is made where only something is to be read. @throws GraftError `not_found` */
function requirePlatform({ dataFolder, databaseUrl }: Place): void {
  if (databaseUrl !== undefined || existsSync(join(dataFolder, 'postgres'))) return
  const message = `There is no platform in ${dataFolder}: run this where it was started, or set GRAFT_DATA.`
  throw new GraftError('not_found', message)
}

/** The database of a platform that may run. */
async function withDatabase<T>(place: Place, work: (url: string) => Promise<T>): Promise<T> {
  if (place.databaseUrl !== undefined) return await work(place.databaseUrl)
  try {
    return await withStoppedDatabase(place, work)
  } catch (error) {
    if (!isGraftError(error, 'data_directory_in_use')) throw error
    const running = await findRunningPostgres(join(place.dataFolder, 'postgres'))
    if (running === undefined) throw error
    return await work(running)
  }
}

/** Holds the data folder meanwhile, so that no platform starts on it. */
async function withStoppedDatabase<T>(place: Place, work: (url: string) => Promise<T>): Promise<T> {
  const lock = await lockDataFolder(place.dataFolder)
  try {
    if (place.databaseUrl !== undefined) return await work(place.databaseUrl)
    const postgres = await startPostgres(join(place.dataFolder, 'postgres'))
    try {
      return await work(postgres.url)
    } finally {
      await postgres.stop()
    }
  } finally {
    lock.release()
  }
}
