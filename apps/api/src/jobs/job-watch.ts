// Tells who follows a job that its row has changed: one query for all followers of this process, however many they are.
import type { Database } from '@graft/db/database'
import { jobs } from '@graft/db/schema'
import { inArray, sql } from 'drizzle-orm'

/** Milliseconds between two looks at the database. */
const POLL = 500

export interface JobWatch {
  /**
   * Waits until the row is another than it was, or the signal aborts.
   * @param known what the last call has returned; without it the first look is returned
   * @returns which write the row stems from, undefined where there is none; `known` after an abort
   */
  change(id: string, known: string | undefined, signal: AbortSignal): Promise<string | undefined>
}

interface Follower {
  known: string | undefined
  wake: (write: string | undefined) => void
}

/** While the database fails all are woken at each look: what they read then says why. */
export function openJobWatch(db: Database): JobWatch {
  const followers = new Map<string, Set<Follower>>()
  let isWaiting = false

  async function look(): Promise<void> {
    const ids = [...followers.keys()]
    const writes = await readWrites(ids).catch(() => undefined)
    for (const id of ids) {
      const write = writes?.get(id)
      for (const { known, wake } of followers.get(id) ?? [])
        if (write === undefined || write !== known) wake(write)
    }
    isWaiting = false
    wait()
  }

  async function readWrites(ids: string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await db
      .select({ id: jobs.id, write: sql<string>`xmin::text` })
      .from(jobs)
      .where(inArray(jobs.id, ids))
    return new Map(rows.map(({ id, write }) => [id, write]))
  }

  function wait(): void {
    if (isWaiting || followers.size === 0) return
    isWaiting = true
    setTimeout(() => void look(), POLL).unref()
  }

  return {
    async change(id, known, signal) {
      if (signal.aborted) return known
      const { promise, resolve } = Promise.withResolvers<string | undefined>()
      const follower = { known, wake: resolve }
      const own = followers.get(id) ?? new Set()
      followers.set(id, own.add(follower))
      const abandon = () => resolve(known)
      signal.addEventListener('abort', abandon)
      wait()
      try {
        return await promise
      } finally {
        signal.removeEventListener('abort', abandon)
        own.delete(follower)
        if (own.size === 0) followers.delete(id)
      }
    },
  }
}
