// Follows a job from one of its events on until it ends.
import type { Project } from '@graft/core/names'
import { isTerminal, JOB_STATES } from '@graft/core/states'
import type { Job, JobEvent, JobProgress } from '@graft/core/wire/jobs'
import type { Database } from '@graft/db/database'
import { listEvents } from '@graft/db/job-events'
import { findJobWithoutPlace, toJobEvent } from './find-jobs.ts'
import type { JobWatch } from './job-watch.ts'

export type JobChange =
  | { type: 'event'; event: JobEvent }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'end'; job: Job }

/** Events of one read: a long history does not pass through memory at once. */
const PAGE = 100

/**
 * Every event after a number, in order and once; progress when it changes; last the job as it ended.
 *
 * @throws GraftError `not_found`; whatever made the signal abort ends it quietly
 */
export async function* watchJob(
  db: Database,
  watch: JobWatch,
  project: Project,
  id: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<JobChange, void> {
  let last = after
  let shown = ''
  let write: string | undefined
  while (!signal.aborted) {
    // Read before the events: an ended job has written its last one.
    const job = await findJobWithoutPlace(db, project, id)
    for (;;) {
      const rows = await listEvents(db, id, last, PAGE)
      for (const row of rows) yield { type: 'event', event: toJobEvent(row) }
      last = rows.at(-1)?.number ?? last
      if (rows.length < PAGE || signal.aborted) break
    }
    if (isTerminal(JOB_STATES, job.status)) return yield { type: 'end', job }
    const progress = JSON.stringify(job.progress)
    if (job.progress !== null && progress !== shown) yield { type: 'progress', progress: job.progress }
    shown = progress
    write = await watch.change(id, write, signal)
  }
}
