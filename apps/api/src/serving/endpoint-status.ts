// Whether an endpoint serves what it names: what the last load of each model has said, whichever process tried it.
import { type Project, parseReference } from '@graft/core/names'
import type { EndpointStatus } from '@graft/core/wire/endpoints'
import type { Database } from '@graft/db/database'
import { type EndpointState, statesBefore } from '@graft/db/endpoints'
import { models, modelVersions } from '@graft/db/schema'
import { and, eq, inArray } from 'drizzle-orm'
import { HISTORY } from './history.ts'

/** Notes why a model could not be served, or, with null, that it can. */
export async function noteFault(
  db: Database,
  { modelId, number }: Pick<typeof modelVersions.$inferSelect, 'modelId' | 'number'>,
  message: string | null,
): Promise<void> {
  const fault = message === null ? null : { message, at: new Date().toISOString() }
  await db
    .update(modelVersions)
    .set({ fault })
    .where(and(eq(modelVersions.modelId, modelId), eq(modelVersions.number, number)))
}

/** Of one project, in order. One query where all is well. */
export async function readStatuses(
  db: Database,
  states: readonly EndpointState[],
): Promise<EndpointStatus[]> {
  const [first] = states
  if (first === undefined) return []
  const faults = await readFaults(db, first.project, states)
  const statuses: EndpointStatus[] = []
  for (const state of states) {
    const own = state.traffic.flatMap(({ model }) => {
      const fault = faults.get(model)
      return fault ? [{ model, ...fault }] : []
    })
    const fallback = own.length === 0 ? undefined : await findFallback(db, state)
    statuses.push({
      status: own.length === 0 ? 'ready' : fallback ? 'fallback' : 'failing',
      faults: own,
      fallback: fallback?.traffic ?? null,
    })
  }
  return statuses
}

async function findFallback(
  db: Database,
  { project, name, revision }: EndpointState,
): Promise<EndpointState | undefined> {
  const before = await statesBefore(db, project, name, revision, HISTORY)
  const faults = await readFaults(db, project, before)
  return before.find(({ traffic }) => traffic.length > 0 && traffic.every(({ model }) => !faults.has(model)))
}

/** By reference; a version that is not there any more is a fault too. */
async function readFaults(
  db: Database,
  project: Project,
  states: readonly EndpointState[],
): Promise<Map<string, { message: string; at: string }>> {
  const references = [...new Set(states.flatMap(({ traffic }) => traffic.map(({ model }) => model)))]
  if (references.length === 0) return new Map()
  const names = references.map((reference) => parseReference(reference, 'model').name)
  const rows = await db
    .select({ name: models.name, number: modelVersions.number, fault: modelVersions.fault })
    .from(modelVersions)
    .innerJoin(models, eq(models.id, modelVersions.modelId))
    .where(and(eq(models.project, project), inArray(models.name, names)))
  const known = new Map(rows.map(({ name, number, fault }) => [`${name}@${number}`, fault]))
  const gone = () => ({ message: 'It has been deleted.', at: new Date().toISOString() })
  return new Map(
    references.flatMap((reference) => {
      const fault = known.has(reference) ? known.get(reference) : gone()
      return fault ? [[reference, fault] as const] : []
    }),
  )
}
