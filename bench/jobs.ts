// How long a job takes to be enqueued, and to be picked up, while ten thousand others wait.
//
//   node bench/jobs.ts [jobs] [requests] [picks]
//
// The API runs in a process of its own, with an embedded Postgres and no trainer. This one asks it over HTTP, and is the
// trainer: it takes jobs from the queue, claims each as a trainer does, and ends it at once. Prints a line of JSON.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job } from '../packages/core/src/wire/jobs.ts'
import { openDatabase } from '../packages/db/src/database.ts'
import { claimJob, finishJob } from '../packages/db/src/job-lease.ts'
import { openQueue } from '../packages/db/src/queue.ts'
import { insertDataset } from '../packages/db/src/test-rows.ts'
import { cpuMilliseconds, describeMachine, round } from './machine.ts'
import { KEY, startApiServer } from './start-api-server.ts'

/** Connections that fill the queue, and that are measured beside a single one. */
const CONNECTIONS = 8

await bench()

async function bench(): Promise<void> {
  const [waiting = 10_000, requests = 500, picks = 60] = process.argv.slice(2).map(Number)
  const server = await startApiServer({ env: { GRAFT_MAX_REQUESTS_PER_SECOND: '1000000' } })
  try {
    const { url, databaseUrl } = server
    const { db, close } = openDatabase(databaseUrl, 4)
    await insertDataset(db, 'photos')
    const enqueue = (priority = 0) => post(url, priority)

    const fill = await timeEach(waiting, CONNECTIONS, enqueue)
    const cpu = async () => {
      const ids = [server.pid, ...(await childrenOf(server.pid))]
      return sum(await Promise.all(ids.map((pid) => cpuMilliseconds(pid).catch(() => 0))))
    }
    const before = await cpu()
    const alone = await timeEach(requests, 1, enqueue)
    const used = (await cpu()) - before
    const together = await timeEach(requests, CONNECTIONS, enqueue)

    // The trainer takes whatever is first; the job that is measured goes before all that wait.
    const queue = await openQueue(databaseUrl)
    const claimed = new Map<string, number>()
    await queue.work('fine-tune', async ({ job_id }) => {
      const claim = await claimJob(db, job_id)
      claimed.set(job_id, performance.now())
      if (claim !== undefined) await finishJob(db, claim.lease, 'failed')
    })
    const pickUps: number[] = []
    for (let pick = 0; pick < picks; pick += 1) {
      const { id } = await enqueue(100)
      const start = performance.now()
      while (!claimed.has(id)) await sleep(2)
      pickUps.push((claimed.get(id) ?? Number.NaN) - start)
      await sleep(Math.random() * 1000) // not in step with the trainer's looks
    }
    await queue.stop()
    await close()
    const figures = {
      waiting,
      filled_per_second: Math.round((1000 * CONNECTIONS * fill.length) / sum(fill)),
      // Of the API and its Postgres: what a job costs where nothing else runs.
      enqueue_cpu_ms: round(used / requests, 1),
      enqueue_ms: { one_connection: quantiles(alone), eight_connections: quantiles(together) },
      pick_up_ms: quantiles(pickUps),
      machine: await describeMachine(),
    }
    process.stdout.write(`${JSON.stringify(figures)}\n`)
  } finally {
    await server.stop()
  }
}

async function post(url: string, priority: number): Promise<Job> {
  const response = await fetch(`${url}/v1/fine_tuning/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ training_dataset: 'photos@1', priority }),
  })
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Job
}

/** Milliseconds of each of `count` calls, `connections` at once. */
async function timeEach(count: number, connections: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  const left = Array(count).keys()
  const worker = async () => {
    for (const _ of left) {
      const start = performance.now()
      await call()
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return times
}

function quantiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN, 1)
  return { p50: at(0.5), p99: at(0.99), most: at(1) }
}

/** A process's children and theirs. */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const children = text.trim().split(' ').filter(Boolean).map(Number)
  return [...children, ...(await Promise.all(children.map(childrenOf))).flat()]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
