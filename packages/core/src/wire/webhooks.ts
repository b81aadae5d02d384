// Webhooks and their deliveries.
import { z } from 'zod'
import { time } from './common.ts'

export const WEBHOOK_EVENTS = [
  'job.succeeded',
  'job.failed',
  'job.cancelled',
  'dataset.version.ready',
  'dataset.version.rejected',
  'endpoint.changed',
] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]
export const createWebhookSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1),
})
export const webhookSchema = z.object({
  id: z.string(),
  object: z.literal('webhook'),
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  created_at: time,
})
/** The answer to its creation, once: the secret that verifies signatures. */
export const createdWebhookSchema = webhookSchema.extend({ secret: z.string() })

export const webhookDeliverySchema = z.object({
  id: z.string(),
  object: z.literal('webhook.delivery'),
  /** The `webhook-id` that it is sent with. */
  message: z.string(),
  type: z.enum(WEBHOOK_EVENTS),
  data: z.record(z.string(), z.unknown()),
  status: z.enum(['pending', 'delivered', 'failed']),
  next_attempt_at: time.nullable(),
  attempts: z.array(
    z.object({
      at: time,
      /** What the receiver answered; null where it did not. */
      status: z.int().nullable(),
      error: z.string().nullable(),
      milliseconds: z.int(),
    }),
  ),
  created_at: time,
})
