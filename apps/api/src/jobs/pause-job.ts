// Pauses a job, at once while no trainer has it, and puts a paused one back into the queue.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { JobState } from '@graft/core/states'
import type { Job } from '@graft/core/wire/jobs'
import type { Database } from '@graft/db/database'
import { appendEvent } from '@graft/db/job-events'
import type { Queue } from '@graft/db/queue'
import { datasetVersions, jobs } from '@graft/db/schema'
import { and, eq, sql } from 'drizzle-orm'
import { askTrainer } from './ask-trainer.ts'
import { findJob, isJob } from './find-jobs.ts'
import { lockJob } from './lock-job.ts'

/** What its last epoch has saved stays in the store. @throws GraftError `not_found`, `state_conflict` */
export async function pauseJob(db: Database, queue: Queue, project: Project, id: string): Promise<Job> {
  return await db.transaction(async (tx) => {
    const job = await lockJob(tx, project, id)
    if (job.state === 'queued' || job.state === 'validating_files') {
      await tx.update(jobs).set({ state: 'paused', requested: null }).where(eq(jobs.id, id))
      // Resumed, it gets a message of its own: with two, a second trainer would wait for the first.
      await queue.withdraw(tx, 'fine-tune', { job_id: id })
      await appendEvent(tx, id, { level: 'info', type: 'message', message: 'The job is paused.' })
    } else await askTrainer(tx, job, 'pause')
    return await findJob(tx, project, id)
  })
}

/** It waits behind those that are there, by its priority. @throws GraftError `not_found`, `state_conflict`, `dataset_rejected` */
export async function resumeJob(db: Database, queue: Queue, project: Project, id: string): Promise<Job> {
  return await db.transaction(async (tx) => {
    // Locked, and before the job: an ingest that ends at the same time either sees the job, or is seen by it.
    const [version] = await tx
      .select({ state: datasetVersions.state, fault: datasetVersions.errorMessage })
      .from(datasetVersions)
      .innerJoin(
        jobs,
        and(eq(jobs.datasetId, datasetVersions.datasetId), eq(jobs.datasetVersion, datasetVersions.number)),
      )
      .where(isJob(project, id))
      .for('share', { of: datasetVersions })
    const job = await lockJob(tx, project, id)
    if (job.state !== 'paused') {
      throw new GraftError('state_conflict', `The job ${id} is ${job.state}, not paused.`)
    }
    if (version?.state === 'rejected') {
      throw new GraftError('dataset_rejected', `Its data set version was rejected: ${version.fault}`)
    }
    const state: JobState = version?.state === 'ingesting' ? 'validating_files' : 'queued'
    await tx.update(jobs).set({ state, queuedAt: sql`clock_timestamp()` }).where(eq(jobs.id, id))
    const what = state === 'queued' ? 'a trainer' : 'its data set'
    const message = `The job is resumed, and waits for ${what}.`
    await appendEvent(tx, id, { level: 'info', type: 'message', message })
    if (state === 'queued') await queue.send(tx, 'fine-tune', { job_id: id }, { priority: job.priority })
    return await findJob(tx, project, id)
  })
}
