// Brings the tables of DATABASE_URL up to date, and ends: for a role that may start before the API has done it.
import { migrate } from './migrate.ts'

const { DATABASE_URL: url } = process.env
if (!url) {
  process.stderr.write('run-migrations: set DATABASE_URL to the Postgres that the API uses.\n')
  process.exit(2)
}
await migrate(url)
