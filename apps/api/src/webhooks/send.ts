// Sends one event: signed after Standard Webhooks, to an address that was checked.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { limit } from '@graft/core/limits'
import { Webhook } from 'standardwebhooks'
import { lookupOf, type Resolve, resolveTarget } from './target.ts'

export interface Message {
  id: string
  type: string
  occurredAt: Date
  data: Record<string, unknown>
}

/** One of `status` and `error` is null. */
export interface Outcome {
  status: number | null
  error: string | null
  milliseconds: number
}

export function isDelivered({ status }: Outcome): boolean {
  return status !== null && status >= 200 && status < 300
}

/** Never throws: what goes wrong is the outcome. A redirect is not followed, for it could lead anywhere. */
export async function send(
  target: { url: string; secret: string },
  message: Message,
  resolve?: Resolve,
): Promise<Outcome> {
  const start = performance.now()
  const took = () => Math.round(performance.now() - start)
  const late = AbortSignal.timeout(limit('webhookSeconds') * 1000)
  try {
    const url = new URL(target.url)
    const addresses = await resolveTarget(url, resolve)
    const { body, headers } = sign(target.secret, message)
    const status = await post(url, body, {
      headers,
      lookup: lookupOf(addresses),
      signal: late,
    })
    return { status, error: null, milliseconds: took() }
  } catch (error) {
    const why = late.aborted ? `No answer within ${limit('webhookSeconds')} s.` : (error as Error).message
    return { status: null, error: why, milliseconds: took() }
  }
}

/** https://www.standardwebhooks.com: the signature covers id, time and body. */
function sign(secret: string, { id, type, occurredAt, data }: Message) {
  const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data })
  const now = new Date()
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'graft-webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  }
  return { body, headers }
}

/** The status of the answer; its body is not read. */
function post(
  url: URL,
  body: string,
  options: { headers: Record<string, string>; lookup: ReturnType<typeof lookupOf>; signal: AbortSignal },
): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    // Without an agent: a connection that is kept would go on to an address that was checked long ago.
    const sent = request(url, { ...options, method: 'POST', agent: false }, (answer) => {
      answer.destroy()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
