// Ends sweeps: once the last job has ended the best version is named and served; cancelled, all of its jobs are.
import { GraftError, isGraftError } from '@graft/core/errors'
import { type Project, parseReference } from '@graft/core/names'
import { endsOf, isTerminal, JOB_STATES } from '@graft/core/states'
import type { Sweep } from '@graft/core/wire/sweeps'
import type { Database, Transaction } from '@graft/db/database'
import { setTraffic } from '@graft/db/endpoints'
import { jobs, sweeps } from '@graft/db/schema'
import { and, asc, eq, notExists, notInArray, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { cancelLocked } from '../jobs/cancel-job.ts'
import { setAlias } from '../models/set-alias.ts'
import { type Repetition, repeat } from '../repeat.ts'
import { byLoss, findSweep, isSweep, refuseSweep } from './find-sweeps.ts'

/** Milliseconds between two looks, in every process of the API: the row's lock lets one of them act. */
const EVERY = 1000

export function startSweepLoop(db: Database, log: Logger): Repetition {
  return repeat(
    EVERY,
    () => settleSweeps(db),
    (err) => log.warn({ err }, 'sweeps are not settled'),
  )
}

/** Whoever ends the last job, a trainer or a person, need not know of the sweep. */
export async function settleSweeps(db: Database): Promise<void> {
  const over = await db
    .select({ id: sweeps.id })
    .from(sweeps)
    .where(
      and(
        eq(sweeps.state, 'running'),
        notExists(
          db
            .select({ id: jobs.id })
            .from(jobs)
            .where(and(eq(jobs.sweepId, sweeps.id), notInArray(jobs.state, endsOf(JOB_STATES)))),
        ),
      ),
    )
  for (const { id } of over) await db.transaction((tx) => settle(tx, id))
}

async function settle(tx: Transaction, id: string): Promise<void> {
  const [sweep] = await tx
    .select()
    .from(sweeps)
    .where(and(eq(sweeps.id, id), eq(sweeps.state, 'running')))
    .for('update', { skipLocked: true })
  if (sweep === undefined) return
  const { project, alias, deploy } = sweep
  const end = async (change: Partial<typeof sweeps.$inferInsert>) => {
    const finishedAt = sql`clock_timestamp()`
    await tx
      .update(sweeps)
      .set({ ...change, finishedAt })
      .where(eq(sweeps.id, id))
  }
  const made = await tx.select().from(jobs).where(eq(jobs.sweepId, id)).orderBy(asc(jobs.id))
  const [first] = made
    .filter(({ state, metrics }) => state === 'succeeded' && metrics.validation_loss !== undefined)
    .sort(byLoss)
  const best = first?.fineTunedModel ?? null
  if (best === null) {
    const errorMessage = 'No job has succeeded with a loss on validation images.'
    return await end({ state: 'failed', errorCode: 'sweep_empty', errorMessage })
  }
  try {
    await tx.transaction(async (inner) => {
      const { name, version } = parseReference(best, 'model')
      if (alias !== null) await setAlias(inner, project, name, alias, Number(version))
      if (deploy !== null)
        await setTraffic(inner, project, deploy, { traffic: [{ model: best, weight: 100 }] }, id)
    })
    await end({ state: 'succeeded', best })
  } catch (error) {
    // Somebody has deleted or archived it meanwhile.
    if (!isGraftError(error)) throw error
    await end({ state: 'failed', best, errorCode: error.code, errorMessage: error.message })
  }
}

/** Jobs that wait are cancelled at once, those that run within seconds. @throws GraftError `not_found`, `state_conflict` */
export async function cancelSweep(db: Database, project: Project, id: string): Promise<Sweep> {
  return await db.transaction(async (tx) => {
    const [sweep] = await tx.select().from(sweeps).where(isSweep(project, id)).for('update')
    if (sweep === undefined) return refuseSweep(id)
    if (sweep.state !== 'running') {
      throw new GraftError('state_conflict', `The sweep ${id} has ${sweep.state} already.`)
    }
    const made = await tx.select().from(jobs).where(eq(jobs.sweepId, id)).orderBy(asc(jobs.id)).for('update')
    for (const job of made) if (!isTerminal(JOB_STATES, job.state)) await cancelLocked(tx, job)
    const end = { state: 'cancelled' as const, finishedAt: sql`clock_timestamp()` }
    await tx.update(sweeps).set(end).where(eq(sweeps.id, id))
    return await findSweep(tx, project, id)
  })
}
