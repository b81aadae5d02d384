// The job's progress: a few reports a second at most, for people to read.
import type { JobProgress } from '@graft/core/wire/jobs'
import type { Reporter } from './messages.ts'

/** Least time between two reports (ms): each becomes a row's update. */
const REPORT_EVERY = 500

export type Advance = (change: Partial<JobProgress>) => void

/** Merges changes into one record; a new phase is reported at once, other changes at intervals. */
export function createProgress(epochs: number, steps: number, report: Reporter): Advance {
  let progress: JobProgress = {
    phase: 'loading',
    epoch: 0,
    epochs,
    step: 0,
    steps,
    loss: null,
    images_per_second: null,
    eta_seconds: null,
  }
  let reported = Number.NEGATIVE_INFINITY
  return (change) => {
    const turned = change.phase !== undefined && change.phase !== progress.phase
    progress = { ...progress, ...change }
    if (!turned && performance.now() - reported < REPORT_EVERY) return
    reported = performance.now()
    report({ type: 'progress', progress })
  }
}
