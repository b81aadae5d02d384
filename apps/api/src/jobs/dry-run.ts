// What a job would take: a trainer measures it, and nothing is started.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import type { createJobSchema, DryRun } from '@graft/core/wire/jobs'
import type { Database } from '@graft/db/database'
import type { Queue } from '@graft/db/queue'
import { manifestKey } from '@graft/store/object-store'
import type { z } from 'zod'
import { planJob } from './create-job.ts'

/**
 * @throws GraftError `not_found`, `dataset_rejected`, `invalid_name`; `state_conflict` while the version is ingested;
 *   `trainer_silent`, `trainer_crashed`, `request_abandoned`; and what a training throws as it begins
 */
export async function dryRun(
  db: Database,
  queue: Queue,
  project: Project,
  request: z.output<typeof createJobSchema>,
  signal: AbortSignal,
): Promise<DryRun> {
  const { version, start, resolved } = await planJob(db, project, request)
  if (version.state !== 'ready') {
    throw new GraftError(
      'state_conflict',
      'The data set is still being ingested: ask again when it is ready.',
    )
  }
  const question = {
    manifestKey: manifestKey(version.datasetId, version.number),
    ...start,
    recipe: resolved,
    seed: request.seed,
  }
  const answer = await queue
    .ask('dry-run', question, limit('dryRunSeconds'), signal)
    .catch((error: unknown) => {
      throw signal.aborted ? new GraftError('request_abandoned') : error
    })
  if ('code' in answer) throw new GraftError(answer.code, answer.message)
  return answer
}
