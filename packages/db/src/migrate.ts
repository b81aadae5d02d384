// Brings the tables up to date from the migration files, one process at a time.
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))
/** Key of the advisory lock: the letters "graft" as a number. */
const LOCK = 0x6772616674

/** Running it twice, or at the same time from several processes, changes nothing more. */
export async function migrate(url: string): Promise<void> {
  // One connection: the advisory lock belongs to the session that the migrations run in.
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await client`select pg_advisory_lock(${LOCK})`
    await runMigrations(drizzle(client), { migrationsFolder: MIGRATIONS })
  } finally {
    await client.end({ timeout: 5 })
  }
}
