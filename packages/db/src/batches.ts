// The rows of bulk predictions: who works on which, and how far it is.
//
// A batch belongs to one process at a time, by a lease. `attempt` is the fence: every write names it, so what a process
// that has lost its lease still writes changes nothing.
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import { BATCH_STATES, sourcesOf } from '@graft/core/states'
import type { ModelFile } from '@graft/core/wire/models'
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, lte, ne, or, sql } from 'drizzle-orm'
import type { Database, Executor } from './database.ts'
import { batches, endpoints } from './schema.ts'
import { inDays, inSeconds } from './time.ts'

export type BatchRow = typeof batches.$inferSelect
/** With the name of its endpoint, and the project that both are in. */
export type Batch = BatchRow & { endpoint: string; project: Project }
type Fence = Pick<BatchRow, 'id' | 'attempt'>

type Ordered =
  | 'id'
  | 'keyId'
  | 'endpointId'
  | 'revision'
  | 'dataset'
  | 'manifestKey'
  | 'archiveType'
  | 'archiveBytes'
  | 'split'
  | 'images'

export async function insertBatch(executor: Executor, batch: Pick<BatchRow, Ordered>): Promise<void> {
  await executor.insert(batches).values(batch)
}

export async function findBatch(
  executor: Executor,
  project: Project,
  id: string,
): Promise<Batch | undefined> {
  const [row] = await select(executor).where(and(eq(endpoints.project, project), eq(batches.id, id)))
  return row && toBatch(row)
}

/** Of one API key, or of all. The newest first: ids sort by their time. */
export async function listBatches(
  executor: Executor,
  { project, keyId }: { project: Project; keyId: string | undefined },
  after: string | undefined,
  count: number,
): Promise<Batch[]> {
  const rows = await select(executor)
    .where(
      and(
        eq(endpoints.project, project),
        keyId === undefined ? undefined : eq(batches.keyId, keyId),
        after === undefined ? undefined : lt(batches.id, after),
      ),
    )
    .orderBy(desc(batches.id))
    .limit(count)
  return rows.map(toBatch)
}

function select(executor: Executor) {
  return executor
    .select({ batches, endpoint: endpoints.name, project: endpoints.project })
    .from(batches)
    .innerJoin(endpoints, eq(endpoints.id, batches.endpointId))
}

function toBatch({ batches: row, ...of }: Awaited<ReturnType<typeof select>>[number]): Batch {
  return { ...row, ...of }
}

/** Takes the oldest one that waits, or whose process is lost, of whichever project. */
export async function claimBatch(db: Database): Promise<Batch | undefined> {
  const isFree = or(isNull(batches.leaseUntil), lte(batches.leaseUntil, sql`clock_timestamp()`))
  const next = db
    .select({ id: batches.id })
    .from(batches)
    .where(and(inArray(batches.state, ['queued', 'running']), isFree))
    .orderBy(asc(batches.createdAt))
    .limit(1)
    .for('update', { skipLocked: true })
  const [claimed] = await db
    .update(batches)
    .set({
      state: 'running',
      attempt: sql`${batches.attempt} + 1`,
      stalls: sql`${batches.stalls} + 1`,
      leaseUntil: inSeconds(limit('leaseSeconds')),
      startedAt: sql`coalesce(${batches.startedAt}, clock_timestamp())`,
    })
    // Compared with one value the inner query is run once; `in` may run it again, and claim a second one.
    .where(sql`${batches.id} = ${next}`)
    .returning({ id: batches.id })
  if (claimed === undefined) return undefined
  const [row] = await select(db).where(eq(batches.id, claimed.id))
  return row && toBatch(row)
}

/** False when the batch is not this process's any more: it was cancelled, or another process has it. */
async function write(db: Database, { id, attempt }: Fence, change: object): Promise<boolean> {
  const written = await db
    .update(batches)
    .set(change)
    .where(and(eq(batches.id, id), eq(batches.attempt, attempt), eq(batches.state, 'running')))
    .returning({ id: batches.id })
  return written.length > 0
}

export const renewBatch = (db: Database, fence: Fence): Promise<boolean> =>
  write(db, fence, { leaseUntil: inSeconds(limit('leaseSeconds')) })

/** How many files its archive has. */
export const countBatch = (db: Database, fence: Fence, images: number): Promise<boolean> =>
  write(db, fence, { images, leaseUntil: inSeconds(limit('leaseSeconds')) })

/** The answers of the first `done` images are in the store. */
export const advanceBatch = (
  db: Database,
  fence: Fence,
  progress: Pick<BatchRow, 'done' | 'failed'>,
): Promise<boolean> =>
  write(db, fence, { ...progress, stalls: 0, leaseUntil: inSeconds(limit('leaseSeconds')) })

/** Gives it to whoever comes next: this process stops, which is no fault of the batch. */
export const handOnBatch = (db: Database, fence: Fence): Promise<boolean> =>
  write(db, fence, {
    state: 'queued',
    leaseUntil: inSeconds(0),
    stalls: sql`greatest(${batches.stalls} - 1, 0)`,
  })

/** Gives it to whoever comes next, after a pause (s). */
export const releaseBatch = (db: Database, fence: Fence, pause: number): Promise<boolean> =>
  write(db, fence, { state: 'queued', leaseUntil: inSeconds(pause) })

export const succeedBatch = (
  db: Database,
  fence: Fence,
  files: Record<string, ModelFile>,
): Promise<boolean> => write(db, fence, { state: 'succeeded', files, finishedAt: sql`clock_timestamp()` })

export const failBatch = (
  db: Database,
  fence: Fence,
  { code: errorCode, message: errorMessage }: { code: string; message: string },
): Promise<boolean> =>
  write(db, fence, { state: 'failed', errorCode, errorMessage, finishedAt: sql`clock_timestamp()` })

/** False when it has ended, or is not there. */
export async function cancelBatch(executor: Executor, project: Project, id: string): Promise<boolean> {
  const ofProject = executor
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(eq(endpoints.project, project))
  const cancelled = await executor
    .update(batches)
    .set({ state: 'cancelled', finishedAt: sql`clock_timestamp()` })
    .where(
      and(
        inArray(batches.endpointId, ofProject),
        eq(batches.id, id),
        inArray(batches.state, sourcesOf(BATCH_STATES, 'cancelled')),
      ),
    )
    .returning({ id: batches.id })
  return cancelled.length > 0
}

/** That have ended, and may have left their archive in the store. */
export async function batchesWithArchive(executor: Executor): Promise<BatchRow[]> {
  return await executor
    .select()
    .from(batches)
    .where(and(sql`${batches.archiveBytes} > 0`, isNotNull(batches.finishedAt)))
}

/** Nothing but its results is left of it in the store. */
export async function forgetArchive(executor: Executor, id: string): Promise<void> {
  await executor
    .update(batches)
    .set({ archiveBytes: 0 })
    .where(and(eq(batches.id, id), gt(batches.archiveBytes, 0)))
}

/** Of batches that ended so many days ago: the rows stay, and name no files any more. */
export async function forgetResults(executor: Executor, days: number): Promise<void> {
  await executor
    .update(batches)
    .set({ files: {} })
    .where(and(lt(batches.finishedAt, inDays(-days)), ne(batches.files, {})))
}
