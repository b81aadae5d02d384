// Whether a request is lost while servers are restarted one after the other under load.
//
//   node bench/serve-restarts.ts [restarts] [clients]
//
// Two API processes share a Postgres and a store, as behind a load balancer. One after the other is ended by SIGTERM and
// started again, while clients ask one or the other by chance, and again where they get no answer or a 503, as the client
// of packages/client does. Prints a line of JSON: requests that failed for good, those that were asked again, and how
// long a server took to end.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { testPhotos } from '../apps/api/src/test-model.ts'
import { withRetries } from '../packages/client/src/retry.ts'
import { startPostgres } from '../packages/db/src/embedded-postgres.ts'
import { describeMachine, median, round } from './machine.ts'
import { quantile } from './requests.ts'
import { KEY, type StartedServer, startApiServer } from './start-api-server.ts'

const [restarts = 20, clients = 2] = process.argv.slice(2).map(Number)
const SERVERS = 2
const RETRIES = 8
/** Milliseconds: before the first retry, and between two restarts. */
const DELAY = 50
const PAUSE = 1000

const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'))
const postgres = await startPostgres(join(folder, 'postgres'))
const shared = { databaseUrl: postgres.url, store: join(folder, 'store') }
const servers: StartedServer[] = []
try {
  servers.push(await startApiServer({ ...shared, endpoints: 1 }))
  while (servers.length < SERVERS) servers.push(await startApiServer(shared))

  const times: number[] = []
  const failures: string[] = []
  let tries = 0
  let isOver = false
  const photos = ['glass', 'metal', 'paper'].flatMap((label) => testPhotos(label, 5))
  const make = (photo: Buffer) => {
    tries += 1
    const { url } = servers[Math.floor(Math.random() * servers.length)] as StartedServer
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'image/jpeg' }
    return new Request(`${url}/v1/endpoints/bench-0/predict`, {
      method: 'POST',
      headers,
      body: photo as BodyInit,
    })
  }
  const client = async () => {
    while (!isOver) {
      const photo = photos[(times.length + failures.length) % photos.length] as Buffer
      const begun = performance.now()
      try {
        const answer = await withRetries(() => make(photo), { fetch, retries: RETRIES, delay: DELAY })
        const text = await answer.text()
        if (answer.ok) times.push(performance.now() - begun)
        else failures.push(`${answer.status} ${text.slice(0, 200)}`)
      } catch (error) {
        failures.push(String(error))
      }
    }
  }
  const asking = Array.from({ length: clients }, client)
  const ending: number[] = []
  for (let restart = 0; restart < restarts; restart += 1) {
    await sleep(PAUSE)
    const place = restart % SERVERS
    const old = servers[place] as StartedServer
    ending.push(await old.terminate())
    servers[place] = await startApiServer(shared)
    await old.stop()
  }
  await sleep(PAUSE)
  isOver = true
  await Promise.all(asking)
  const sorted = times.toSorted((a, b) => a - b)
  const figures = {
    restarts,
    answered: times.length,
    failed: failures.length,
    asked_again: tries - times.length - failures.length,
    p50_ms: quantile(sorted, 0.5),
    p99_ms: quantile(sorted, 0.99),
    seconds_to_end: { median: round(median(ending), 2), most: round(Math.max(...ending), 2) },
    failures: failures.slice(0, 5),
    machine: await describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} finally {
  for (const server of servers) await server.stop()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
