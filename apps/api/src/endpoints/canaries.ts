// Canaries: how they begin, go on and end. Each change of traffic is a revision of the endpoint, in the transaction of
// the canary's own change.
//
// The endpoint's row is locked before the canary's, everywhere. A revision that a canary has not made is somebody's own
// decision: it stands, and the canary is superseded.

import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { type Project, parseReference } from '@graft/core/names'
import { CANARY_STATES, type CanaryState, sourcesOf } from '@graft/core/states'
import type { Canary, StartCanary } from '@graft/core/wire/canary'
import type { CanaryStep, TrafficShare } from '@graft/core/wire/endpoints'
import type { Database, Executor } from '@graft/db/database'
import { addRevision, type EndpointState, holdServable, readRevision } from '@graft/db/endpoints'
import { isNamed } from '@graft/db/is-named'
import { canaries, canaryCounts, endpoints } from '@graft/db/schema'
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import { recordWrite } from '../audit/audit-log.ts'
import type { Caller } from '../context.ts'
import { findEndpoint } from './find-endpoint.ts'
import { judgeStep, type StepCounts } from './judge-step.ts'

type CanaryRow = typeof canaries.$inferSelect

/**
 * Its first step serves when this is committed.
 *
 * @throws GraftError `not_found`, `endpoint_empty`; `state_conflict` where a canary runs, or the version has traffic
 *   already or is archived
 */
export async function startCanary(
  db: Database,
  project: Project,
  name: string,
  { model: asked, steps, ...bounds }: StartCanary,
  caller: Pick<Caller, 'id' | 'name'>,
): Promise<Canary> {
  return await db.transaction(async (tx) => {
    const stable = await lockEndpoint(tx, project, name)
    if (stable.traffic.length === 0) {
      throw new GraftError(
        'endpoint_empty',
        `The endpoint ${name} has no model that a canary is compared with.`,
      )
    }
    const running = await findRunning(tx, stable.id)
    if (running && running.revision === stable.revision) {
      throw new GraftError('state_conflict', `The canary ${running.id} runs: cancel it first.`)
    }
    if (running) await supersede(tx, running, stable.revision)
    const { number } = await holdServable(tx, project, asked)
    const model = `${parseReference(asked, 'model').name}@${number}`
    if (stable.traffic.some((share) => share.model === model)) {
      throw new GraftError('state_conflict', `${model} has a share of the traffic already.`)
    }
    const id = newId('canary')
    const row = {
      id,
      endpointId: stable.id,
      model,
      stableRevision: stable.revision,
      steps,
      minutesPerStep: bounds.minutes_per_step,
      maxErrorRate: bounds.max_error_rate,
      maxDisagreement: bounds.max_disagreement,
      minRequests: bounds.min_requests,
      keyId: caller.id,
      keyName: caller.name,
    }
    const { revision } = await addRevision(tx, project, name, splitOf(row, 0, stable.traffic), id)
    await tx.insert(canaries).values({ ...row, revision })
    return await readCanary(tx, project, name)
  })
}

/** The newest one. @throws GraftError `not_found` */
export async function readCanary(executor: Executor, project: Project, name: string): Promise<Canary> {
  const [found] = await executor
    .select({ row: canaries, minutes: minutesSince })
    .from(canaries)
    .innerJoin(endpoints, eq(endpoints.id, canaries.endpointId))
    .where(isNamed(endpoints, project, name))
    .orderBy(desc(canaries.id))
    .limit(1)
  if (found === undefined) throw new GraftError('not_found', `There is no canary of ${JSON.stringify(name)}.`)
  const { row, minutes } = found
  const counts = await readCounts(executor, row)
  const present = counts[row.step] ?? NONE
  return {
    id: row.id,
    object: 'canary',
    endpoint: name,
    status: row.state,
    model: row.model,
    share: row.steps[row.step] ?? 0,
    minutes_per_step: row.minutesPerStep,
    max_error_rate: row.maxErrorRate,
    max_disagreement: row.maxDisagreement,
    min_requests: row.minRequests,
    steps: row.steps.map((share, step) => ({ share, ...(counts[step] ?? NONE) })),
    reason: row.reason ?? judgeStep(row, present, minutes).reason,
    step_since: row.stepSince.toISOString(),
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}

/** Returns the traffic to what it was before. @throws GraftError `not_found`, `state_conflict` where none runs */
export async function cancelCanary(db: Database, project: Project, name: string): Promise<Canary> {
  return await db.transaction(async (tx) => {
    const { id, revision } = await lockEndpoint(tx, project, name)
    const row = await findRunning(tx, id)
    if (row === undefined) {
      const { status } = await readCanary(tx, project, name)
      throw new GraftError('state_conflict', `The canary of ${name} has ${status.replace('_', ' ')}.`)
    }
    if (revision !== row.revision) await supersede(tx, row, revision)
    else {
      await restore(tx, project, name, row)
      await finish(tx, row, 'cancelled', 'It was cancelled.')
    }
    return await readCanary(tx, project, name)
  })
}

/** The endpoints on which one runs. */
export async function listRunning(db: Database): Promise<{ project: Project; name: string }[]> {
  return await db
    .select({ project: endpoints.project, name: endpoints.name })
    .from(canaries)
    .innerJoin(endpoints, eq(endpoints.id, canaries.endpointId))
    .where(eq(canaries.state, 'running'))
    .orderBy(asc(endpoints.project), asc(endpoints.name))
}

/**
 * Raises it, ends it, or leaves it as it is. Who finds the endpoint locked leaves it to whoever is there.
 * @returns whether the endpoint has changed
 */
export async function moveCanary(db: Database, project: Project, name: string): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [locked] = await tx
      .select({ id: endpoints.id })
      .from(endpoints)
      .where(isNamed(endpoints, project, name))
      .for('update', { skipLocked: true })
    const row = locked && (await findRunning(tx, locked.id))
    if (row === undefined) return false
    const { revision } = await findEndpoint(tx, project, name)
    if (revision !== row.revision) {
      await supersede(tx, row, revision)
      return false
    }
    const counts = (await readCounts(tx, row))[row.step] ?? NONE
    const { turn, reason } = judgeStep(row, counts, await minutesOf(tx, row))
    if (turn === 'wait') return false
    if (turn === 'roll_back') {
      await restore(tx, project, name, row)
      await finish(tx, row, 'rolled_back', reason)
    } else if (row.step + 1 < row.steps.length) await raise(tx, project, name, row)
    else {
      await addRevision(tx, project, name, { traffic: [{ model: row.model, weight: 100 }] }, row.id)
      await finish(tx, row, 'succeeded', reason)
    }
    await audit(tx, project, name, row)
    return true
  })
}

async function raise(tx: Executor, project: Project, name: string, row: CanaryRow): Promise<void> {
  const { traffic } = await stableOf(tx, project, name, row)
  const step = row.step + 1
  const { revision } = await addRevision(tx, project, name, splitOf(row, step, traffic), row.id)
  await change(tx, row, 'running', { step, revision, stepSince: sql`clock_timestamp()` })
}

async function restore(tx: Executor, project: Project, name: string, row: CanaryRow): Promise<void> {
  const { traffic } = await stableOf(tx, project, name, row)
  await addRevision(tx, project, name, { traffic }, row.id)
}

async function stableOf(
  tx: Executor,
  project: Project,
  name: string,
  row: CanaryRow,
): Promise<EndpointState> {
  const state = await readRevision(tx, project, name, row.stableRevision)
  if (state === undefined) throw new Error('a revision is never deleted')
  return state
}

/** The canary's share of the traffic, and the rest to the versions before, in their proportion. */
function splitOf(
  { id, model, steps, minRequests }: Pick<CanaryRow, 'id' | 'model' | 'steps' | 'minRequests'>,
  step: number,
  stable: TrafficShare[],
): { traffic: TrafficShare[]; canary: CanaryStep } {
  const share = steps[step] ?? 100
  const sum = stable.reduce((total, { weight }) => total + weight, 0)
  const rest = stable.map((one) => ({ ...one, weight: (one.weight / sum) * (100 - share) }))
  return {
    traffic: [...(share === 100 ? [] : rest), { model, weight: share }],
    canary: { id, model, step, share, stable, min_requests: minRequests },
  }
}

async function supersede(tx: Executor, row: CanaryRow, revision: number): Promise<void> {
  await finish(tx, row, 'superseded', `Revision ${revision} of the endpoint was made by somebody else.`)
}

async function finish(tx: Executor, row: CanaryRow, state: CanaryState, reason: string): Promise<void> {
  await change(tx, row, state, { reason, finishedAt: sql`clock_timestamp()` })
}

/** Guarded, though whoever comes here holds the endpoint's lock. */
async function change(tx: Executor, { id, step }: CanaryRow, to: CanaryState, set: object): Promise<void> {
  const changed = await tx
    .update(canaries)
    .set({ ...set, state: to })
    .where(
      and(
        eq(canaries.id, id),
        eq(canaries.step, step),
        inArray(canaries.state, sourcesOf(CANARY_STATES, to)),
      ),
    )
    .returning({ id: canaries.id })
  if (changed.length === 0) throw new GraftError('state_conflict', `The canary ${id} has moved meanwhile.`)
}

/** What it does by itself stands in the audit log as writes of the key that has started it. */
async function audit(
  tx: Executor,
  project: Project,
  name: string,
  { id, keyId, keyName }: CanaryRow,
): Promise<void> {
  const { revision } = await findEndpoint(tx, project, name)
  await recordWrite(tx, {
    project,
    keyId,
    keyName,
    method: 'PUT',
    route: '/v1/endpoints/{name}',
    path: `/v1/endpoints/${name}`,
    resource: id,
    status: 200,
    requestId: `${id}/${revision}`,
  })
}

async function lockEndpoint(tx: Executor, project: Project, name: string): Promise<EndpointState> {
  await tx
    .select()
    .from(endpoints)
    .where(isNamed(endpoints, project, name))
    .for('update')
  return await findEndpoint(tx, project, name)
}

async function findRunning(tx: Executor, endpointId: string): Promise<CanaryRow | undefined> {
  const [row] = await tx
    .select()
    .from(canaries)
    .where(and(eq(canaries.endpointId, endpointId), eq(canaries.state, 'running')))
    .for('update')
  return row
}

const minutesSince = sql<number>`(extract(epoch from clock_timestamp() - ${canaries.stepSince}) / 60)::float8`

async function minutesOf(tx: Executor, { id }: CanaryRow): Promise<number> {
  const [row] = await tx.select({ minutes: minutesSince }).from(canaries).where(eq(canaries.id, id))
  return row?.minutes ?? 0
}

const NONE: StepCounts = { answered: 0, failed: 0, compared: 0, disagreed: 0 }

async function readCounts(executor: Executor, { id }: CanaryRow): Promise<Record<number, StepCounts>> {
  const rows = await executor.select().from(canaryCounts).where(eq(canaryCounts.canaryId, id))
  return Object.fromEntries(rows.map(({ canaryId: _, step, ...counts }) => [step, counts]))
}
