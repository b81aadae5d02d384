// Reads sweeps as they travel over HTTP: each with the table that compares its jobs.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Sweep, SweepChoice } from '@graft/core/wire/sweeps'
import type { Executor } from '@graft/db/database'
import type { JobRow } from '@graft/db/job-lease'
import { datasets, jobs, sweeps } from '@graft/db/schema'
import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm'
import { errorOf } from '../row-error.ts'

type SweepRow = typeof sweeps.$inferSelect

/** @throws GraftError `not_found` */
export async function findSweep(executor: Executor, project: Project, id: string): Promise<Sweep> {
  const [sweep] = await withJobs(executor, await executor.select().from(sweeps).where(isSweep(project, id)))
  return sweep ?? refuseSweep(id)
}

export function isSweep(project: Project, id: string) {
  return and(eq(sweeps.project, project), eq(sweeps.id, id))
}

/** @throws GraftError `not_found` */
export function refuseSweep(id: string): never {
  throw new GraftError('not_found', `There is no sweep ${JSON.stringify(id)}.`)
}

/** The newest first: ids sort by their time. */
export async function listSweeps(
  executor: Executor,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<Sweep[]> {
  const rows = await executor
    .select()
    .from(sweeps)
    .where(and(eq(sweeps.project, project), after === undefined ? undefined : lt(sweeps.id, after)))
    .orderBy(desc(sweeps.id))
    .limit(count)
  return await withJobs(executor, rows)
}

async function withJobs(executor: Executor, rows: SweepRow[]): Promise<Sweep[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const made = await executor
    .select({ job: jobs, dataset: datasets.name })
    .from(jobs)
    .innerJoin(datasets, eq(datasets.id, jobs.datasetId))
    .where(inArray(jobs.sweepId, ids))
    .orderBy(asc(jobs.id))
  return rows.map((row) => {
    const own = made.filter(({ job }) => job.sweepId === row.id)
    return toSweep(
      row,
      own.map(({ job }) => job),
      own[0]?.dataset ?? '',
    )
  })
}

function toSweep(row: SweepRow, own: JobRow[], dataset: string): Sweep {
  return {
    ...{ id: row.id, object: 'fine_tuning.sweep', status: row.state, name: row.modelName },
    training_dataset: `${dataset}@${own[0]?.datasetVersion}`,
    ...{ values: row.values, alias: row.alias, deploy: row.deploy },
    jobs: own.sort(byLoss).map((job) => ({
      id: job.id,
      status: job.state,
      hyperparameters: Object.fromEntries(
        Object.keys(row.values).map((name) => [name, job.hyperparameters[name as keyof SweepChoice]]),
      ) as SweepChoice,
      metrics: job.metrics,
      model: job.fineTunedModel,
    })),
    best: row.best,
    error: errorOf(row),
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}

/** The lowest loss on the validation images first: the test images choose nothing. */
export function byLoss(a: Pick<JobRow, 'metrics'>, b: Pick<JobRow, 'metrics'>): number {
  const [one, other] = [a, b].map(({ metrics }) => metrics.validation_loss ?? Number.POSITIVE_INFINITY)
  return one === other ? 0 : Number(one) - Number(other)
}
