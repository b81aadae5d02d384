// Whether the memory of a server stays flat while its models come and go.
//
//   node bench/serve-memory.ts [endpoints] [seconds] [requests a second]
//
// Each endpoint has a model of its own, far more than stay loaded, and is asked at random: nearly every request loads a
// model and pushes another out. Prints a line of JSON: the server's resident memory over the time, in MB.
import { setTimeout as sleep } from 'node:timers/promises'
import { testPhotos } from '../apps/api/src/test-model.ts'
import { residentMegabytes } from './machine.ts'
import { KEY, startApiServer } from './start-api-server.ts'

const endpoints = Number(process.argv[2] ?? 200)
const seconds = Number(process.argv[3] ?? 600)
/** Without it each request is sent once the one before it is answered. */
const rate = Number(process.argv[4] ?? Number.POSITIVE_INFINITY)
const SAMPLES = 12
const [photo] = testPhotos('glass', 1)
const server = await startApiServer({ endpoints })
try {
  const { url, pid } = server
  const begun = performance.now()
  const resident: number[] = []
  let answered = 0
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'image/jpeg' }
  while (resident.length < SAMPLES) {
    const place = Math.floor(Math.random() * endpoints)
    const init = { method: 'POST', headers, body: photo as BodyInit }
    const answer = await fetch(`${url}/v1/endpoints/bench-${place}/predict`, init)
    if (!answer.ok) throw new Error(await answer.text())
    await answer.arrayBuffer()
    answered += 1
    await sleep(Math.max(0, (answered * 1000) / rate - (performance.now() - begun)))
    const due = ((resident.length + 1) * seconds * 1000) / SAMPLES
    if (performance.now() - begun >= due) resident.push(await residentMegabytes(pid))
  }
  process.stdout.write(`${JSON.stringify({ endpoints, seconds, answered, resident_megabytes: resident })}\n`)
} finally {
  await server.stop()
}
