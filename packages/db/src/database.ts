// The connection to Postgres through drizzle, on a postgres.js client of its own.
import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgTransaction } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

type NoSchema = Record<string, never>
export type Database = PostgresJsDatabase<NoSchema>
export type Transaction = PgTransaction<
  PostgresJsQueryResultHKT,
  NoSchema,
  ExtractTablesWithRelations<NoSchema>
>
/** What a statement can run on: the pool, or the transaction that it belongs to. */
export type Executor = Database | Transaction

export interface OpenDatabase {
  db: Database
  close(): Promise<void>
}

export interface PoolOptions {
  /**
   * Seconds after which Postgres (17 and on) ends a transaction, and with it the locks that others wait for: a process
   * that is stopped or cut off cannot end it itself. A bound on idleness would not do: between the two halves of a
   * statement that is prepared first, a connection is not idle.
   */
  transactionSeconds?: number
}

/** Opens a pool of at most `connections`; connects at the first query. */
export function openDatabase(
  url: string,
  connections = 10,
  { transactionSeconds = 0 }: PoolOptions = {},
): OpenDatabase {
  // drizzle changes its client's serialisers for json and dates: nothing else may share it.
  const client = postgres(url, {
    max: connections,
    onnotice: () => {},
    connect_timeout: 10,
    connection: { transaction_timeout: transactionSeconds * 1000 },
  })
  return { db: drizzle(client), close: () => client.end({ timeout: 5 }) }
}
