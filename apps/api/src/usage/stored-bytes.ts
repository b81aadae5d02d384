// The quota of stored images: what would bring more bytes is refused once the platform holds as many as it may.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Database } from '@graft/db/database'
import { blobs } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from '../context.ts'

/** Milliseconds that a sum is believed: it costs a look at every blob's row. */
const BELIEVED = 5000

export interface Room {
  /** @throws GraftError `store_full` */
  require(): Promise<void>
}

/**
 * Judged by what is stored before the bytes come, so uploads at the same time may go past it by what they bring. Each
 * image counts once, whoever names it; models do not count.
 */
export function openRoom(db: Database): Room {
  let sum: { bytes: Promise<number>; at: number } | undefined
  return {
    async require() {
      const most = limit('storedBytes')
      if (sum === undefined || performance.now() - sum.at > BELIEVED) {
        sum = { bytes: storedBytes(db), at: performance.now() }
      }
      const { bytes } = sum
      const stored = await bytes.catch((error: unknown) => {
        sum = undefined
        throw error
      })
      if (stored < most) return
      throw new GraftError('store_full', `The images hold ${stored} bytes, and may hold ${most}.`)
    },
  }
}

async function storedBytes(db: Database): Promise<number> {
  const [row] = await db
    .select({ bytes: sql<number>`coalesce(sum(${blobs.bytes}), 0)::float8` })
    .from(blobs)
    .where(eq(blobs.isStored, true))
  return row?.bytes ?? 0
}

/** For routes whose bodies are stored. */
export function requireRoom(room: Room): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (c.req.method === 'PUT' || c.req.method === 'POST') await room.require()
    await next()
  }
}
