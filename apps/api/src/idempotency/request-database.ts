// The database as a request sees it: inside a write, everything that it does belongs to one transaction.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database, Transaction } from '@graft/db/database'

export interface RequestDatabase {
  /** Runs each statement in the transaction of the request that asks, or without one where there is none. */
  db: Database
  /** What `work` does through `db`, and what it awaits, runs in the transaction. */
  within<T>(tx: Transaction, work: () => Promise<T>): Promise<T>
}

/**
 * Routes and services know nothing of it: they begin transactions as they always do, which are savepoints then. So a
 * write, its audit entry and the answer kept for its Idempotency-Key are committed together or not at all.
 */
export function openRequestDatabase(pool: Database): RequestDatabase {
  const requests = new AsyncLocalStorage<{ tx: Transaction | undefined }>()
  const db = new Proxy(pool, {
    get(_, property) {
      const target = requests.getStore()?.tx ?? pool
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return {
    db,
    async within(tx, work) {
      const request: { tx: Transaction | undefined } = { tx }
      try {
        return await requests.run(request, work)
      } finally {
        // What a request leaves running must not write into a transaction that has ended.
        request.tx = undefined
      }
    },
  }
}
