// Orders an evaluation, and tells of it: a model version measured on a data set version by a trainer.
import { GraftError } from '@graft/core/errors'
import { type Project, parseReference } from '@graft/core/names'
import type { createEvaluationSchema, Evaluation } from '@graft/core/wire/evaluations'
import { type EvaluationReport, evaluationReportSchema } from '@graft/core/wire/report'
import type { Database, Executor } from '@graft/db/database'
import { type EvaluationRow, findEvaluation, insertEvaluation } from '@graft/db/evaluations'
import { manifestKey, type ObjectStore } from '@graft/store/object-store'
import type { z } from 'zod'
import type { Caller } from '../context.ts'
import { lockVersion } from '../jobs/create-job.ts'
import { requireRoom } from '../keys/require-room.ts'
import { findVersion } from '../models/find-models.ts'
import { errorOf } from '../row-error.ts'

/**
 * The data may lack labels of the model, but has none that the model does not know.
 *
 * @throws GraftError `not_found`, `invalid_name`, `dataset_not_ready`, `labels_unknown`, `too_many_evaluations`; `invalid_request` where the
 *   split has no image
 */
export async function createEvaluation(
  db: Database,
  { id: keyId, project }: Pick<Caller, 'id' | 'project'>,
  model: string,
  { dataset, split }: z.output<typeof createEvaluationSchema>,
): Promise<Evaluation> {
  return await db.transaction(async (tx) => {
    await requireRoom(tx, 'evaluations', keyId, 1)
    const { name, number, labels } = await findVersion(tx, project, model)
    const reference = `${name}@${number}`
    const asked = parseReference(dataset, 'data set')
    const version = await lockVersion(tx, project, asked)
    const exact = `${asked.name}@${version.number}`
    if (version.state !== 'ready') throw new GraftError('dataset_not_ready', `${exact} is ${version.state}.`)
    const images = Object.values(version.splits[split]).reduce((sum, count) => sum + count, 0)
    if (images === 0) throw new GraftError('invalid_request', `${exact} has no image in the split ${split}.`)
    const unknown = Object.keys(version.splits[split]).filter((label) => !labels.includes(label))
    if (unknown.length > 0) {
      throw new GraftError(
        'labels_unknown',
        `${reference} does not know ${unknown.join(', ')} of ${exact}: it knows ${labels.join(', ')}.`,
      )
    }
    const key = manifestKey(version.datasetId, version.number)
    const row = { project, keyId, model: reference, dataset: exact, manifestKey: key, split, images }
    return toEvaluation(await insertEvaluation(tx, row))
  })
}

/** @throws GraftError `not_found` */
export async function requireEvaluation(
  executor: Executor,
  project: Project,
  id: string,
): Promise<EvaluationRow> {
  const row = await findEvaluation(executor, project, id)
  if (row !== undefined) return row
  throw new GraftError('not_found', `There is no evaluation ${JSON.stringify(id)}.`)
}

/** @throws GraftError `not_found`, `state_conflict` until it has succeeded */
export async function readEvaluation(
  executor: Executor,
  project: Project,
  store: ObjectStore,
  id: string,
): Promise<EvaluationReport> {
  const { report, state } = await requireEvaluation(executor, project, id)
  if (report === null) throw new GraftError('state_conflict', `The evaluation ${id} is ${state}.`)
  return evaluationReportSchema.parse(JSON.parse((await store.read(report.key)).toString()))
}

export function toEvaluation(row: EvaluationRow): Evaluation {
  const { id, model, dataset, split, state, images, done, metrics } = row
  return {
    ...{ id, object: 'model.evaluation', model, dataset, split, status: state },
    progress: { images, done },
    metrics,
    error: errorOf(row),
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}
