// The server of the benchmarks: the API and its Postgres in a process of its own, with as many endpoints as are asked
// for ("bench-0", "bench-1" ...), each with a model of its own. Tells its addresses once it is ready, and ends at any
// message.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startApi } from '../apps/api/src/start-api.ts'
import { makeNetwork, publishNetwork } from '../apps/api/src/test-model.ts'
import { openDatabase } from '../packages/db/src/database.ts'
import { startPostgres } from '../packages/db/src/embedded-postgres.ts'
import { setTraffic } from '../packages/db/src/endpoints.ts'
import { openStore } from '../packages/store/src/open-store.ts'

const { pino } = createRequire(new URL('../apps/api/package.json', import.meta.url))(
  'pino',
) as typeof import('../apps/api/node_modules/pino/pino.d.ts')
const [folder = '', adminKey = '', endpoints = '0'] = process.argv.slice(2)
const postgres = await startPostgres(join(folder, 'postgres'))
const location = `file:${join(folder, 'store')}`
const log = pino({ level: 'error' }, process.stderr)
const api = await startApi({
  databaseUrl: postgres.url,
  store: location,
  host: '127.0.0.1',
  port: 0,
  dataFolder: folder,
  adminKey,
  log,
})
if (Number(endpoints) > 0) await publishEndpoints(Number(endpoints))
process.send?.({ url: api.url, databaseUrl: postgres.url } satisfies ApiServer)
process.once('message', async () => {
  await api.stop()
  await postgres.stop()
  process.exit(0)
})

export interface ApiServer {
  url: string
  databaseUrl: string
}

async function publishEndpoints(count: number): Promise<void> {
  const { db, close } = openDatabase(postgres.url)
  const store = await openStore(location)
  const network = await makeNetwork()
  for (let index = 0; index < count; index += 1) {
    const model = await publishNetwork({ db, store }, `bench-${index}`, network)
    await setTraffic(db, `bench-${index}`, { traffic: [{ model, weight: 1 }] }, 'key_bench')
  }
  await close()
}
