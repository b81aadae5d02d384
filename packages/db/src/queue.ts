// The queue of work, in the same Postgres: a message is sent in the transaction that writes the row it speaks of.
import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { ResolvedRecipe } from '@graft/core/recipes'
import type { DryRun } from '@graft/core/wire/jobs'
import { sql } from 'drizzle-orm'
import { fromDrizzle, type Job, PgBoss, type QueueOptions } from 'pg-boss'
import type { Executor } from './database.ts'
import type { ParentModel } from './models.ts'

/** What each queue carries. */
export interface Messages {
  ingest: { dataset_id: string; version: number }
  'fine-tune': { job_id: string }
}
export type QueueName = keyof Messages

/** What each question asks, and what its answer is. Questions are forgotten when whoever asks has gone. */
export interface Questions {
  'dry-run': { asks: DryRunQuestion; answer: DryRun | { code: ErrorCode; message: string } }
}
export interface DryRunQuestion {
  manifestKey: string
  baseModel: string
  parent: ParentModel | null
  recipe: ResolvedRecipe
  seed: number
}

export interface QueueDepth {
  queue: string
  state: 'waiting' | 'active'
  messages: number
}

export interface Queue {
  /** Takes effect when the executor's transaction commits. Of those that wait the highest priority (0) is taken first. */
  send<N extends QueueName>(
    executor: Executor,
    name: N,
    message: Messages[N],
    options?: { priority?: number },
  ): Promise<void>
  /** Takes back what waits; a message that somebody has taken goes its way. Effective as `send` is. */
  withdraw<N extends QueueName>(executor: Executor, name: N, message: Messages[N]): Promise<void>
  /** One message at a time. A handler that throws is called again later, up to the limit `jobAttempts`. */
  work<N extends QueueName>(
    name: N,
    handler: (message: Messages[N], signal: AbortSignal) => Promise<void>,
  ): Promise<void>
  /** Called with a message whose handler has failed, or vanished, as often as it may. */
  onExhausted<N extends QueueName>(name: N, handler: (message: Messages[N]) => Promise<void>): Promise<void>
  /**
   * The answer of whoever takes the question.
   *
   * @param signal of whoever asks: nobody goes on measuring for one who has gone
   * @throws GraftError `trainer_silent` when there is none in so many seconds; the signal's reason
   */
  ask<N extends keyof Questions>(
    name: N,
    question: Questions[N]['asks'],
    seconds: number,
    signal?: AbortSignal,
  ): Promise<Questions[N]['answer']>
  /**
   * One question at a time. A handler that throws leaves its question without an answer. The signal aborts within two
   * seconds once nobody waits for it any more.
   */
  answer<N extends keyof Questions>(
    name: N,
    handler: (question: Questions[N]['asks'], signal: AbortSignal) => Promise<Questions[N]['answer']>,
  ): Promise<void>
  /** How many messages wait, and how many are in work. A queue without any is left out. */
  depths(): Promise<QueueDepth[]>
  /** Resolves when the queue's database answers. */
  check(): Promise<void>
  /** Takes no more messages, and waits for the handlers that run. */
  stop(): Promise<void>
}

/**
 * A worker that dies is noticed when its heartbeat (s) is overdue at a look of the monitor (s): 45 s at most.
 * A handler that lives may take a day.
 */
const HEARTBEAT = 30
const MONITOR = 15
const EXPIRE = 24 * 3600
const POLL = 0.5
const RETRY_DELAY = 2
/** Between two looks whether somebody still waits for an answer (ms). */
const LOOK = 1000

/** pg-boss's states in their order: created, retry, active, completed, ... */
const DEPTHS = `select name as queue, case state when 'active' then 'active' else 'waiting' end as state,
    count(*)::int as messages
  from pgboss.job where state < 'completed' group by 1, 2`

const dead = (name: QueueName) => `${name}-exhausted`

/** pg-boss has a `pg` pool of its own: drizzle's client would change how its parameters are written. */
export async function openQueue(url: string, onError: (error: Error) => void = () => {}): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    max: 4,
    superviseIntervalSeconds: MONITOR,
    monitorIntervalSeconds: MONITOR,
    schedule: false,
  })
  boss.on('error', onError)
  await boss.start()
  for (const name of ['ingest', 'fine-tune'] as const) {
    await declare(boss, dead(name), { retryLimit: limit('jobAttempts'), retryDelay: limit('leaseSeconds') })
    await declare(boss, name, {
      deadLetter: dead(name),
      retryLimit: limit('jobAttempts') - 1,
      retryDelay: RETRY_DELAY,
      heartbeatSeconds: HEARTBEAT,
      expireInSeconds: EXPIRE,
    })
  }
  await declare(boss, 'dry-run', { retryLimit: 0, expireInSeconds: limit('dryRunSeconds') })
  return {
    async send(executor, name, message, options) {
      await boss.send(name, message, { ...options, db: fromDrizzle(executor, sql) })
    },
    async withdraw(executor, name, message) {
      const db = fromDrizzle(executor, sql)
      const waiting = await boss.findJobs(name, { data: message, queued: true, db })
      const ids = waiting.map(({ id }) => id)
      if (ids.length > 0) await boss.deleteJob(name, ids, { db })
    },
    async work(name, handler) {
      const options = { batchSize: 1, pollingIntervalSeconds: POLL }
      await boss.work(name, options, async ([job]: Job<Messages[typeof name]>[]) => {
        if (job) await handler(job.data, job.signal)
      })
    },
    async onExhausted(name, handler) {
      await boss.work(dead(name), async ([job]: Job<Messages[typeof name]>[]) => {
        if (job) await handler(job.data)
      })
    },
    async ask(name, question, seconds, signal) {
      const id = await boss.send(name, question)
      const end = Date.now() + seconds * 1000
      while (id !== null && Date.now() < end && !signal?.aborted) {
        const [found] = await boss.findJobs(name, { id })
        if (found?.state === 'completed') return found.output as Questions[typeof name]['answer']
        if (found?.state === 'failed') throw new GraftError('internal', `The question ${id} has failed.`)
        await sleep(POLL * 1000, undefined, { signal }).catch(() => {})
      }
      if (id !== null) await boss.cancel(name, id)
      signal?.throwIfAborted()
      throw new GraftError('trainer_silent', `No trainer has answered within ${seconds} seconds.`)
    },
    async answer(name, handler) {
      const options = { batchSize: 1, pollingIntervalSeconds: POLL }
      await boss.work(name, options, async ([job]: Job<Questions[typeof name]['asks']>[]) => {
        if (job === undefined) return undefined
        const gone = new AbortController()
        const look = async () => {
          const [found] = await boss.findJobs(name, { id: job.id })
          if (found?.state !== 'active') gone.abort()
        }
        const looking = setInterval(() => void look().catch(onError), LOOK)
        try {
          return await handler(job.data, AbortSignal.any([job.signal, gone.signal]))
        } finally {
          clearInterval(looking)
        }
      })
    },
    async depths() {
      const { rows } = await boss.getDb().executeSql(DEPTHS)
      return rows as QueueDepth[]
    },
    async check() {
      await boss.getDb().executeSql('select 1')
    },
    async stop() {
      await boss.stop({ graceful: true, timeout: limit('shutdownSeconds') * 1000 })
    },
  }
}

/** Creating a queue that is there changes nothing, so its options are set as well: the limits may be others today. */
async function declare(
  boss: PgBoss,
  name: string,
  options: QueueOptions & { deadLetter?: string },
): Promise<void> {
  await boss.createQueue(name, options)
  const { deadLetter: _, ...changeable } = options
  await boss.updateQueue(name, changeable)
}
