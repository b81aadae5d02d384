// How long a request takes whose model is not in memory, its file on the disk.
//
//   node bench/serve-cold.ts [endpoints]
//
// Each endpoint has a model of its own and is asked once, so each request loads one: a thread, the network, its golden
// examples. Prints JSON: the times of these requests, and of requests after them that meet a warm model.
import { setTimeout as sleep } from 'node:timers/promises'
import { testPhotos } from '../apps/api/src/test-model.ts'
import { cpuMilliseconds, describeMachine, median, round } from './machine.ts'
import { KEY, startApiServer } from './start-api-server.ts'

const endpoints = Number(process.argv[2] ?? 24)
/** Milliseconds between two cold starts: endpoints wake up one by one. */
const PAUSE = 2000
const [photo] = testPhotos('glass', 1)
const server = await startApiServer({ endpoints })
try {
  const { url, pid } = server
  async function ask(place: number): Promise<{ ms: number; cpu: number }> {
    const cpu = await cpuMilliseconds(pid)
    const begun = performance.now()
    const answer = await fetch(`${url}/v1/endpoints/bench-${place}/predict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'image/jpeg' },
      body: photo as BodyInit,
    })
    if (!answer.ok) throw new Error(await answer.text())
    await answer.arrayBuffer()
    return { ms: performance.now() - begun, cpu: (await cpuMilliseconds(pid)) - cpu }
  }
  const figuresOf = (all: { ms: number; cpu: number }[]) => ({
    p50_ms: round(median(all.map(({ ms }) => ms)), 0),
    least_ms: round(Math.min(...all.map(({ ms }) => ms)), 0),
    most_ms: round(Math.max(...all.map(({ ms }) => ms)), 0),
    cpu_p50_ms: median(all.map(({ cpu }) => cpu)),
  })
  const cold: { ms: number; cpu: number }[] = []
  const warm: { ms: number; cpu: number }[] = []
  for (let place = 0; place < endpoints; place += 1) {
    cold.push(await ask(place))
    warm.push(await ask(place))
    await sleep(PAUSE)
  }
  const result = { machine: await describeMachine(), endpoints, cold: figuresOf(cold), warm: figuresOf(warm) }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
} finally {
  await server.stop()
}
