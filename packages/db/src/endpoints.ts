// Endpoints and their history: each change of traffic is a new revision, and the newest serves.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { type Project, parseReference } from '@graft/core/names'
import type { CanaryStep, Capture, TrafficShare } from '@graft/core/wire/endpoints'
import { and, asc, desc, eq, gt, inArray, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Database, Executor } from './database.ts'
import { isNamed } from './is-named.ts'
import { holdVersion, type ModelVersionRow } from './models.ts'
import { endpointRevisions, endpoints } from './schema.ts'

/** What a revision says beside the traffic. */
export interface EndpointSettings {
  /** Least confidence of an accepted answer. */
  threshold: number
  /** Instead of it, where it is not null: the share of accepted answers that shall be right. */
  precision: number | null
  /** Instead of both, by label. */
  thresholds: Record<string, number>
  /** The model version that is asked as well, compared, and never answers. */
  shadow: string | null
  /** Null: the platform's limit. */
  idleTimeoutSeconds: number | null
  /** Null: no image is kept. */
  capture: Capture | null
}

export interface EndpointState extends EndpointSettings {
  id: string
  /** Its models are of the same. */
  project: Project
  name: string
  createdAt: Date
  revision: number
  traffic: TrafficShare[]
  /** The step of a canary that the split is; null where no canary has made it. */
  canary: CanaryStep | null
  updatedAt: Date
}

/** Settings that are left out stay as they are. */
export type EndpointChange = { traffic: TrafficShare[] } & Partial<EndpointSettings>

const INITIAL = {
  revision: 0,
  threshold: 0,
  precision: null,
  thresholds: {},
  shadow: null,
  idleTimeoutSeconds: null,
  capture: null,
}

/**
 * Makes the endpoint when it is missing, and sends its traffic to the named model versions from now on. Aliases
 * and bare names are resolved now: a revision names numbers, so it means the same for ever.
 *
 * @param actor id of the API key or job that asks for it
 * @throws GraftError `not_found` when a model version does not exist, `state_conflict` when it is archived,
 *   `invalid_request` when the traffic names one twice, or a threshold a label that none of them has
 */
export async function setTraffic(
  executor: Executor,
  project: Project,
  name: string,
  change: EndpointChange,
  actor: string,
): Promise<EndpointState> {
  return await executor.transaction(async (tx) => {
    const labels = new Set<string>()
    const resolve = async (model: string): Promise<string> => {
      const version = await holdServable(tx, project, model)
      for (const label of version.labels) labels.add(label)
      return `${parseReference(model, 'model').name}@${version.number}`
    }
    const traffic: TrafficShare[] = []
    for (const { model, weight } of change.traffic) traffic.push({ model: await resolve(model), weight })
    if (new Set(traffic.map(({ model }) => model)).size < traffic.length) {
      throw new GraftError('invalid_request', 'The traffic names a model version twice.')
    }
    for (const label of Object.keys(change.thresholds ?? {})) {
      if (labels.has(label)) continue
      throw new GraftError(
        'invalid_request',
        `No model of the traffic has the label ${JSON.stringify(label)}.`,
      )
    }
    const shadow = change.shadow ? await resolve(change.shadow) : change.shadow
    return await addRevision(
      tx,
      project,
      name,
      { ...change, traffic, ...(shadow !== undefined && { shadow }) },
      actor,
    )
  })
}

/** A version that is in use cannot be archived or deleted, so one that is put to use is locked. */
export async function holdServable(tx: Executor, project: Project, model: string): Promise<ModelVersionRow> {
  const version = await holdVersion(tx, project, parseReference(model, 'model'))
  if (version === undefined) throw new GraftError('not_found', `There is no model ${model}.`)
  if (version.archivedAt === null) return version
  throw new GraftError('state_conflict', `The model ${model} is archived.`)
}

/** Models are named as `name@number`. */
export async function addRevision(
  tx: Executor,
  project: Project,
  name: string,
  { traffic, canary = null, ...change }: EndpointChange & { canary?: CanaryStep | null },
  actor: string,
): Promise<EndpointState> {
  await tx
    .insert(endpoints)
    .values({ id: newId('ep'), project, name })
    .onConflictDoNothing()
  // The row's lock orders the revisions of changes made at the same time.
  const [endpoint] = await tx
    .select()
    .from(endpoints)
    .where(isNamed(endpoints, project, name))
    .for('update')
  if (endpoint === undefined) throw new Error('the endpoint was inserted above')
  const before = (await readState(tx, project, name)) ?? INITIAL
  const settings = settingsOf({ ...before, ...change })
  await tx.insert(endpointRevisions).values({
    endpointId: endpoint.id,
    revision: before.revision + 1,
    traffic,
    canary,
    ...settings,
    actor,
  })
  return (await readState(tx, project, name)) as EndpointState
}

/** What a revision passes on to the next one. */
function settingsOf({
  threshold,
  precision,
  thresholds,
  shadow,
  idleTimeoutSeconds,
  capture,
}: EndpointSettings): EndpointSettings {
  return { threshold, precision, thresholds, shadow, idleTimeoutSeconds, capture }
}

/** The state now, or at a time; undefined where the endpoint did not exist. */
export async function trafficAt(
  executor: Executor,
  project: Project,
  name: string,
  at?: Date,
): Promise<EndpointState | undefined> {
  return await readState(
    executor,
    project,
    name,
    at === undefined ? undefined : lte(endpointRevisions.createdAt, at),
  )
}

/**
 * A new revision with the traffic before the newest. Rolling back twice returns to where it was.
 *
 * @throws GraftError `not_found` also for a model version that was deleted since, `state_conflict` when there was no
 *   traffic before, or a version of it is archived
 */
export async function rollback(
  db: Database,
  project: Project,
  name: string,
  actor: string,
): Promise<EndpointState> {
  return await db.transaction(async (tx) => {
    await tx
      .select()
      .from(endpoints)
      .where(isNamed(endpoints, project, name))
      .for('update')
    const now = await readState(tx, project, name)
    if (now === undefined) throw new GraftError('not_found', `There is no endpoint ${name}.`)
    const before = await readState(tx, project, name, eq(endpointRevisions.revision, now.revision - 1))
    if (before === undefined) {
      throw new GraftError('state_conflict', `The endpoint ${name} had no traffic before this.`)
    }
    const { traffic, shadow } = before
    for (const { model } of traffic) await holdServable(tx, project, model)
    if (shadow !== null) await holdServable(tx, project, shadow)
    return await addRevision(tx, project, name, { traffic, ...settingsOf(before) }, actor)
  })
}

/** All endpoints as they are now, by name. */
export async function listEndpoints(
  db: Database,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<EndpointState[]> {
  const rows = await db
    .selectDistinctOn([endpoints.name])
    .from(endpointRevisions)
    .innerJoin(endpoints, eq(endpoints.id, endpointRevisions.endpointId))
    .where(and(eq(endpoints.project, project), after === undefined ? undefined : gt(endpoints.name, after)))
    .orderBy(asc(endpoints.name), desc(endpointRevisions.revision))
    .limit(count)
  return rows.map(toState)
}

/** What the endpoint was, or is, at a revision. */
export async function readRevision(
  executor: Executor,
  project: Project,
  name: string,
  revision: number,
): Promise<EndpointState | undefined> {
  return await readState(executor, project, name, eq(endpointRevisions.revision, revision))
}

/** The states before a revision, the newest first. */
export async function statesBefore(
  db: Database,
  project: Project,
  name: string,
  revision: number,
  count: number,
): Promise<EndpointState[]> {
  return await readStates(db, project, name, lt(endpointRevisions.revision, revision), count)
}

/** What an endpoint was, and who made it that: the newest revision first. */
export async function listRevisions(
  db: Database,
  project: Project,
  name: string,
  before: number | undefined,
  count: number,
): Promise<(typeof endpointRevisions.$inferSelect)[]> {
  const rows = await db
    .select()
    .from(endpointRevisions)
    .innerJoin(endpoints, eq(endpoints.id, endpointRevisions.endpointId))
    .where(
      and(
        isNamed(endpoints, project, name),
        before === undefined ? undefined : lt(endpointRevisions.revision, before),
      ),
    )
    .orderBy(desc(endpointRevisions.revision))
    .limit(count)
  return rows.map((row) => row.endpoint_revisions)
}

/**
 * The endpoints that send traffic, or its shadow, to one of these versions (`name@number`) now, or whose canary may
 * return to it.
 */
export async function endpointsServing(
  executor: Executor,
  project: Project,
  references: readonly string[],
): Promise<EndpointState[]> {
  if (references.length === 0) return []
  const isNamedIn = (traffic: SQL) => sql`exists (select from jsonb_array_elements(${traffic}) as share
    where ${inArray(sql`share ->> 'model'`, [...references])})`
  const rows = await executor
    .select()
    .from(endpointRevisions)
    .innerJoin(endpoints, eq(endpoints.id, endpointRevisions.endpointId))
    .where(
      and(
        eq(endpoints.project, project),
        sql`${endpointRevisions.revision} = (select max(newest.revision) from ${endpointRevisions} newest
          where newest.endpoint_id = ${endpoints.id})`,
        or(
          isNamedIn(sql`${endpointRevisions.traffic}`),
          isNamedIn(sql`${endpointRevisions.canary} -> 'stable'`),
          inArray(endpointRevisions.shadow, [...references]),
        ),
      ),
    )
    .orderBy(asc(endpoints.name))
  return rows.map(toState)
}

async function readState(
  executor: Executor,
  project: Project,
  name: string,
  which?: SQL,
): Promise<EndpointState | undefined> {
  const [state] = await readStates(executor, project, name, which, 1)
  return state
}

async function readStates(
  executor: Executor,
  project: Project,
  name: string,
  which: SQL | undefined,
  count: number,
): Promise<EndpointState[]> {
  const rows = await executor
    .select()
    .from(endpointRevisions)
    .innerJoin(endpoints, eq(endpoints.id, endpointRevisions.endpointId))
    .where(and(isNamed(endpoints, project, name), which))
    .orderBy(desc(endpointRevisions.revision))
    .limit(count)
  return rows.map(toState)
}

interface StateRow {
  endpoints: typeof endpoints.$inferSelect
  endpoint_revisions: typeof endpointRevisions.$inferSelect
}

function toState({ endpoints: endpoint, endpoint_revisions: newest }: StateRow): EndpointState {
  const { endpointId: _, actor: __, createdAt: updatedAt, ...state } = newest
  return { ...endpoint, ...state, updatedAt }
}
