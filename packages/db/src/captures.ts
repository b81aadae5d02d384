// The rows of kept images: what an endpoint was asked, what it said, and what would have been right.
import { and, asc, desc, eq, gt, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { captures } from './schema.ts'
import { inDays } from './time.ts'

export type CaptureRow = typeof captures.$inferSelect
export type NewCapture = Pick<
  CaptureRow,
  'endpointId' | 'id' | 'sha256' | 'type' | 'model' | 'predictions' | 'uncertainty'
> & { days: number }

/** What has expired is not there, whether or not it is deleted yet. */
const isKept = gt(captures.expiresAt, sql`clock_timestamp()`)

export async function insertCaptures(executor: Executor, rows: readonly NewCapture[]): Promise<void> {
  if (rows.length === 0) return
  await executor
    .insert(captures)
    .values(
      rows.map(({ days, ...row }) => ({
        ...row,
        expiresAt: inDays(days),
      })),
    )
    .onConflictDoNothing()
}

export async function findCapture(
  executor: Executor,
  endpointId: string,
  id: string,
): Promise<CaptureRow | undefined> {
  const [row] = await executor
    .select()
    .from(captures)
    .where(and(eq(captures.endpointId, endpointId), eq(captures.id, id), isKept))
  return row
}

/** Undefined where it is not kept. */
export async function labelCapture(
  executor: Executor,
  endpointId: string,
  id: string,
  label: string,
  sha256?: string,
): Promise<CaptureRow | undefined> {
  const [row] = await executor
    .update(captures)
    .set({ label, labelledAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(captures.endpointId, endpointId),
        eq(captures.id, id),
        sha256 === undefined ? undefined : eq(captures.sha256, sha256),
        isKept,
      ),
    )
    .returning()
  return row
}

/** False where it is not there. */
export async function deleteCapture(executor: Executor, endpointId: string, id: string): Promise<boolean> {
  const rows = await executor
    .delete(captures)
    .where(and(eq(captures.endpointId, endpointId), eq(captures.id, id)))
    .returning({ id: captures.id })
  return rows.length > 0
}

/** A row's place in the order by uncertainty. */
export type CapturePlace = Pick<CaptureRow, 'uncertainty' | 'id'>

export interface CaptureFilter {
  endpointId: string
  labelled?: boolean | undefined
  /** The newest first without it: ids sort by their time. */
  after?: { id: string } | CapturePlace | undefined
  byUncertainty?: boolean
}

export async function listCaptures(
  executor: Executor,
  { endpointId, labelled, after, byUncertainty = false }: CaptureFilter,
  count: number,
): Promise<CaptureRow[]> {
  const ofLabel =
    labelled === undefined ? undefined : labelled ? isNotNull(captures.label) : isNull(captures.label)
  const order = byUncertainty ? [desc(captures.uncertainty), desc(captures.id)] : [desc(captures.id)]
  return await executor
    .select()
    .from(captures)
    .where(and(eq(captures.endpointId, endpointId), isKept, ofLabel, after && behind(after)))
    .orderBy(...order)
    .limit(count)
}

function behind(after: { id: string } | CapturePlace): SQL | undefined {
  if (!('uncertainty' in after)) return lt(captures.id, after.id)
  const { uncertainty, id } = after
  return or(
    lt(captures.uncertainty, uncertainty),
    and(eq(captures.uncertainty, uncertainty), lt(captures.id, id)),
  )
}

/** All that have a label, in the order in which they were asked about. */
export async function listLabelled(
  executor: Executor,
  endpointId: string,
): Promise<(CaptureRow & { label: string })[]> {
  const rows = await executor
    .select()
    .from(captures)
    .where(and(eq(captures.endpointId, endpointId), isKept, isNotNull(captures.label)))
    .orderBy(asc(captures.id))
  return rows.flatMap((row) => (row.label === null ? [] : [{ ...row, label: row.label }]))
}

/** Their images are collected as blobs that no row names. */
export async function deleteExpiredCaptures(executor: Executor): Promise<void> {
  await executor.delete(captures).where(sql`${captures.expiresAt} <= clock_timestamp()`)
}
