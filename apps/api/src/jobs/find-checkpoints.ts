// The weights that are kept of a job: the versions it has published, and what its last epochs saved to go on from.
import type { Project } from '@graft/core/names'
import type { ResolvedRecipe } from '@graft/core/recipes'
import type { SplitCounts } from '@graft/core/wire/datasets'
import type { JobCheckpoint, JobMetrics } from '@graft/core/wire/jobs'
import type { Database } from '@graft/db/database'
import { datasetVersions, jobEvents, jobs, models, modelVersions } from '@graft/db/schema'
import type { ObjectStore } from '@graft/store/object-store'
import { and, asc, eq } from 'drizzle-orm'
import { isJob, refuse } from './find-jobs.ts'

/** Measured by the trainer after an epoch; 0: the probe. */
interface Point {
  stage: string
  epoch: number
  at: Date
  metrics: JobMetrics
}

/** The newest first. @throws GraftError `not_found`, and what the store throws */
export async function findCheckpoints(
  db: Database,
  store: ObjectStore,
  project: Project,
  jobId: string,
): Promise<JobCheckpoint[]> {
  const [found] = await db
    .select({ job: jobs, version: datasetVersions })
    .from(jobs)
    .innerJoin(
      datasetVersions,
      and(eq(datasetVersions.datasetId, jobs.datasetId), eq(datasetVersions.number, jobs.datasetVersion)),
    )
    .where(isJob(project, jobId))
  if (found === undefined) return refuse(jobId)
  const { resolved } = found.job
  const perEpoch = Math.ceil(trainedOn(found.version, resolved) / resolved.batch_size)
  const points = await readPoints(db, jobId)
  const last = points.findLast(({ stage }) => stage === 'fine_tuned')?.epoch ?? 0
  const row = (name: string, epoch: number, at: Date, model: string | null, metrics: JobMetrics) => ({
    id: `${jobId}-${name}`,
    object: 'fine_tuning.job.checkpoint' as const,
    fine_tuning_job_id: jobId,
    created_at: at.toISOString(),
    step_number: epoch * perEpoch,
    fine_tuned_model_checkpoint: model,
    metrics,
  })
  const versions = await db
    .select({ version: modelVersions, name: models.name })
    .from(modelVersions)
    .innerJoin(models, eq(models.id, modelVersions.modelId))
    .where(eq(modelVersions.jobId, jobId))
  const published = versions.map(({ name, version: { number, stage, createdAt, metrics } }) =>
    row(stage, stage === 'probe' ? 0 : last, createdAt, `${name}@${number}`, metrics),
  )
  const saved = (await savedEpochs(store, jobId)).flatMap((epoch) => {
    const point = points.findLast((each) => each.stage === 'fine_tuned' && each.epoch === epoch)
    return point === undefined ? [] : [row(`epoch-${epoch}`, epoch, point.at, null, point.metrics)]
  })
  return [...published, ...saved].sort((a, b) => (a.created_at < b.created_at ? 1 : -1))
}

/** Images: a recipe that keeps its last epoch trains on the validation images too where Graft had cut them off. */
function trainedOn(
  { splits, cutSplits }: { splits: SplitCounts; cutSplits: string[] },
  { keep }: ResolvedRecipe,
): number {
  const count = (counts: Record<string, number>) => Object.values(counts).reduce((sum, each) => sum + each, 0)
  const returned = keep === 'last' && cutSplits.includes('validation') ? count(splits.validation) : 0
  return count(splits.train) + returned
}

async function readPoints(db: Database, jobId: string): Promise<Point[]> {
  const rows = await db
    .select({ at: jobEvents.createdAt, data: jobEvents.data })
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, jobId), eq(jobEvents.type, 'metrics')))
    .orderBy(asc(jobEvents.number))
  return rows.map(({ at, data: { stage, epoch, ...metrics } }) => {
    return { at, stage: String(stage), epoch: Number(epoch), metrics }
  })
}

/** Keys are `jobs/<id>/checkpoints/<attempt>/<epoch>.safetensors`: those of the newest attempt that has saved any. */
async function savedEpochs(store: ObjectStore, jobId: string): Promise<number[]> {
  const saved = new Map<number, number[]>()
  for await (const { key } of store.list(`jobs/${jobId}/checkpoints/`)) {
    const [, attempt, epoch] = /\/(\d+)\/(\d+)\.safetensors$/.exec(key) ?? []
    if (epoch === undefined) continue
    saved.set(Number(attempt), [...(saved.get(Number(attempt)) ?? []), Number(epoch)])
  }
  return saved.get(Math.max(...saved.keys())) ?? []
}
