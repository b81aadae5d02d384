// Reads data sets, their versions and files as they travel over HTTP.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Dataset, DatasetFile, DatasetVersion, Split } from '@graft/core/wire/datasets'
import type { Executor } from '@graft/db/database'
import { isNamed } from '@graft/db/is-named'
import { datasetFiles, datasets, datasetVersions } from '@graft/db/schema'
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm'

export type VersionRow = typeof datasetVersions.$inferSelect
export type FileRow = typeof datasetFiles.$inferSelect

/** @throws GraftError `not_found` */
export async function findDataset(executor: Executor, project: Project, name: string): Promise<Dataset> {
  const [row] = await selectDatasets(executor).where(isNamed(datasets, project, name))
  if (row === undefined) throw noDataset(name)
  return toDataset(row.dataset, row.latest)
}

/** The newest first: ids sort by their time. */
export async function listDatasets(
  executor: Executor,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<Dataset[]> {
  const rows = await selectDatasets(executor)
    .where(and(eq(datasets.project, project), after === undefined ? undefined : lt(datasets.id, after)))
    .orderBy(desc(datasets.id))
    .limit(count)
  return rows.map(({ dataset, latest }) => toDataset(dataset, latest))
}

/** @throws GraftError `not_found` */
export async function findVersion(
  executor: Executor,
  project: Project,
  name: string,
  number: number,
): Promise<DatasetVersion> {
  const [row] = await selectVersions(executor).where(
    and(isNamed(datasets, project, name), eq(datasetVersions.number, number)),
  )
  if (row === undefined) throw noVersion(name, number)
  return toVersion(name, row.version)
}

/**
 * The newest first.
 * @throws GraftError `not_found`
 */
export async function listVersions(
  executor: Executor,
  project: Project,
  name: string,
  tag: string | undefined,
  after: number | undefined,
  count: number,
): Promise<DatasetVersion[]> {
  const id = await findDatasetId(executor, project, name)
  const older = after === undefined ? undefined : lt(datasetVersions.number, after)
  const tagged = tag === undefined ? undefined : sql`${datasetVersions.tags} ? ${tag}`
  const rows = await selectVersions(executor)
    .where(and(eq(datasetVersions.datasetId, id), older, tagged))
    .orderBy(desc(datasetVersions.number))
    .limit(count)
  return rows.map(({ version }) => toVersion(name, version))
}

/**
 * Instead of the tags that are there. What is in the version never changes.
 * @throws GraftError `not_found`
 */
export async function tagVersion(
  executor: Executor,
  project: Project,
  name: string,
  number: number,
  tags: readonly string[],
): Promise<DatasetVersion> {
  const datasetId = await findDatasetId(executor, project, name)
  await executor
    .update(datasetVersions)
    .set({ tags: [...new Set(tags)].sort() })
    .where(and(eq(datasetVersions.datasetId, datasetId), eq(datasetVersions.number, number)))
  return await findVersion(executor, project, name, number)
}

export interface FileFilter {
  status?: FileRow['status'] | undefined
  label?: string | undefined
  split?: Split | undefined
}

/**
 * In the archive's order.
 * @throws GraftError `not_found`
 */
export async function listFiles(
  executor: Executor,
  project: Project,
  name: string,
  number: number,
  { status, label, split }: FileFilter,
  after: number | undefined,
  count: number,
): Promise<FileRow[]> {
  await findVersion(executor, project, name, number)
  const rows = await executor
    .select({ file: datasetFiles })
    .from(datasetFiles)
    .innerJoin(datasets, eq(datasets.id, datasetFiles.datasetId))
    .where(
      and(
        isNamed(datasets, project, name),
        eq(datasetFiles.number, number),
        after === undefined ? undefined : gt(datasetFiles.position, after),
        status === undefined ? undefined : eq(datasetFiles.status, status),
        label === undefined ? undefined : eq(datasetFiles.label, label),
        split === undefined ? undefined : eq(datasetFiles.split, split),
      ),
    )
    .orderBy(asc(datasetFiles.position))
    .limit(count)
  return rows.map(({ file }) => file)
}

export function toVersion(dataset: string, row: VersionRow): DatasetVersion {
  // Before the end the columns may hold the fault of a try that is made again.
  const isRejected = row.state === 'rejected'
  return {
    object: 'dataset.version',
    dataset,
    version: row.number,
    status: row.state,
    archive_sha256: row.archiveSha256,
    labels: row.labels,
    splits: row.splits,
    cut_splits: row.cutSplits,
    files: { accepted: row.accepted, rejected: row.rejected, duplicate: row.duplicate },
    bytes: row.bytes,
    tags: row.tags,
    error: isRejected ? { code: row.errorCode ?? 'internal', message: row.errorMessage ?? '' } : null,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}

export function toFile({
  path,
  label,
  split,
  sha256,
  status,
  lookalike,
  reasonCode,
  reasonMessage,
}: FileRow): DatasetFile {
  const reason = reasonCode === null ? null : { code: reasonCode, message: reasonMessage ?? '' }
  return { object: 'dataset.file', path, label, split, sha256, status, lookalike, reason }
}

export function toDataset(row: typeof datasets.$inferSelect, latest: VersionRow | null): Dataset {
  return {
    id: row.id,
    object: 'dataset',
    name: row.name,
    latest: latest === null ? null : toVersion(row.name, latest),
    created_at: row.createdAt.toISOString(),
  }
}

function selectVersions(executor: Executor) {
  return executor
    .select({ version: datasetVersions })
    .from(datasetVersions)
    .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
}

function selectDatasets(executor: Executor) {
  const newest = sql`(select max(${datasetVersions.number}) from ${datasetVersions} where ${datasetVersions.datasetId} = ${datasets.id})`
  return executor
    .select({ dataset: datasets, latest: datasetVersions })
    .from(datasets)
    .leftJoin(
      datasetVersions,
      and(eq(datasetVersions.datasetId, datasets.id), sql`${datasetVersions.number} = ${newest}`),
    )
}

async function findDatasetId(executor: Executor, project: Project, name: string): Promise<string> {
  const [row] = await executor
    .select({ id: datasets.id })
    .from(datasets)
    .where(isNamed(datasets, project, name))
  if (row === undefined) throw noDataset(name)
  return row.id
}

export function noVersion(name: string, number: number): GraftError {
  return new GraftError('not_found', `There is no data set version ${name}@${number}.`)
}

function noDataset(name: string): GraftError {
  return new GraftError('not_found', `There is no data set ${JSON.stringify(name)}.`)
}
