// Endpoints and their history: each change of traffic is a new revision, and the newest serves.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { parseReference } from '@graft/core/names'
import type { TrafficShare } from '@graft/core/wire'
import { and, asc, desc, eq, gt, lte, type SQL } from 'drizzle-orm'
import type { Database, Executor } from './database.ts'
import { resolveVersion } from './models.ts'
import { endpointRevisions, endpoints } from './schema.ts'

export interface EndpointState {
  id: string
  name: string
  createdAt: Date
  revision: number
  traffic: TrafficShare[]
  /** Least confidence of an accepted answer. */
  threshold: number
  updatedAt: Date
}

/**
 * Makes the endpoint when it is missing, and sends its traffic to the named model versions from now on. Aliases
 * and bare names are resolved now: a revision names numbers, so it means the same for ever.
 *
 * @param actor id of the API key or job that asks for it
 * @throws GraftError `not_found` when a model version does not exist
 */
export async function setTraffic(
  executor: Executor,
  name: string,
  { traffic, threshold }: { traffic: TrafficShare[]; threshold?: number | undefined },
  actor: string,
): Promise<EndpointState> {
  return await executor.transaction(async (tx) => {
    const resolved: TrafficShare[] = []
    for (const { model, weight } of traffic) {
      const reference = parseReference(model, 'model')
      const version = await resolveVersion(tx, reference)
      if (version === undefined) throw new GraftError('not_found', `There is no model ${model}.`)
      resolved.push({ model: `${reference.name}@${version.number}`, weight })
    }
    await tx
      .insert(endpoints)
      .values({ id: newId('ep'), name })
      .onConflictDoNothing()
    // The row's lock orders the revisions of changes made at the same time.
    const [endpoint] = await tx.select().from(endpoints).where(eq(endpoints.name, name)).for('update')
    if (endpoint === undefined) throw new Error('the endpoint was inserted above')
    const before = await readState(tx, name)
    await tx.insert(endpointRevisions).values({
      endpointId: endpoint.id,
      revision: (before?.revision ?? 0) + 1,
      traffic: resolved,
      threshold: threshold ?? before?.threshold ?? 0,
      actor,
    })
    return (await readState(tx, name)) as EndpointState
  })
}

/** The state now, or at a time; undefined where the endpoint did not exist. */
export async function trafficAt(db: Database, name: string, at?: Date): Promise<EndpointState | undefined> {
  return await readState(db, name, at === undefined ? undefined : lte(endpointRevisions.createdAt, at))
}

/**
 * A new revision with the traffic before the newest. Rolling back twice returns to where it was.
 *
 * @throws GraftError `not_found`, `state_conflict` when there was no traffic before
 */
export async function rollback(db: Database, name: string, actor: string): Promise<EndpointState> {
  return await db.transaction(async (tx) => {
    await tx.select().from(endpoints).where(eq(endpoints.name, name)).for('update')
    const now = await readState(tx, name)
    if (now === undefined) throw new GraftError('not_found', `There is no endpoint ${name}.`)
    const before = await readState(tx, name, eq(endpointRevisions.revision, now.revision - 1))
    if (before === undefined) {
      throw new GraftError('state_conflict', `The endpoint ${name} had no traffic before this.`)
    }
    return await setTraffic(tx, name, before, actor)
  })
}

/** All endpoints as they are now, by name. */
export async function listEndpoints(
  db: Database,
  after: string | undefined,
  count: number,
): Promise<EndpointState[]> {
  const rows = await db
    .selectDistinctOn([endpoints.name])
    .from(endpointRevisions)
    .innerJoin(endpoints, eq(endpoints.id, endpointRevisions.endpointId))
    .where(after === undefined ? undefined : gt(endpoints.name, after))
    .orderBy(asc(endpoints.name), desc(endpointRevisions.revision))
    .limit(count)
  return rows.map(toState)
}

async function readState(executor: Executor, name: string, which?: SQL): Promise<EndpointState | undefined> {
  const [row] = await executor
    .select()
    .from(endpointRevisions)
    .innerJoin(endpoints, eq(endpoints.id, endpointRevisions.endpointId))
    .where(and(eq(endpoints.name, name), which))
    .orderBy(desc(endpointRevisions.revision))
    .limit(1)
  return row && toState(row)
}

interface StateRow {
  endpoints: typeof endpoints.$inferSelect
  endpoint_revisions: typeof endpointRevisions.$inferSelect
}

function toState({ endpoints: endpoint, endpoint_revisions: newest }: StateRow): EndpointState {
  const { revision, traffic, threshold, createdAt: updatedAt } = newest
  return { ...endpoint, revision, traffic, threshold, updatedAt }
}
