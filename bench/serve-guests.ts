// What an endpoint's callers notice of many who hold a connection and do little with it.
//
//   node bench/serve-guests.ts [uploads and event streams, of each] [seconds of each turn] [turns]
//
// Requests come at 30 % of what the endpoint can answer at most, in turns without and with so many slow uploads (an
// archive that comes as a kilobyte a second) and as many streams of events of a job that waits. Prints a line of JSON:
// the times of answers of both kinds of turns, and what the server's memory grows by for each upload. The goal: a p99
// that changes by less than 20 %, and less than 64 KiB held for an upload.
import { once } from 'node:events'
import { Agent, type ClientRequest, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { jsonOf } from '../apps/api/src/test-api.ts'
import { pushPhotos } from '../apps/api/src/test-things.ts'
import type { Job } from '../packages/core/src/wire/jobs.ts'
import { describeMachine, residentMegabytes, round } from './machine.ts'
import { type Answer, describeAnswers, openLoad } from './requests.ts'
import { KEY, startApiServer } from './start-api-server.ts'

const guests = Number(process.argv[2] ?? 500)
const seconds = Number(process.argv[3] ?? 20)
const turns = Number(process.argv[4] ?? 3)
const SHARE = 0.3
/** What an upload has sent before it is slow: more than the buffers on its way hold. */
const HEAD = Buffer.alloc(256 * 1024, 'archive')
const authorization = `Bearer ${KEY}`
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
const server = await startApiServer({ endpoints: 1 })
const load = openLoad(`${server.url}/v1/endpoints/bench-0/predict`)

try {
  const job = await makeJob()
  await load.ask(0, 0)
  const peak = await load.findPeak(Math.min(20, seconds))
  const alone: Answer[] = []
  const among: Answer[] = []
  const growth: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    alone.push(...(await load.atRate(peak * SHARE, seconds)))
    const before = await residentMegabytes(server.pid)
    const uploads = await open(upload)
    growth.push((await residentMegabytes(server.pid)) - before)
    const streams = await open(() => follow(job))
    const sending = setInterval(() => {
      for (const one of uploads) one.write(Buffer.alloc(1024, 'slow'))
    }, 1000)
    among.push(...(await load.atRate(peak * SHARE, seconds)))
    clearInterval(sending)
    for (const one of [...uploads, ...streams]) one.destroy()
    await sleep(2000)
  }
  const without = describeAnswers(alone, seconds * turns)
  const beside = describeAnswers(among, seconds * turns)
  const figures = {
    uploads: guests,
    event_streams: guests,
    peak_per_second: round(peak, 1),
    without,
    with: beside,
    p99_ratio: round(beside.p99_ms / without.p99_ms, 2),
    kibibytes_of_an_upload: growth.map((megabytes) => round((megabytes * 1024) / guests, 1)),
    machine: await describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
} finally {
  load.close()
  agent.destroy()
  await server.stop()
}

/** A job that waits for a trainer, and for ever. */
async function makeJob(): Promise<string> {
  await pushPhotos(ask, 'guests')
  const asked = jsonOf({ training_dataset: 'guests', recipe: 'auto', name: 'guests' })
  const { id } = (await (await ask('/v1/fine_tuning/jobs', asked)).json()) as Job
  return id
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('authorization', authorization)
  const answer = await fetch(server.url + path, { ...init, headers })
  if (!answer.ok) throw new Error(await answer.text())
  return answer
}

/** Some at a time: a key may send so many requests in a second. */
async function open(one: (index: number) => Promise<ClientRequest>): Promise<ClientRequest[]> {
  const opened: ClientRequest[] = []
  while (opened.length < guests) {
    const some = Array.from({ length: Math.min(50, guests - opened.length) }, (_, at) =>
      one(opened.length + at),
    )
    opened.push(...(await Promise.all(some)))
    await sleep(100)
  }
  await sleep(1000)
  return opened
}

async function upload(index: number): Promise<ClientRequest> {
  const headers = { authorization, 'content-type': 'application/x-tar', 'content-length': 2 ** 30 }
  const asking = request(`${server.url}/v1/datasets/slow-${index}/archive`, { method: 'PUT', agent, headers })
  asking.on('error', () => {})
  await new Promise<void>((resolve) => asking.write(HEAD, () => resolve()))
  return asking
}

async function follow(job: string): Promise<ClientRequest> {
  const headers = { authorization, accept: 'text/event-stream' }
  const asking = request(`${server.url}/v1/fine_tuning/jobs/${job}/events`, { agent, headers })
  asking.end()
  const [answer] = await once(asking, 'response')
  if (answer.statusCode !== 200) throw new Error(`a stream answers ${answer.statusCode}`)
  answer.on('error', () => {})
  answer.resume()
  return asking
}
