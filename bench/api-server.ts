// The server of the benchmarks: the API and its Postgres in a process of its own, with as many endpoints as are asked
// for ("bench-0", "bench-1" ...), each with a model of its own. Tells its addresses once it is ready, and ends at any
// message or SIGTERM. `startApiServer` starts it.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startApi } from '../apps/api/src/start-api.ts'
import { makeInt8Network, makeNetwork, publishNetwork } from '../apps/api/src/test-model.ts'
import { DEFAULT_PROJECT } from '../packages/core/src/names.ts'
import { openDatabase } from '../packages/db/src/database.ts'
import { startPostgres } from '../packages/db/src/embedded-postgres.ts'
import { setTraffic } from '../packages/db/src/endpoints.ts'
import { openStore } from '../packages/store/src/open-store.ts'

const { pino } = createRequire(new URL('../apps/api/package.json', import.meta.url))(
  'pino',
) as typeof import('../apps/api/node_modules/pino/pino.d.ts')
const options = JSON.parse(process.argv[2] ?? '') as ApiServerOptions
const { folder, key, endpoints = 0, store = join(folder, 'store') } = options
const postgres = options.databaseUrl === undefined ? await startPostgres(join(folder, 'postgres')) : undefined
const databaseUrl = options.databaseUrl ?? postgres?.url ?? ''
const location = `file:${store}`
const log = pino({ level: 'error' }, process.stderr)
const api = await startApi({
  databaseUrl,
  store: location,
  host: '127.0.0.1',
  port: 0,
  dataFolder: folder,
  adminKey: key,
  log,
})
if (endpoints > 0) await publishEndpoints(endpoints)
process.send?.({ url: api.url, databaseUrl } satisfies ApiServer)
process.once('message', stop)
process.once('SIGTERM', stop)

async function stop(): Promise<void> {
  await api.stop()
  await postgres?.stop()
  process.exit(0)
}

export interface ApiServerOptions {
  folder: string
  key: string
  /** How many are made. */
  endpoints?: number
  /** Their models answer in eight bits. */
  int8?: boolean
  /** Another's Postgres, which outlives the server; one of its own without it. */
  databaseUrl?: string
  /** A folder that the server shares; one of its own without it. */
  store?: string
}

export interface ApiServer {
  url: string
  databaseUrl: string
}

async function publishEndpoints(count: number): Promise<void> {
  const { db, close } = openDatabase(databaseUrl)
  const store = await openStore(location)
  const network = await (options.int8 ? makeInt8Network() : makeNetwork())
  for (let index = 0; index < count; index += 1) {
    const model = await publishNetwork({ db, store }, `bench-${index}`, network)
    await setTraffic(db, DEFAULT_PROJECT, `bench-${index}`, { traffic: [{ model, weight: 1 }] }, 'key_bench')
  }
  await close()
}
