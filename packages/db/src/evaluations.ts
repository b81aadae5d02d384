// The rows of evaluations: who measures which model version on which data, and how far it is.
//
// An evaluation belongs to one trainer at a time, by a lease. `attempt` is the fence: every write names it, so what a
// trainer that has lost its lease still writes changes nothing.
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import { BATCH_STATES, sourcesOf } from '@graft/core/states'
import type { EvaluationMetrics } from '@graft/core/wire/evaluations'
import type { ModelFile } from '@graft/core/wire/models'
import { and, asc, desc, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Database, Executor } from './database.ts'
import { evaluations } from './schema.ts'
import { inSeconds } from './time.ts'

export type EvaluationRow = typeof evaluations.$inferSelect
export type EvaluationFence = Pick<EvaluationRow, 'id' | 'attempt'>

export async function insertEvaluation(
  executor: Executor,
  evaluation: Pick<
    EvaluationRow,
    'project' | 'keyId' | 'model' | 'dataset' | 'manifestKey' | 'split' | 'images'
  >,
): Promise<EvaluationRow> {
  const [row] = await executor
    .insert(evaluations)
    .values({ ...evaluation, id: newId('eval') })
    .returning()
  if (row === undefined) throw new Error('an insert answers its row')
  return row
}

export async function findEvaluation(
  executor: Executor,
  project: Project,
  id: string,
): Promise<EvaluationRow | undefined> {
  const [row] = await executor
    .select()
    .from(evaluations)
    .where(and(eq(evaluations.project, project), eq(evaluations.id, id)))
  return row
}

/** Of a version, `name@number`, the newest first: ids sort by their time. */
export async function listEvaluations(
  executor: Executor,
  project: Project,
  model: string,
  after: string | undefined,
  count: number,
): Promise<EvaluationRow[]> {
  const older = after === undefined ? undefined : lt(evaluations.id, after)
  return await executor
    .select()
    .from(evaluations)
    .where(and(eq(evaluations.project, project), eq(evaluations.model, model), older))
    .orderBy(desc(evaluations.id))
    .limit(count)
}

const leaseEnd = () => inSeconds(limit('leaseSeconds'))

/** Takes the oldest one that waits, or whose trainer is lost, of whichever project. */
export async function claimEvaluation(db: Database): Promise<EvaluationRow | undefined> {
  const isFree = or(isNull(evaluations.leaseUntil), lte(evaluations.leaseUntil, sql`clock_timestamp()`))
  const next = db
    .select({ id: evaluations.id })
    .from(evaluations)
    .where(and(inArray(evaluations.state, ['queued', 'running']), isFree))
    .orderBy(asc(evaluations.createdAt))
    .limit(1)
    .for('update', { skipLocked: true })
  const [claimed] = await db
    .update(evaluations)
    .set({
      state: 'running',
      attempt: sql`${evaluations.attempt} + 1`,
      stalls: sql`${evaluations.stalls} + 1`,
      done: 0,
      leaseUntil: leaseEnd(),
      startedAt: sql`coalesce(${evaluations.startedAt}, clock_timestamp())`,
    })
    // Compared with one value the inner query is run once; `in` may run it again, and claim a second one.
    .where(sql`${evaluations.id} = ${next}`)
    .returning()
  return claimed
}

/** False when it is not this trainer's any more: it was cancelled, or another has it. */
async function write(db: Database, { id, attempt }: EvaluationFence, change: object): Promise<boolean> {
  const written = await db
    .update(evaluations)
    .set(change)
    .where(and(eq(evaluations.id, id), eq(evaluations.attempt, attempt), eq(evaluations.state, 'running')))
    .returning({ id: evaluations.id })
  return written.length > 0
}

/** Renews the lease, and tells how many images are done. */
export const advanceEvaluation = (db: Database, fence: EvaluationFence, done: number): Promise<boolean> =>
  write(db, fence, { done, leaseUntil: leaseEnd() })

/** Gives it to whoever comes next: this trainer stops, which is no fault of the evaluation. */
export const handOnEvaluation = (db: Database, fence: EvaluationFence): Promise<boolean> =>
  write(db, fence, {
    state: 'queued',
    leaseUntil: null,
    stalls: sql`greatest(${evaluations.stalls} - 1, 0)`,
  })

/** Gives it to whoever comes next: its process was killed. */
export const releaseEvaluation = (db: Database, fence: EvaluationFence): Promise<boolean> =>
  write(db, fence, { state: 'queued', leaseUntil: null })

export const succeedEvaluation = (
  db: Database,
  fence: EvaluationFence,
  result: { metrics: EvaluationMetrics; report: ModelFile },
): Promise<boolean> =>
  write(db, fence, {
    ...result,
    state: 'succeeded',
    done: sql`${evaluations.images}`,
    finishedAt: sql`clock_timestamp()`,
  })

export const failEvaluation = (
  db: Database,
  fence: EvaluationFence,
  { code: errorCode, message: errorMessage }: { code: string; message: string },
): Promise<boolean> =>
  write(db, fence, { state: 'failed', errorCode, errorMessage, finishedAt: sql`clock_timestamp()` })

/** False when it has ended, or is not there. */
export async function cancelEvaluation(executor: Executor, project: Project, id: string): Promise<boolean> {
  const cancelled = await executor
    .update(evaluations)
    .set({ state: 'cancelled', finishedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(evaluations.project, project),
        eq(evaluations.id, id),
        inArray(evaluations.state, sourcesOf(BATCH_STATES, 'cancelled')),
      ),
    )
    .returning({ id: evaluations.id })
  return cancelled.length > 0
}
