// Publication: a job's result becomes a model version, its job's answer and its endpoint's traffic at once.
import { newId } from '@graft/core/ids'
import type { Project } from '@graft/core/names'
import type { Preprocessing } from '@graft/core/preprocessing'
import type { JobMetrics } from '@graft/core/wire/jobs'
import type { ModelFile } from '@graft/core/wire/models'
import { and, desc, eq } from 'drizzle-orm'
import type { Database, Executor } from './database.ts'
import { setTraffic } from './endpoints.ts'
import { isNamed } from './is-named.ts'
import { appendEvent } from './job-events.ts'
import { holdJob, type Lease } from './job-lease.ts'
import type { ModelVersionRow } from './models.ts'
import { jobs, models, modelVersions } from './schema.ts'

export interface NewModelVersion {
  stage: ModelVersionRow['stage']
  architecture: string
  labels: string[]
  preprocessing: Preprocessing
  metrics: JobMetrics
  files: Record<string, ModelFile>
}

/**
 * Registers what a job has made as the next version of its model, names it in the job, sends the traffic of the job's
 * endpoint to it, and tells of it in an event: one transaction. A job publishes once for each stage; the second time
 * answers the first.
 *
 * @returns `name@number`; undefined where the job was asked to cancel: nothing more comes of it
 * @throws GraftError `lease_lost`, `state_conflict` once the job has ended
 */
export async function publishModel(
  db: Database,
  lease: Lease,
  model: NewModelVersion,
): Promise<string | undefined> {
  return await db.transaction(async (tx) => {
    const job = await holdJob(tx, lease)
    if (job.requested === 'cancel') return undefined
    const name = job.modelName
    const [there] = await tx
      .select({ number: modelVersions.number })
      .from(modelVersions)
      .where(and(eq(modelVersions.jobId, job.id), eq(modelVersions.stage, model.stage)))
    if (there !== undefined) return `${name}@${there.number}`

    const reference = await insertVersion(tx, job.project, name, { ...model, jobId: job.id })
    await tx.update(jobs).set({ fineTunedModel: reference }).where(eq(jobs.id, job.id))
    if (job.deploy !== null) {
      await setTraffic(tx, job.project, job.deploy, { traffic: [{ model: reference, weight: 100 }] }, job.id)
    }
    const served = job.deploy === null ? '' : ` and serves at the endpoint ${job.deploy}`
    const message = `${reference} is registered${served}.`
    const data = { model: reference, stage: model.stage }
    await appendEvent(tx, job.id, { level: 'info', type: 'message', message, data }, lease.attempt)
    return reference
  })
}

/** As the next version of the model, which is made where there is none. @returns `name@number` */
export async function insertVersion(
  tx: Executor,
  project: Project,
  name: string,
  version: NewModelVersion & { jobId: string | null },
): Promise<string> {
  await tx
    .insert(models)
    .values({ id: newId('mdl'), project, name })
    .onConflictDoNothing()
  const [model] = await tx
    .select()
    .from(models)
    .where(isNamed(models, project, name))
    .for('update')
  if (model === undefined) throw new Error('the model was inserted above')
  const [newest] = await tx
    .select({ number: modelVersions.number })
    .from(modelVersions)
    .where(eq(modelVersions.modelId, model.id))
    .orderBy(desc(modelVersions.number))
    .limit(1)
  const number = Math.max(newest?.number ?? 0, model.lastDeleted) + 1
  await tx.insert(modelVersions).values({ ...version, modelId: model.id, number })
  return `${name}@${number}`
}

/** What was measured after the version was published, and the files that tell of it. @throws as `publishModel` */
export async function recordMeasured(
  executor: Executor,
  lease: Lease,
  stage: ModelVersionRow['stage'],
  { metrics, files }: { metrics: JobMetrics; files?: Record<string, ModelFile> },
): Promise<void> {
  await executor.transaction(async (tx) => {
    await holdJob(tx, lease)
    await tx
      .update(modelVersions)
      .set({ metrics, ...(files && { files }) })
      .where(and(eq(modelVersions.jobId, lease.jobId), eq(modelVersions.stage, stage)))
  })
}
