// Reads models and their versions as they travel over HTTP.
import { GraftError } from '@graft/core/errors'
import { type Project, parseReference, requireName } from '@graft/core/names'
import type { Model, ModelVersion } from '@graft/core/wire/models'
import type { Executor } from '@graft/db/database'
import {
  findModelVersion,
  listModelVersions,
  listNewestVersions,
  type ModelVersionRecord,
  type VersionFilter,
} from '@graft/db/models'

/** @throws GraftError `not_found`, `invalid_name` */
export async function findVersion(
  executor: Executor,
  project: Project,
  reference: string,
): Promise<ModelVersionRecord> {
  const version = await findModelVersion(executor, project, parseReference(reference, 'model'))
  if (version === undefined) throw new GraftError('not_found', `There is no model ${reference}.`)
  return version
}

/** @throws GraftError `not_found`, `invalid_name` */
export async function findModel(executor: Executor, project: Project, name: string): Promise<Model> {
  return toModel(await findVersion(executor, project, requireName(name, 'model')))
}

/** By name. */
export async function listModels(
  executor: Executor,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<Model[]> {
  return (await listNewestVersions(executor, project, after, count)).map(toModel)
}

/** The newest first. @throws GraftError `not_found`, `invalid_name` */
export async function listVersions(
  executor: Executor,
  project: Project,
  name: string,
  filter: VersionFilter,
  count: number,
): Promise<ModelVersion[]> {
  await findVersion(executor, project, requireName(name, 'model'))
  return (await listModelVersions(executor, project, name, filter, count)).map(toModelVersion)
}

function toModel(latest: ModelVersionRecord): Model {
  return {
    id: latest.modelId,
    object: 'model',
    name: latest.name,
    latest: toModelVersion(latest),
    created_at: latest.modelCreatedAt.toISOString(),
  }
}

export function toModelVersion(record: ModelVersionRecord): ModelVersion {
  const { origin } = record
  const reference = `${record.name}@${record.number}`
  const files = Object.entries(record.files).map(([file, { sha256, bytes }]) => {
    return [file, { sha256, bytes, url: `/v1/models/${reference}/files/${file}` }] as const
  })
  return {
    object: 'model.version',
    model: record.name,
    version: record.number,
    aliases: record.aliases,
    tags: record.tags,
    archived_at: record.archivedAt?.toISOString() ?? null,
    stage: record.stage,
    architecture: record.architecture,
    labels: record.labels,
    preprocessing: record.preprocessing,
    metrics: record.metrics,
    lineage: origin && {
      job: origin.job,
      dataset: `${origin.datasetName}@${origin.datasetVersion}`,
      recipe: origin.recipe,
      seed: origin.seed,
      parent: origin.parent,
    },
    files: Object.fromEntries(files),
    created_at: record.createdAt.toISOString(),
  }
}
