// Asks the trainer that has a job for something; it looks at each heartbeat.
import { GraftError } from '@graft/core/errors'
import type { JobRequest } from '@graft/core/states'
import type { Transaction } from '@graft/db/database'
import type { JobRow } from '@graft/db/job-lease'
import { jobs } from '@graft/db/schema'
import { eq } from 'drizzle-orm'

/**
 * Asked again it changes nothing. Only a cancellation takes the place of another request: what a trainer has heard, it
 * may be doing already.
 *
 * @throws GraftError `state_conflict` while no training runs, or it was asked for something else
 */
export async function askTrainer(
  tx: Transaction,
  { id, state, requested }: JobRow,
  request: Exclude<JobRequest, 'cancel'>,
): Promise<void> {
  const isHeld = state === 'running' || state === 'publishing'
  if (isHeld && requested === request) return
  if (isHeld && requested !== null) {
    throw new GraftError('state_conflict', `The job ${id} was asked to ${requested}, and is about to.`)
  }
  if (state !== 'running') {
    throw new GraftError('state_conflict', `The job ${id} is ${state}: there is no training to ${request}.`)
  }
  await tx.update(jobs).set({ requested: request }).where(eq(jobs.id, id))
}
