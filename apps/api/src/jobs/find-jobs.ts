// Reads jobs as they travel over HTTP.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Job, JobEvent } from '@graft/core/wire/jobs'
import type { Executor } from '@graft/db/database'
import type { JobEventRow } from '@graft/db/job-events'
import type { JobRow } from '@graft/db/job-lease'
import { datasets, jobs } from '@graft/db/schema'
import { and, desc, eq, lt } from 'drizzle-orm'
import { errorOf } from '../row-error.ts'
import { findPlaces, type Place } from './queue-places.ts'

/** @throws GraftError `not_found` */
export async function findJob(executor: Executor, project: Project, id: string): Promise<Job> {
  const [job] = await withPlaces(executor, await select(executor).where(isJob(project, id)))
  return job ?? refuse(id)
}

/** The same without its place in the queue, which costs a look at all that wait. @throws GraftError `not_found` */
export async function findJobWithoutPlace(executor: Executor, project: Project, id: string): Promise<Job> {
  const [row] = await select(executor).where(isJob(project, id))
  return row === undefined ? refuse(id) : toJob(row.job, row.dataset, undefined)
}

/** @throws GraftError `not_found` */
export function refuse(id: string): never {
  throw new GraftError('not_found', `There is no job ${JSON.stringify(id)}.`)
}

/** The newest first: ids sort by their time. */
export async function listJobs(
  executor: Executor,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<Job[]> {
  const rows = await select(executor)
    .where(and(eq(jobs.project, project), after === undefined ? undefined : lt(jobs.id, after)))
    .orderBy(desc(jobs.id))
    .limit(count)
  return await withPlaces(executor, rows)
}

async function withPlaces(executor: Executor, rows: Awaited<ReturnType<typeof select>>): Promise<Job[]> {
  const waiting = rows.filter(({ job }) => job.state === 'queued').map(({ job }) => job.id)
  const places = await findPlaces(executor, waiting)
  return rows.map(({ job, dataset }) => toJob(job, dataset, places.get(job.id)))
}

export function isJob(project: Project, id: string) {
  return and(eq(jobs.project, project), eq(jobs.id, id))
}

function select(executor: Executor) {
  return executor
    .select({ job: jobs, dataset: datasets.name })
    .from(jobs)
    .innerJoin(datasets, eq(datasets.id, jobs.datasetId))
}

function toJob(row: JobRow, dataset: string, place: Place | undefined): Job {
  return {
    id: row.id,
    object: 'fine_tuning.job',
    status: row.state,
    requested: row.requested,
    model: row.parent ?? row.baseModel,
    training_dataset: `${dataset}@${row.datasetVersion}`,
    recipe: row.recipe,
    hyperparameters: row.resolved,
    name: row.modelName,
    seed: row.seed,
    deploy: row.deploy,
    priority: row.priority,
    queue:
      place === undefined
        ? null
        : { position: place.position, expected_wait_seconds: place.expectedWait ?? null },
    attempt: row.attempt,
    engine: row.engine,
    progress: row.progress,
    metrics: row.metrics,
    fine_tuned_model: row.fineTunedModel,
    used: { cpu_seconds: row.cpuSeconds, gpu_seconds: row.gpuSeconds },
    error: errorOf(row),
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}

export function toJobEvent(row: JobEventRow): JobEvent {
  return {
    id: row.number,
    object: 'fine_tuning.job.event',
    created_at: row.createdAt.toISOString(),
    level: row.level,
    type: row.type,
    message: row.message,
    data: row.data,
  }
}
