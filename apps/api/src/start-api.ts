// The API role in one process: opens what it stands on, takes ingest work from the queue, and listens.
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limit } from '@graft/core/limits'
import { openDatabase } from '@graft/db/database'
import { migrate } from '@graft/db/migrate'
import { openQueue } from '@graft/db/queue'
import { openStore } from '@graft/store/open-store'
import { createAdaptorServer } from '@hono/node-server'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { setAdminKey } from './auth.ts'
import type { Context } from './context.ts'
import { keepAdminKey } from './data-folder.ts'
import { giveUpIngest, ingest } from './datasets/ingest.ts'
import type { Settings } from './settings.ts'
import { runPhases } from './shutdown.ts'

export interface ApiOptions extends Settings {
  databaseUrl: string
  log: Logger
}

export interface RunningApi {
  /** `http://HOST:PORT`, without a slash at its end. */
  url: string
  /** Answers what has been asked, finishes the ingest that runs, and closes everything. */
  stop(): Promise<void>
}

/** The caller holds the lock of the data folder. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { databaseUrl, dataFolder, log } = options
  await migrate(databaseUrl)
  const database = openDatabase(databaseUrl)
  const store = await openStore(options.store)
  const queue = await openQueue(databaseUrl, (err) => log.error({ err }, 'queue'))
  const stopping = new AbortController()
  const context: Context = { db: database.db, store, queue, log, dataFolder, stopping: stopping.signal }

  await emptyFolder(join(dataFolder, 'tmp'))
  await setAdminKey(context.db, await keepAdminKey(dataFolder, options.adminKey))
  await queue.onExhausted('ingest', (message) => giveUpIngest(context, message))
  await queue.work('ingest', (message, signal) => ingest(context, message, signal))

  const server = createAdaptorServer({ fetch: createApp(context).fetch }) as Server
  // An upload lasts as long as it lasts; a client that sends nothing at all is cut by the headers' time-out.
  server.requestTimeout = 0
  server.listen(options.port, options.host)
  await once(server, 'listening')

  return {
    url: urlOf(server, options.host),
    async stop() {
      const seconds = limit('shutdownSeconds')
      stopping.abort()
      await runPhases(log, [
        { name: 'answer requests', seconds: seconds * 0.4, run: () => drain(server, seconds * 0.3) },
        { name: 'finish ingest', seconds: seconds * 0.4, run: () => queue.stop() },
        { name: 'close store', seconds: seconds * 0.1, run: () => store.close() },
        { name: 'close database', seconds: seconds * 0.1, run: () => database.close() },
      ])
    },
  }
}

/** Takes no more connections, waits for the requests in work, and cuts what is left after the time. */
async function drain(server: Server, seconds: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const late = sleep(seconds * 1000, undefined, { ref: false }).then(() => server.closeAllConnections())
  await Promise.race([closed, late])
  await closed
}

/** Spooled archives of a process that is gone. */
async function emptyFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}
