// Copies all rows out of a database as they are at one moment, and into an empty one: what a backup is made of.
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GraftError } from '@graft/core/errors'
import postgres from 'postgres'

/** Which tables a copy fits: rows are only restored by the version of Graft that has the same. */
export interface SchemaVersion {
  /** Hashes of the migrations, in order. */
  migrations: string[]
  queue: number
}

export interface TableRows {
  /** `schema.table` */
  table: string
  columns: string[]
}

/** The queue's messages that are still to be worked on, and all of our own tables. */
const QUEUE = 'pgboss.job'

/**
 * Calls `take` for each table, with its rows in the text format of COPY. They are of one moment, however long it takes.
 *
 * @throws what `take` throws
 */
export async function copyOut(
  url: string,
  take: (rows: TableRows, text: Readable) => Promise<void>,
): Promise<SchemaVersion> {
  const client = connect(url)
  try {
    return await client.begin('isolation level repeatable read read only', async (sql) => {
      for (const rows of await listTables(sql)) {
        const columns = rows.columns.map(quote).join(', ')
        const waiting = rows.table === QUEUE ? "where state < 'completed'" : ''
        const select = `select ${columns} from ${quote(rows.table)} ${waiting}`
        const text = await sql.unsafe(`copy (${select}) to stdout`).readable()
        // postgres.js pauses its connection when the reader is slow, and forgets to go on when the rows end then.
        text.once('end', () => text._read(0))
        await take(rows, text)
      }
      return await readVersion(sql)
    })
  } finally {
    await client.end({ timeout: 5 })
  }
}

export interface CopyIn {
  /** The rows as `copyOut` gave them. Tables come in the order in which it gave them. */
  write(rows: TableRows, text: Readable): Promise<void>
}

/**
 * Everything that `work` writes is there afterwards, or nothing of it. No trigger tells of it.
 *
 * @throws GraftError `state_conflict` when the tables are others than those of the copy, or hold rows already
 */
export async function copyInto(
  url: string,
  version: SchemaVersion,
  work: (copy: CopyIn) => Promise<void>,
): Promise<void> {
  const client = connect(url)
  try {
    await client.begin(async (sql) => {
      if (JSON.stringify(await readVersion(sql)) !== JSON.stringify(version)) {
        throw new GraftError(
          'state_conflict',
          'The backup has other tables than this version of Graft: restore it with the version that made it, then upgrade.',
        )
      }
      const ours = (await listTables(sql)).filter(({ table }) => table !== QUEUE)
      // The key that the first start makes; the next start makes it again.
      await sql`delete from api_keys where id = 'key_admin'`
      for (const { table } of ours.toReversed()) {
        // The one that the tables begin with; by now nothing refers to it.
        if (table === 'public.projects') await sql`delete from projects where name = 'default'`
        await requireEmpty(sql, table)
      }
      for (const { table } of ours) await sql.unsafe(`alter table ${quote(table)} disable trigger user`)
      await work({
        async write({ table, columns }, text) {
          const names = columns.map(quote).join(', ')
          const into = await sql.unsafe(`copy ${quote(table)} (${names}) from stdin`).writable()
          await pipeline(text, into as Writable)
        },
      })
      for (const { table } of ours) {
        await sql.unsafe(`alter table ${quote(table)} enable trigger user`)
        await continueNumbers(sql, table)
      }
    })
  } finally {
    await client.end({ timeout: 5 })
  }
}

type Sql = postgres.TransactionSql

function connect(url: string): postgres.Sql {
  return postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
}

/** A table comes after those that it refers to. */
async function listTables(sql: Sql): Promise<TableRows[]> {
  const rows = await sql<{ table: string; columns: string[]; refersTo: string[] }[]>`
    select n.nspname || '.' || c.relname as table,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum) as columns,
      array(select fn.nspname || '.' || fc.relname from pg_constraint k
        join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as "refersTo"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where (n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition)
      or n.nspname || '.' || c.relname = ${QUEUE}
    order by 1`
  const sorted: (typeof rows)[number][] = []
  while (sorted.length < rows.length) {
    const known = new Set(sorted.map(({ table }) => table))
    const next = rows.filter(
      ({ table, refersTo }) => !known.has(table) && refersTo.every((other) => known.has(other)),
    )
    if (next.length === 0) throw new Error('tables refer to each other in a circle')
    sorted.push(...next)
  }
  return sorted.map(({ table, columns }) => ({ table, columns }))
}

async function readVersion(sql: Sql): Promise<SchemaVersion> {
  const migrations = await sql<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations order by id`
  const [queue] = await sql<{ version: number }[]>`select version from pgboss.version`
  return { migrations: migrations.map(({ hash }) => hash), queue: queue?.version ?? 0 }
}

async function requireEmpty(sql: Sql, table: string): Promise<void> {
  const rows = await sql.unsafe(`select 1 from ${quote(table)} limit 1`)
  if (rows.length === 0) return
  throw new GraftError(
    'state_conflict',
    `The table ${table} has rows: a backup is restored into an empty platform (set GRAFT_DATA to a new folder, and DATABASE_URL to a new database).`,
  )
}

/** COPY writes numbers without the sequences that count them. */
async function continueNumbers(sql: Sql, table: string): Promise<void> {
  const identities = await sql<{ column: string }[]>`
    select attname::text as column from pg_attribute
    where attrelid = ${quote(table)}::regclass and attidentity <> '' and not attisdropped`
  for (const { column } of identities) {
    await sql.unsafe(
      `select setval(pg_get_serial_sequence('${quote(table)}', '${column}'), max(${quote(column)})) from ${quote(table)}`,
    )
  }
}

/** @example quote('public.jobs') // '"public"."jobs"' */
function quote(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')
}
