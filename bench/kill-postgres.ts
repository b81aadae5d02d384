// Kills the Postgres of a running platform again and again while jobs are made, and looks for what was lost.
//
//   node bench/kill-postgres.ts [kills]
//
// The API runs with its embedded Postgres; clients make jobs over HTTP and note each that was acknowledged. After the
// last kill every one of them is read: its row, its first event and its message. Prints a line of JSON.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job } from '../packages/core/src/wire/jobs.ts'
import { openDatabase } from '../packages/db/src/database.ts'
import { insertDataset } from '../packages/db/src/test-rows.ts'
import { describeMachine, median, round } from './machine.ts'
import { KEY, startApiServer } from './start-api-server.ts'

const CLIENTS = 4

await bench()

async function bench(): Promise<void> {
  const kills = Number(process.argv[2] ?? 50)
  const server = await startApiServer()
  try {
    const { url, databaseUrl, folder } = server
    const { db, close } = openDatabase(databaseUrl, 2)
    await insertDataset(db, 'photos')

    const acknowledged: string[] = []
    const refusals = new Map<string, number>()
    let isOver = false
    const client = async () => {
      while (!isOver) {
        const answer = await post(url)
        if (answer.id !== undefined) acknowledged.push(answer.id)
        else refusals.set(answer.code, (refusals.get(answer.code) ?? 0) + 1)
        if (answer.id === undefined) await sleep(20)
      }
    }
    const clients = Array.from({ length: CLIENTS }, client)
    const away: number[] = []
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(200 + Math.random() * 800)
      const postmaster = await postmasterOf(folder)
      process.kill(postmaster, 'SIGKILL')
      const killed = performance.now()
      // Until the next job is acknowledged by another: its orphans may still answer for a moment.
      while ([postmaster, 0].includes(await postmasterOf(folder))) await sleep(20)
      const before = acknowledged.length
      while (acknowledged.length === before) {
        if (server.hasEnded()) throw new Error('the API ended with its Postgres')
        await sleep(20)
      }
      away.push((performance.now() - killed) / 1000)
    }
    isOver = true
    await Promise.all(clients)

    const lost: string[] = []
    for (const id of acknowledged) if (!(await isWhole(db, id))) lost.push(id)
    await close()
    const figures = {
      kills,
      acknowledged: acknowledged.length,
      lost: lost.length,
      refused: Object.fromEntries(refusals),
      seconds_until_the_next_job: { median: round(median(away), 2), most: round(Math.max(...away), 2) },
      machine: await describeMachine(),
    }
    process.stdout.write(`${JSON.stringify(figures)}\n`)
  } finally {
    await server.stop()
  }
}

/** 0 while there is none. */
async function postmasterOf(folder: string): Promise<number> {
  const file = join(folder, 'postgres', 'data', 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => '')
  return Number(text.split('\n')[0])
}

/** The new job's id, or the code of the refusal. */
async function post(url: string): Promise<{ id: string } | { id: undefined; code: string }> {
  const response = await fetch(`${url}/v1/fine_tuning/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ training_dataset: 'photos@1' }),
  }).catch((error: Error) => error)
  if (response instanceof Error) return { id: undefined, code: response.message }
  if (response.status === 201) return { id: ((await response.json()) as Job).id }
  return { id: undefined, code: ((await response.json()) as { code: string }).code }
}

/** With its row, its first event, its message to the trainers, and its audit entry. */
async function isWhole(db: ReturnType<typeof openDatabase>['db'], id: string): Promise<boolean> {
  const [row] = await db.execute<{ whole: boolean }>(
    `select (select count(*) from jobs where id = '${id}' and state = 'queued') = 1
      and (select count(*) from job_events where job_id = '${id}') = 1
      and (select count(*) from pgboss.job where data ->> 'job_id' = '${id}') = 1
      and (select count(*) from audit_log where resource = '${id}' and status = 201) = 1 as whole`,
  )
  return row?.whole === true
}
