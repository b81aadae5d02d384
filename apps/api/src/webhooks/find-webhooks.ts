// Webhooks and what was sent to them, as they travel over HTTP.
import { randomBytes } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import type { Project } from '@graft/core/names'
import type { createWebhookSchema, webhookDeliverySchema, webhookSchema } from '@graft/core/wire/webhooks'
import type { Executor } from '@graft/db/database'
import { webhookAttempts, webhookDeliveries, webhooks } from '@graft/db/schema'
import { and, asc, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { resolveTarget } from './target.ts'

type WebhookRow = typeof webhooks.$inferSelect
type DeliveryRow = typeof webhookDeliveries.$inferSelect
type WebhookWire = z.output<typeof webhookSchema>
type DeliveryWire = z.output<typeof webhookDeliverySchema>

/**
 * A name that cannot be resolved now may be later: each delivery resolves it again.
 *
 * @throws GraftError `webhook_target_refused`, `invalid_request`
 */
export async function createWebhook(
  executor: Executor,
  project: Project,
  { url, events }: z.output<typeof createWebhookSchema>,
): Promise<WebhookWire & { secret: string }> {
  const target = new URL(url)
  if (target.username || target.password) {
    throw new GraftError('invalid_request', 'url: it names a user; receivers verify the signature instead.')
  }
  await resolveTarget(target).catch((error: Error) => {
    if (error instanceof GraftError) throw error
  })
  // 24 random bytes, in the form that Standard Webhooks gives secrets.
  const secret = `whsec_${randomBytes(24).toString('base64')}`
  const [row] = await executor
    .insert(webhooks)
    .values({ id: newId('wh'), project, url: target.href, events: [...new Set(events)], secret })
    .returning()
  if (row === undefined) throw new Error('an insert returns its row')
  return { ...toWebhook(row), secret }
}

/** @throws GraftError `not_found` */
export async function findWebhook(executor: Executor, project: Project, id: string): Promise<WebhookWire> {
  const [row] = await executor.select().from(webhooks).where(isWebhook(project, id))
  if (row === undefined) throw noWebhook(id)
  return toWebhook(row)
}

export async function listWebhooks(
  executor: Executor,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<WebhookWire[]> {
  const rows = await executor
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.project, project), after === undefined ? undefined : gt(webhooks.id, after)))
    .orderBy(asc(webhooks.id))
    .limit(count)
  return rows.map(toWebhook)
}

/** With what waits for it and its history. @throws GraftError `not_found` */
export async function deleteWebhook(executor: Executor, project: Project, id: string): Promise<void> {
  const gone = await executor.delete(webhooks).where(isWebhook(project, id)).returning({ id: webhooks.id })
  if (gone.length === 0) throw noWebhook(id)
}

/** The newest first. @throws GraftError `not_found` */
export async function listDeliveries(
  executor: Executor,
  project: Project,
  webhookId: string,
  after: number | undefined,
  count: number,
): Promise<DeliveryWire[]> {
  await findWebhook(executor, project, webhookId)
  const rows = await executor
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.webhookId, webhookId),
        after === undefined ? undefined : lt(webhookDeliveries.number, after),
      ),
    )
    .orderBy(desc(webhookDeliveries.number))
    .limit(count)
  return await withAttempts(executor, rows)
}

/** Sends it once more, now, whatever has become of it. @throws GraftError `not_found` */
export async function resend(
  executor: Executor,
  project: Project,
  webhookId: string,
  number: number,
): Promise<DeliveryWire> {
  await findWebhook(executor, project, webhookId)
  const rows = await executor
    .update(webhookDeliveries)
    .set({ state: 'pending', nextAt: sql`clock_timestamp()` })
    .where(and(eq(webhookDeliveries.webhookId, webhookId), eq(webhookDeliveries.number, number)))
    .returning()
  const [delivery] = await withAttempts(executor, rows)
  if (delivery !== undefined) return delivery
  throw new GraftError('not_found', `The webhook ${JSON.stringify(webhookId)} has no delivery ${number}.`)
}

async function withAttempts(executor: Executor, rows: DeliveryRow[]): Promise<DeliveryWire[]> {
  if (rows.length === 0) return []
  const numbers = rows.map(({ number }) => number)
  const attempts = await executor
    .select()
    .from(webhookAttempts)
    .where(inArray(webhookAttempts.delivery, numbers))
    .orderBy(asc(webhookAttempts.attempt))
  return rows.map((row) => ({
    id: String(row.number),
    object: 'webhook.delivery',
    message: row.messageId,
    type: row.type,
    data: row.data,
    status: row.state,
    next_attempt_at: row.state === 'pending' ? row.nextAt.toISOString() : null,
    attempts: attempts
      .filter(({ delivery }) => delivery === row.number)
      .map(({ at, status, error, milliseconds }) => ({ at: at.toISOString(), status, error, milliseconds })),
    created_at: row.createdAt.toISOString(),
  }))
}

function toWebhook({ id, url, events, createdAt }: WebhookRow): WebhookWire {
  return { id, object: 'webhook', url, events, created_at: createdAt.toISOString() }
}

function isWebhook(project: Project, id: string) {
  return and(eq(webhooks.project, project), eq(webhooks.id, id))
}

function noWebhook(id: string): GraftError {
  return new GraftError('not_found', `There is no webhook ${JSON.stringify(id)}.`)
}
