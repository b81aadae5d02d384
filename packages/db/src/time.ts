// Points in time by the clock of the database, which all processes share.
import { type SQL, sql } from 'drizzle-orm'

/** So many seconds from now, parts of one too; before now where they are negative. */
export const inSeconds = (seconds: number): SQL<Date> =>
  sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`

/** So many days from now, of 24 hours each. */
export const inDays = (days: number): SQL<Date> => inSeconds(days * 24 * 3600)
