// The API role in one process: opens what it stands on, takes ingest work from the queue, and listens.
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { openDatabase } from '@graft/db/database'
import { migrate } from '@graft/db/migrate'
import { openQueue } from '@graft/db/queue'
import { openStore } from '@graft/store/open-store'
import { createAdaptorServer } from '@hono/node-server'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { setAdminKey } from './auth.ts'
import { startBulkWorker } from './bulk/bulk-worker.ts'
import { collectBatches } from './bulk/collect-batches.ts'
import type { Context } from './context.ts'
import { keepAdminKey } from './data-folder.ts'
import { collectGarbage } from './datasets/collect-garbage.ts'
import { giveUpIngest, ingest } from './datasets/ingest.ts'
import { forgetOldCounts } from './endpoints/answer-meter.ts'
import { startCanaryLoop } from './endpoints/canary-loop.ts'
import { forgetOldAnswers } from './idempotency/idempotency-keys.ts'
import { collectModelFiles } from './models/collect-files.ts'
import { openServing } from './serving/serving.ts'
import type { Settings } from './settings.ts'
import { type Phase, runPhases } from './shutdown.ts'
import { startSweepLoop } from './sweeps/settle-sweeps.ts'
import { openUsageMeter } from './usage/usage-meter.ts'
import { forgetOldDeliveries, startDeliverer } from './webhooks/deliver.ts'

/** Milliseconds between two sweeps of kept answers, of the history of webhooks, and of what no row names. */
const FORGET_EVERY = 3600_000

/**
 * Milliseconds that an idle connection stays open: longer than load balancers keep theirs, which is a minute. Whoever
 * closes first cuts the request that is on its way then.
 */
const KEEP_ALIVE = 75_000

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

/**
 * The caller holds the lock of the data folder. What was opened before a failure is closed again.
 * @throws GraftError `invalid_request` for a port that cannot be used, and what database and store throw
 */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { databaseUrl, dataFolder, host, port, log } = options
  // The rest of the time is the trainer's and Postgres's, where one command runs all.
  const seconds = limit('shutdownSeconds') * 0.55
  /** The end of each part, in the order in which they were opened. */
  const ends: Phase[] = []
  const stop = () => runPhases(log, ends.toReversed(), seconds)
  try {
    await migrate(databaseUrl)
    const { db, close } = openDatabase(databaseUrl)
    ends.push({ name: 'close database', seconds: seconds * 0.1, run: close })
    const usage = openUsageMeter(db, log)
    ends.push({ name: 'write usage', seconds: seconds * 0.1, run: usage.close })
    const store = await openStore(options.store)
    ends.push({ name: 'close store', seconds: seconds * 0.1, run: () => store.close() })
    const queue = await openQueue(databaseUrl, (err) => log.error({ err }, 'queue'))
    ends.push({ name: 'finish ingest', seconds: seconds * 0.4, run: () => queue.stop() })

    const serving = openServing({ db, store, log })
    ends.push({ name: 'close models', seconds: seconds * 0.1, run: serving.close })

    const stopping = new AbortController()
    const context: Context = {
      db,
      store,
      queue,
      log,
      usage,
      serving,
      dataFolder,
      stopping: stopping.signal,
    }
    await emptyFolder(join(dataFolder, 'tmp'))
    await setAdminKey(db, await keepAdminKey(dataFolder, options.adminKey))
    await queue.onExhausted('ingest', (message) => giveUpIngest(context, message))
    await queue.work('ingest', (message, signal) => ingest(context, message, signal))

    const forgetting = setInterval(() => {
      Promise.all([
        forgetOldAnswers(db),
        forgetOldCounts(db),
        forgetOldDeliveries(db),
        collectGarbage(context),
        collectModelFiles(context),
        collectBatches(context),
      ]).catch((err: Error) => log.warn({ err }, 'what is old is not forgotten yet'))
    }, FORGET_EVERY)
    ends.push({ name: 'stop forgetting', seconds: 1, run: () => clearInterval(forgetting) })

    const deliverer = startDeliverer(db, log)
    ends.push({ name: 'finish deliveries', seconds: seconds * 0.2, run: deliverer.stop })

    const sweeps = startSweepLoop(db, log)
    ends.push({ name: 'leave sweeps', seconds: seconds * 0.1, run: sweeps.stop })

    const canaries = startCanaryLoop(context)
    ends.push({ name: 'leave canaries', seconds: seconds * 0.1, run: canaries.stop })

    const bulk = startBulkWorker(context)
    ends.push({ name: 'pause bulk predictions', seconds: seconds * 0.3, run: bulk.stop })

    const server = createAdaptorServer({ fetch: createApp(context).fetch }) as Server
    // An upload lasts as long as it lasts; a client that sends nothing at all is cut by the headers' time-out.
    server.requestTimeout = 0
    server.keepAliveTimeout = KEEP_ALIVE
    const drained = async () => {
      stopping.abort()
      await drain(server, seconds * 0.3)
    }
    await listen(server, port, host)
    ends.push({ name: 'answer requests', seconds: seconds * 0.4, run: drained })
    return { url: urlOf(server, host), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE' ? 'another process listens there' : error.message
    const message = `GRAFT_PORT=${port} cannot be used on ${host}: ${taken}.`
    throw new GraftError('invalid_request', message, [], { cause: error })
  })
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
