// Follows models to their data, and data to the models and endpoints that came of it.
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import type { JobLineage, ModelLineage, ServingLink } from '@graft/core/wire/registry'
import type { Executor } from '@graft/db/database'
import { type EndpointState, endpointsServing } from '@graft/db/endpoints'
import { isNamed } from '@graft/db/is-named'
import { datasets, datasetVersions, jobs, models, modelVersions } from '@graft/db/schema'
import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm'
import { noVersion } from '../datasets/dataset-versions.ts'
import { findVersion } from './find-models.ts'

/** @throws GraftError `not_found`, `invalid_name` */
export async function lineageOfModel(
  executor: Executor,
  project: Project,
  reference: string,
): Promise<ModelLineage> {
  const version = await findVersion(executor, project, reference)
  const { name, number, origin } = version
  const model = `${name}@${number}`
  const made = origin === null ? [] : await versionsOf(executor, [origin.job])
  return {
    object: 'model.lineage',
    model,
    parent: origin?.parent ?? null,
    dataset: origin && `${origin.datasetName}@${origin.datasetVersion}`,
    job: origin?.job ?? null,
    versions: origin === null ? [model] : made.map((row) => row.model),
    children: await childrenOf(executor, project, model),
    recipe: origin?.recipe ?? null,
    endpoints: linksOf(await endpointsServing(executor, project, [model]), [model]),
  }
}

/** The jobs on a data set version, the newest first: three queries for a page. @throws GraftError `not_found` */
export async function lineageOfDataset(
  executor: Executor,
  project: Project,
  { name, number }: { name: string; number: number },
  after: string | undefined,
  count: number,
): Promise<JobLineage[]> {
  const [dataset] = await executor
    .select({ id: datasets.id })
    .from(datasetVersions)
    .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
    .where(and(isNamed(datasets, project, name), eq(datasetVersions.number, number)))
  if (dataset === undefined) {
    throw noVersion(name, number)
  }
  const rows = await executor
    .select({ id: jobs.id, state: jobs.state, recipe: jobs.recipe })
    .from(jobs)
    .where(
      and(
        eq(jobs.datasetId, dataset.id),
        eq(jobs.datasetVersion, number),
        after === undefined ? undefined : lt(jobs.id, after),
      ),
    )
    .orderBy(desc(jobs.id))
    .limit(count)
  const made = await versionsOf(
    executor,
    rows.map(({ id }) => id),
  )
  const serving = await endpointsServing(
    executor,
    project,
    made.map(({ model }) => model),
  )
  return rows.map(({ id, state, recipe }) => {
    const versions = made.filter(({ jobId }) => jobId === id).map(({ model }) => model)
    const endpoints = linksOf(serving, versions)
    return { object: 'fine_tuning.job.lineage', job: id, status: state, recipe, versions, endpoints }
  })
}

/** Jobs that started from the version's weights, the newest first, at most a page of them. */
async function childrenOf(
  executor: Executor,
  project: Project,
  model: string,
): Promise<ModelLineage['children']> {
  const rows = await executor
    .select({ id: jobs.id, state: jobs.state })
    .from(jobs)
    .where(and(eq(jobs.project, project), eq(jobs.parent, model)))
    .orderBy(desc(jobs.id))
    .limit(limit('pageSize'))
  const made = await versionsOf(
    executor,
    rows.map(({ id }) => id),
  )
  return rows.map(({ id, state }) => ({
    job: id,
    status: state,
    versions: made.filter(({ jobId }) => jobId === id).map((row) => row.model),
  }))
}

async function versionsOf(executor: Executor, jobIds: readonly string[]) {
  if (jobIds.length === 0) return []
  const rows = await executor
    .select({ jobId: modelVersions.jobId, name: models.name, number: modelVersions.number })
    .from(modelVersions)
    .innerJoin(models, eq(models.id, modelVersions.modelId))
    .where(inArray(modelVersions.jobId, [...jobIds]))
    .orderBy(asc(modelVersions.number))
  return rows.map(({ jobId, name, number }) => ({ jobId, model: `${name}@${number}` }))
}

/** What of these versions each endpoint serves. */
function linksOf(serving: readonly EndpointState[], references: readonly string[]): ServingLink[] {
  return serving.flatMap(({ name, traffic, shadow }) =>
    references.flatMap((model): ServingLink[] => {
      const weight = traffic.find((share) => share.model === model)?.weight ?? null
      const isShadow = shadow === model
      return weight === null && !isShadow ? [] : [{ endpoint: name, model, weight, shadow: isShadow }]
    }),
  )
}
