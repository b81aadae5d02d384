// Requests per second of each API key: a token bucket that holds one second's worth.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { MiddlewareHandler, Context as Request } from 'hono'
import type { ApiEnv } from '../context.ts'

export interface Taken {
  allowed: boolean
  /** Whole requests that may follow at once. */
  remaining: number
  /** Seconds until the bucket is full again. */
  reset: number
}

export interface Bucket {
  /** @param now milliseconds of a clock that only goes forward */
  take(now: number): Taken
}

/** @param rate tokens in a second, and what the bucket holds */
export function createBucket(rate: number): Bucket {
  let tokens = rate
  let last: number | undefined
  return {
    take(now) {
      tokens = Math.min(rate, tokens + ((now - (last ?? now)) / 1000) * rate)
      last = now
      const allowed = tokens >= 1
      if (allowed) tokens -= 1
      return { allowed, remaining: Math.floor(tokens), reset: Math.ceil((rate - tokens) / rate) }
    },
  }
}

/**
 * Each process counts for itself: a count that all share would cost every request a write.
 *
 * @throws GraftError `rate_limited`
 */
export function limitRate(): MiddlewareHandler<ApiEnv> {
  const buckets = new Map<string, { rate: number; bucket: Bucket }>()
  const bucketOf = (id: string, rate: number) => {
    const known = buckets.get(id)
    if (known?.rate === rate) return known.bucket
    const bucket = createBucket(rate)
    buckets.set(id, { rate, bucket })
    return bucket
  }
  return async (c, next) => {
    const rate = c.var.key.requestsPerSecond ?? limit('requestsPerSecond')
    const taken = bucketOf(c.var.key.id, rate).take(performance.now())
    tell(c, rate, taken)
    if (!taken.allowed) {
      throw new GraftError('rate_limited', `This API key may send ${rate} requests in a second.`)
    }
    await next()
  }
}

/**
 * draft-ietf-httpapi-ratelimit-headers-10, and beside it the three fields of its version 06, which most clients read.
 */
function tell(c: Request, rate: number, { remaining, reset }: Taken): void {
  c.header('ratelimit-policy', `"key";q=${rate};w=1`)
  c.header('ratelimit', `"key";r=${remaining};t=${reset}`)
  c.header('ratelimit-limit', String(rate))
  c.header('ratelimit-remaining', String(remaining))
  c.header('ratelimit-reset', String(reset))
}
