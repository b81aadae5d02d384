// Reads models and their versions as they travel over HTTP.
import { GraftError } from '@graft/core/errors'
import { parseReference, requireName } from '@graft/core/names'
import type { Model, ModelVersion } from '@graft/core/wire'
import type { Executor } from '@graft/db/database'
import { findModelVersion, type ModelVersionRecord } from '@graft/db/models'
import { models, modelVersions } from '@graft/db/schema'
import { and, asc, desc, eq, gt, lt } from 'drizzle-orm'

/** @throws GraftError `not_found`, `invalid_name` */
export async function findVersion(executor: Executor, reference: string): Promise<ModelVersionRecord> {
  const version = await findModelVersion(executor, parseReference(reference, 'model'))
  if (version === undefined) throw new GraftError('not_found', `There is no model ${reference}.`)
  return version
}

/** @throws GraftError `not_found`, `invalid_name` */
export async function findModel(executor: Executor, name: string): Promise<Model> {
  const latest = await findVersion(executor, name)
  const [row] = await executor.select().from(models).where(eq(models.name, name))
  if (row === undefined) throw new Error('a model version names its model')
  return toModel(row, latest)
}

/** By name. */
export async function listModels(
  executor: Executor,
  after: string | undefined,
  count: number,
): Promise<Model[]> {
  const rows = await executor
    .select()
    .from(models)
    .where(after === undefined ? undefined : gt(models.name, after))
    .orderBy(asc(models.name))
    .limit(count)
  const list: Model[] = []
  for (const row of rows) list.push(toModel(row, await findVersion(executor, row.name)))
  return list
}

/** The newest first, below a number. @throws GraftError `not_found`, `invalid_name` */
export async function listVersions(
  executor: Executor,
  name: string,
  below: number | undefined,
  count: number,
): Promise<ModelVersion[]> {
  const { modelId } = await findVersion(executor, requireName(name, 'model'))
  const rows = await executor
    .select({ number: modelVersions.number })
    .from(modelVersions)
    .where(
      and(
        eq(modelVersions.modelId, modelId),
        below === undefined ? undefined : lt(modelVersions.number, below),
      ),
    )
    .orderBy(desc(modelVersions.number))
    .limit(count)
  const list: ModelVersion[] = []
  for (const { number } of rows) {
    list.push(toModelVersion(await findVersion(executor, `${name}@${number}`)))
  }
  return list
}

function toModel(row: typeof models.$inferSelect, latest: ModelVersionRecord): Model {
  return {
    id: row.id,
    object: 'model',
    name: row.name,
    latest: toModelVersion(latest),
    created_at: row.createdAt.toISOString(),
  }
}

export function toModelVersion(record: ModelVersionRecord): ModelVersion {
  const reference = `${record.name}@${record.number}`
  const files = Object.entries(record.files).map(([file, { sha256, bytes }]) => {
    return [file, { sha256, bytes, url: `/v1/models/${reference}/files/${file}` }] as const
  })
  return {
    object: 'model.version',
    model: record.name,
    version: record.number,
    aliases: record.aliases,
    stage: record.stage,
    architecture: record.architecture,
    labels: record.labels,
    preprocessing: record.preprocessing,
    metrics: record.metrics,
    lineage: {
      job: record.jobId,
      dataset: `${record.datasetName}@${record.datasetVersion}`,
      recipe: record.recipe,
      seed: record.seed,
      parent: record.baseModel,
    },
    files: Object.fromEntries(files),
    created_at: record.createdAt.toISOString(),
  }
}
