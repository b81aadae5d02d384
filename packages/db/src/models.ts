// The registry: a model version is a row that names bytes already in the store.
import type { Project, Reference } from '@graft/core/names'
import type { RecipeName } from '@graft/core/recipes'
import { and, asc, desc, eq, gt, lt, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Executor } from './database.ts'
import { isNamed } from './is-named.ts'
import { datasets, jobs, modelAliases, models, modelVersions } from './schema.ts'

export type ModelVersionRow = typeof modelVersions.$inferSelect

/** Where a version comes from; `parent` is the base model, or a version. */
export interface Origin {
  job: string
  datasetName: string
  datasetVersion: number
  recipe: RecipeName
  seed: number
  parent: string
}

/** A version with its aliases and its lineage. */
export interface ModelVersionRecord extends ModelVersionRow {
  name: string
  modelCreatedAt: Date
  aliases: string[]
  /** Null: it was imported. */
  origin: Origin | null
}

/** A version as a training starts from it. */
export interface ParentModel {
  /** `name@number` */
  reference: string
  labels: string[]
  /** Of its safetensors file. */
  key: string
  sha256: string
}

/** Undefined where it has no file of weights. */
export function asParent(reference: string, { labels, files }: ModelVersionRow): ParentModel | undefined {
  const file = files['model.safetensors']
  return file && { reference, labels, key: file.key, sha256: file.sha256 }
}

/** The version that a reference means: a number, an alias, or the newest; one that is archived only where all are. */
export async function resolveVersion(
  executor: Executor,
  project: Project,
  reference: Reference,
): Promise<ModelVersionRow | undefined> {
  const [row] = await selectRows(executor, project, reference)
  return row?.version
}

/** The same, locked: until the transaction ends nobody archives or deletes it. */
export async function holdVersion(
  tx: Executor,
  project: Project,
  reference: Reference,
): Promise<ModelVersionRow | undefined> {
  const [row] = await selectRows(tx, project, reference).for('share', { of: modelVersions })
  return row?.version
}

function selectRows(executor: Executor, project: Project, reference: Reference) {
  return executor
    .select({ version: modelVersions })
    .from(modelVersions)
    .innerJoin(models, eq(models.id, modelVersions.modelId))
    .where(isMeantBy(project, reference))
    .$dynamic()
}

/** The same, with its lineage. */
export async function findModelVersion(
  executor: Executor,
  project: Project,
  reference: Reference,
): Promise<ModelVersionRecord | undefined> {
  const [row] = await selectRecords(executor).where(isMeantBy(project, reference))
  return row && toRecord(row)
}

/** The newest version of each model, by the models' names: one query for a page. */
export async function listNewestVersions(
  executor: Executor,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<ModelVersionRecord[]> {
  const later = after === undefined ? undefined : gt(models.name, after)
  const rows = await selectRecords(executor)
    .where(and(eq(models.project, project), later, isNewest()))
    .orderBy(asc(models.name))
    .limit(count)
  return rows.map(toRecord)
}

export interface VersionFilter {
  below?: number | undefined
  tag?: string | undefined
}

/** The versions of a model, the newest first: one query for a page. */
export async function listModelVersions(
  executor: Executor,
  project: Project,
  name: string,
  { below, tag }: VersionFilter,
  count: number,
): Promise<ModelVersionRecord[]> {
  const rows = await selectRecords(executor)
    .where(
      and(
        eq(models.project, project),
        eq(models.name, name),
        below === undefined ? undefined : lt(modelVersions.number, below),
        tag === undefined ? undefined : sql`${modelVersions.tags} ? ${tag}`,
      ),
    )
    .orderBy(desc(modelVersions.number))
    .limit(count)
  return rows.map(toRecord)
}

function isMeantBy(project: Project, { name, version }: Reference): SQL | undefined {
  const isVersion = version === undefined ? isNewest() : hasNumber(version)
  return and(isNamed(models, project, name), isVersion)
}

function hasNumber(version: number | string): SQL {
  if (typeof version === 'number') return eq(modelVersions.number, version)
  return sql`${modelVersions.number} = (select ${modelAliases.number} from ${modelAliases}
    where ${modelAliases.modelId} = ${models.id} and ${modelAliases.alias} = ${version})`
}

/** A look at the primary key for each model. */
function isNewest(): SQL {
  const other = alias(modelVersions, 'other')
  return sql`${modelVersions.number} = (select ${other.number} from ${modelVersions} "other"
    where ${other.modelId} = ${models.id}
    order by ${other.archivedAt} is not null, ${other.number} desc limit 1)`
}

function selectRecords(executor: Executor) {
  return executor
    .select({
      version: modelVersions,
      name: models.name,
      modelCreatedAt: models.createdAt,
      aliases: sql<string[]>`array(select ${modelAliases.alias} from ${modelAliases}
        where ${modelAliases.modelId} = ${modelVersions.modelId} and ${modelAliases.number} = ${modelVersions.number}
        order by ${modelAliases.alias})`,
      origin: {
        job: jobs.id,
        datasetName: datasets.name,
        datasetVersion: jobs.datasetVersion,
        recipe: jobs.recipe,
        seed: jobs.seed,
        parent: sql<string>`coalesce(${jobs.parent}, ${jobs.baseModel})`,
      },
    })
    .from(modelVersions)
    .innerJoin(models, eq(models.id, modelVersions.modelId))
    .leftJoin(jobs, eq(jobs.id, modelVersions.jobId))
    .leftJoin(datasets, eq(datasets.id, jobs.datasetId))
}

type Selected = Awaited<ReturnType<typeof selectRecords>>[number]

function toRecord({ version, origin, ...named }: Selected): ModelVersionRecord {
  const { job, datasetName, datasetVersion, recipe, seed, parent } = origin
  if (job === null || datasetName === null || datasetVersion === null || recipe === null || seed === null)
    return { ...version, ...named, origin: null }
  return { ...version, ...named, origin: { job, datasetName, datasetVersion, recipe, seed, parent } }
}
