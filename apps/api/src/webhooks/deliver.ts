// Delivers what the database has noted for webhooks: each event at least once, with pauses that grow.
import { setTimeout as sleep } from 'node:timers/promises'
import { limit } from '@graft/core/limits'
import type { Database } from '@graft/db/database'
import { webhookAttempts, webhookDeliveries, webhooks } from '@graft/db/schema'
import { inDays, inSeconds } from '@graft/db/time'
import { and, asc, eq, inArray, lte, ne, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { isDelivered, type Outcome, send } from './send.ts'

/** Seconds after each attempt that failed: the schedule that Standard Webhooks recommends, three days in all. */
const PAUSES = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
/** Part of a pause that chance adds: events that failed together do not come again together. */
const JITTER = 0.1
/** Requests at once. */
const CONCURRENCY = 8
/** Milliseconds between two looks for events that are due. */
const POLL = 500

type Delivery = typeof webhookDeliveries.$inferSelect & { url: string; secret: string }

/** The pause (s) after an attempt, from 1; undefined when it was the last. */
export function pauseAfter(attempt: number, random = Math.random()): number | undefined {
  const pause = PAUSES[attempt - 1]
  return pause === undefined ? undefined : pause * (1 + JITTER * random)
}

export interface Deliverer {
  /** Takes no more events, and waits for the requests in work. */
  stop(): Promise<void>
}

export function startDeliverer(db: Database, log: Logger): Deliverer {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const start = (delivery: Delivery) => {
    const done = deliver(db, delivery)
      .catch((err: Error) => log.error({ err, delivery: delivery.number }, 'webhook delivery'))
      .finally(() => running.delete(done))
    running.add(done)
  }
  const worked = (async () => {
    while (!stopping.signal.aborted) {
      const room = CONCURRENCY - running.size
      const due = room === 0 ? [] : await claimDue(db, room).catch(failed)
      due.forEach(start)
      if (due.length < room || room === 0) {
        await sleep(POLL, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
    await Promise.all(running)
  })()
  function failed(err: Error): Delivery[] {
    log.error({ err }, 'webhook deliveries cannot be read')
    return []
  }
  return {
    async stop() {
      stopping.abort()
      await worked
    },
  }
}

/**
 * Of all processes one gets a delivery. When it dies, the event is due again after the time that it may have taken.
 */
async function claimDue(db: Database, count: number): Promise<Delivery[]> {
  const due = db
    .select({ number: webhookDeliveries.number })
    .from(webhookDeliveries)
    .where(and(eq(webhookDeliveries.state, 'pending'), lte(webhookDeliveries.nextAt, sql`clock_timestamp()`)))
    .orderBy(asc(webhookDeliveries.nextAt))
    .limit(count)
    .for('update', { skipLocked: true })
  const claimed = await db
    .update(webhookDeliveries)
    .set({
      attempts: sql`${webhookDeliveries.attempts} + 1`,
      nextAt: inSeconds(2 * limit('webhookSeconds')),
    })
    .where(inArray(webhookDeliveries.number, due))
    .returning()
  if (claimed.length === 0) return []
  const targets = await db
    .select({ id: webhooks.id, url: webhooks.url, secret: webhooks.secret })
    .from(webhooks)
    .where(
      inArray(
        webhooks.id,
        claimed.map(({ webhookId }) => webhookId),
      ),
    )
  return claimed.flatMap((delivery) => {
    const target = targets.find(({ id }) => id === delivery.webhookId)
    return target ? [{ ...delivery, url: target.url, secret: target.secret }] : []
  })
}

async function deliver(db: Database, delivery: Delivery): Promise<void> {
  const { messageId: id, type, createdAt: occurredAt, data } = delivery
  await record(db, delivery, await send(delivery, { id, type, occurredAt, data }))
}

/** The attempt joins the history, and the delivery its next state, unless somebody has claimed it since. */
async function record(db: Database, { number, attempts }: Delivery, outcome: Outcome): Promise<void> {
  const pause = pauseAfter(attempts)
  await db.transaction(async (tx) => {
    const next = isDelivered(outcome)
      ? { state: 'delivered' as const }
      : pause === undefined
        ? { state: 'failed' as const }
        : { nextAt: inSeconds(pause) }
    await tx
      .update(webhookDeliveries)
      .set(next)
      .where(and(eq(webhookDeliveries.number, number), eq(webhookDeliveries.attempts, attempts)))
    const [there] = await tx
      .select({ number: webhookDeliveries.number })
      .from(webhookDeliveries)
      .where(eq(webhookDeliveries.number, number))
      .for('key share')
    if (there === undefined) return // its webhook is gone
    await tx.insert(webhookAttempts).values({ delivery: number, attempt: attempts, ...outcome })
  })
}

/** Ended deliveries past their time. */
export async function forgetOldDeliveries(db: Database): Promise<void> {
  await db
    .delete(webhookDeliveries)
    .where(
      and(
        ne(webhookDeliveries.state, 'pending'),
        sql`${webhookDeliveries.createdAt} < ${inDays(-limit('webhookDays'))}`,
      ),
    )
}
