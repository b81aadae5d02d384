// Makes a fine-tuning job: its row, its first event and its message to the trainers, in one transaction.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { type Project, parseReference, type Reference, requireName } from '@graft/core/names'
import { type ResolvedRecipe, resolveRecipe } from '@graft/core/recipes'
import type { createJobSchema, Job } from '@graft/core/wire/jobs'
import type { Database, Executor, Transaction } from '@graft/db/database'
import { isNamed } from '@graft/db/is-named'
import { appendEvent } from '@graft/db/job-events'
import type { Queue } from '@graft/db/queue'
import { datasets, datasetVersions, jobs } from '@graft/db/schema'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Caller } from '../context.ts'
import { requireRoom } from '../keys/require-room.ts'
import { findJob } from './find-jobs.ts'
import { findStart } from './starting-model.ts'

/**
 * A job on a version that is still being ingested waits in `validating_files` until the ingest ends.
 *
 * @throws GraftError `not_found`, `dataset_rejected`, `invalid_name`, `too_many_jobs`, and as `findStart`
 */
export async function createJob(
  db: Database,
  queue: Queue,
  request: z.output<typeof createJobSchema>,
  key: Pick<Caller, 'id' | 'project'>,
): Promise<Job> {
  return await db.transaction(async (tx) => {
    await requireRoom(tx, 'jobs', key.id, 1)
    return await findJob(tx, key.project, await addJob(tx, queue, request, { key }))
  })
}

/** Who asks for a job, and what is fixed of its recipe whatever that says. */
export interface JobOrigin {
  key: Pick<Caller, 'id' | 'project'>
  sweepId?: string
  fixed?: Partial<ResolvedRecipe>
}

/** Answers its id. @throws GraftError as `createJob`, but for `too_many_jobs` */
export async function addJob(
  tx: Transaction,
  queue: Queue,
  request: z.output<typeof createJobSchema>,
  { key: { id: keyId, project }, sweepId, fixed }: JobOrigin,
): Promise<string> {
  const id = newId('ftjob')
  const { version, start, resolved, ...plan } = await planJob(tx, project, request)
  const waits = version.state === 'ingesting'
  await tx.insert(jobs).values({
    ...{ id, project, keyId, sweepId: sweepId ?? null },
    state: waits ? 'validating_files' : 'queued',
    baseModel: start.baseModel,
    parent: start.parent?.reference ?? null,
    datasetId: version.datasetId,
    datasetVersion: version.number,
    ...plan,
    resolved: { ...resolved, ...fixed },
    recipe: request.recipe,
    hyperparameters: request.hyperparameters,
    seed: request.seed,
    priority: request.priority,
  })
  const message = waits ? 'The job waits until its data set is ingested.' : 'The job waits for a trainer.'
  await appendEvent(tx, id, { level: 'info', type: 'message', message })
  if (!waits) await queue.send(tx, 'fine-tune', { job_id: id }, { priority: request.priority })
  return id
}

/**
 * What a job takes of its request. In a transaction the version's row is locked until its end.
 *
 * @throws GraftError `not_found`, `dataset_rejected`, `invalid_name`
 */
export async function planJob(
  executor: Executor,
  project: Project,
  request: z.output<typeof createJobSchema>,
) {
  const reference = parseReference(request.training_dataset, 'data set')
  const modelName = requireName(request.name ?? reference.name, 'model')
  const deploy = request.deploy === undefined ? null : requireName(request.deploy, 'endpoint')
  const version = await lockVersion(executor, project, reference)
  if (version.state === 'rejected') {
    throw new GraftError(
      'dataset_rejected',
      `The data set version ${reference.name}@${version.number} was rejected: ${version.errorMessage}`,
    )
  }
  const start = await findStart(executor, project, request.model, request.recipe)
  return {
    version,
    start,
    modelName,
    deploy,
    resolved: resolveRecipe(request.recipe, request.hyperparameters),
  }
}

/** The newest without a number. Locked: an ingest that ends at the same time either sees the job, or is seen by it. */
export async function lockVersion(executor: Executor, project: Project, { name, version }: Reference) {
  const [row] =
    typeof version === 'string'
      ? []
      : await executor
          .select({ version: datasetVersions })
          .from(datasetVersions)
          .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
          .where(
            and(
              isNamed(datasets, project, name),
              version === undefined ? undefined : eq(datasetVersions.number, version),
            ),
          )
          // A bare name means the newest that can be trained on: a push that failed does not stand in its way.
          .orderBy(sql`${datasetVersions.state} = 'rejected'`, desc(datasetVersions.number))
          .limit(1)
          .for('share', { of: datasetVersions })
  if (row !== undefined) return row.version
  const text = version === undefined ? name : `${name}@${version}`
  throw new GraftError('not_found', `There is no data set version ${text}.`)
}
