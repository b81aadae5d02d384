// Tags, archives and deletes model versions; what an endpoint serves stays.
import { GraftError } from '@graft/core/errors'
import { type Project, parseReference } from '@graft/core/names'
import { endsOf, isTerminal, JOB_STATES } from '@graft/core/states'
import type { PatchModelVersion } from '@graft/core/wire/models'
import type { Database, Executor } from '@graft/db/database'
import { endpointsServing } from '@graft/db/endpoints'
import type { ModelVersionRecord } from '@graft/db/models'
import { jobs, modelAliases, models, modelVersions } from '@graft/db/schema'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import { findVersion } from './find-models.ts'

/** @throws GraftError `not_found`, `invalid_request` without a version, `state_conflict` while an endpoint serves it */
export async function changeVersion(
  db: Database,
  project: Project,
  reference: string,
  { tags, archived }: PatchModelVersion,
): Promise<ModelVersionRecord> {
  return await db.transaction(async (tx) => {
    const version = await lockVersion(tx, project, reference)
    if (archived === true) await requireUnserved(tx, project, version)
    const change = {
      ...(tags !== undefined && { tags: [...new Set(tags)].sort() }),
      ...(archived !== undefined && {
        archivedAt: archived ? sql`coalesce(${modelVersions.archivedAt}, clock_timestamp())` : null,
      }),
    }
    if (Object.keys(change).length > 0) await tx.update(modelVersions).set(change).where(isVersion(version))
    return await findVersion(tx, project, `${version.name}@${version.number}`)
  })
}

/**
 * Its number is never given again.
 * @throws GraftError `not_found`, `invalid_request` without a version, `state_conflict` while an endpoint serves it, an
 *   alias points at it, or its job has not ended: that would publish it again
 */
export async function deleteVersion(db: Database, project: Project, reference: string): Promise<void> {
  await db.transaction(async (tx) => {
    const version = await lockVersion(tx, project, reference)
    const { name, number, modelId, jobId } = version
    await requireUnserved(tx, project, version)
    const aliases = await tx
      .select({ alias: modelAliases.alias })
      .from(modelAliases)
      .where(and(eq(modelAliases.modelId, modelId), eq(modelAliases.number, number)))
    if (aliases.length > 0) {
      const names = aliases.map(({ alias }) => alias).join(', ')
      throw new GraftError(
        'state_conflict',
        `${name}@${number} has the alias ${names}: point it elsewhere first.`,
      )
    }
    const [job] =
      jobId === null ? [] : await tx.select({ state: jobs.state }).from(jobs).where(eq(jobs.id, jobId))
    if (job !== undefined && !isTerminal(JOB_STATES, job.state)) {
      throw new GraftError('state_conflict', `The job ${jobId} of ${name}@${number} is ${job.state}.`)
    }
    await requireNoHeir(tx, project, `${name}@${number}`)
    await tx.delete(modelVersions).where(isVersion(version))
    await tx
      .update(models)
      .set({ lastDeleted: sql`greatest(${models.lastDeleted}, ${number})` })
      .where(eq(models.id, modelId))
  })
}

/** Locked: an endpoint that takes it at the same time comes before, and is seen, or after, and finds it changed. */
async function lockVersion(tx: Executor, project: Project, reference: string): Promise<ModelVersionRecord> {
  if (parseReference(reference, 'model').version === undefined) {
    throw new GraftError('invalid_request', `Name a version, as ${reference}@1.`)
  }
  const version = await findVersion(tx, project, reference)
  const locked = await tx
    .select({ number: modelVersions.number })
    .from(modelVersions)
    .where(isVersion(version))
    .for('update')
  if (locked.length === 0) throw new GraftError('not_found', `There is no model ${reference}.`)
  return version
}

async function requireUnserved(
  tx: Executor,
  project: Project,
  { name, number }: ModelVersionRecord,
): Promise<void> {
  const serving = await endpointsServing(tx, project, [`${name}@${number}`])
  if (serving.length === 0) return
  throw new GraftError(
    'state_conflict',
    `${name}@${number} is served by ${serving.map((endpoint) => endpoint.name).join(', ')}.`,
  )
}

/** Jobs that have ended keep its name: their lineage tells it when it is gone. */
async function requireNoHeir(tx: Executor, project: Project, reference: string): Promise<void> {
  const [heir] = await tx
    .select({ id: jobs.id, state: jobs.state })
    .from(jobs)
    .where(
      and(eq(jobs.project, project), eq(jobs.parent, reference), notInArray(jobs.state, endsOf(JOB_STATES))),
    )
    .limit(1)
  if (heir === undefined) return
  throw new GraftError(
    'state_conflict',
    `The job ${heir.id}, which starts from ${reference}, is ${heir.state}.`,
  )
}

function isVersion({ modelId, number }: ModelVersionRecord) {
  return and(eq(modelVersions.modelId, modelId), eq(modelVersions.number, number))
}
