// The registry: a model version is a row that names bytes already in the store.
import type { Reference } from '@graft/core/names'
import type { RecipeName } from '@graft/core/recipes'
import { and, desc, eq } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { datasets, jobs, modelAliases, models, modelVersions } from './schema.ts'

export type ModelVersionRow = typeof modelVersions.$inferSelect

/** The version that a reference means: a number, an alias, or the newest. */
export async function resolveVersion(
  executor: Executor,
  { name, version }: Reference,
): Promise<ModelVersionRow | undefined> {
  const [model] = await executor.select().from(models).where(eq(models.name, name))
  if (model === undefined) return undefined
  let number = typeof version === 'number' ? version : undefined
  if (typeof version === 'string') {
    const [alias] = await executor
      .select()
      .from(modelAliases)
      .where(and(eq(modelAliases.modelId, model.id), eq(modelAliases.alias, version)))
    if (alias === undefined) return undefined
    number = alias.number
  }
  const [row] = await executor
    .select()
    .from(modelVersions)
    .where(
      and(
        eq(modelVersions.modelId, model.id),
        number === undefined ? undefined : eq(modelVersions.number, number),
      ),
    )
    .orderBy(desc(modelVersions.number))
    .limit(1)
  return row
}

export interface ModelVersionRecord extends ModelVersionRow {
  name: string
  aliases: string[]
  datasetName: string
  datasetVersion: number
  recipe: RecipeName
  seed: number
  baseModel: string
}

/** The version with its lineage. */
export async function findModelVersion(
  executor: Executor,
  reference: Reference,
): Promise<ModelVersionRecord | undefined> {
  const version = await resolveVersion(executor, reference)
  if (version === undefined) return undefined
  const [lineage] = await executor
    .select({
      datasetName: datasets.name,
      datasetVersion: jobs.datasetVersion,
      recipe: jobs.recipe,
      seed: jobs.seed,
      baseModel: jobs.baseModel,
    })
    .from(jobs)
    .innerJoin(datasets, eq(datasets.id, jobs.datasetId))
    .where(eq(jobs.id, version.jobId))
  if (lineage === undefined) throw new Error('a model version names its job')
  const aliases = await executor
    .select({ alias: modelAliases.alias })
    .from(modelAliases)
    .where(and(eq(modelAliases.modelId, version.modelId), eq(modelAliases.number, version.number)))
    .orderBy(modelAliases.alias)
  return { ...version, ...lineage, name: reference.name, aliases: aliases.map(({ alias }) => alias) }
}
