import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type OpenDatabase, openDatabase } from './database.ts'
import { openQueue, type Queue } from './queue.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let open: OpenDatabase
let queue: Queue
beforeAll(async () => {
  database = await createTestDatabase()
  open = openDatabase(database.url)
  queue = await openQueue(database.url)
})
afterAll(async () => {
  await queue.stop()
  await open.close()
  await database.drop()
})

/** Takes a message and never ends. */
async function startWorker(): Promise<ReturnType<typeof spawn>> {
  const program = `
    import { openQueue } from ${JSON.stringify(join(import.meta.dirname, 'queue.ts'))}
    const queue = await openQueue(${JSON.stringify(database.url)})
    await queue.work('fine-tune', ({ job_id }) => {
      process.stdout.write(job_id)
      return new Promise(() => {})
    })`
  const worker = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(worker.stdout!, 'data')
  return worker
}

/** Lets the queue look for lost workers now, as it does by itself every 15 s, after `seconds` without a heartbeat. */
async function monitorAfter(seconds: number): Promise<void> {
  await open.db.execute(
    sql`update pgboss.job set heartbeat_on = heartbeat_on - make_interval(secs => ${seconds}) where state = 'active'`,
  )
  await open.db.execute(sql`update pgboss.queue set monitor_on = null, monitor_claim_on = null`)
  const boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 2 })
  await boss.start()
  await boss.supervise('fine-tune')
  await boss.stop()
}

test('the message of a worker that was killed goes to another, once its heartbeat is overdue', async () => {
  await queue.send(open.db, 'fine-tune', { job_id: 'ftjob_1' })
  const worker = await startWorker()
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  const heard: string[] = []
  await queue.work('fine-tune', async ({ job_id }) => void heard.push(job_id))

  const active = async () =>
    (await open.db.execute(sql`select retry_count from pgboss.job where state = 'active'`)).length
  await monitorAfter(20)
  expect(await active()).toBe(1)
  await monitorAfter(20)
  expect(await active()).toBe(0)
  await vi.waitFor(() => expect(heard).toEqual(['ftjob_1']), 10_000)
})
