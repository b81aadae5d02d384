// Takes fine-tuning jobs from the queue, one at a time; evaluations, and what a job would take, are measured beside it.
import { limit } from '@graft/core/limits'
import { openDatabase } from '@graft/db/database'
import { failLostJob } from '@graft/db/job-lease'
import { openQueue } from '@graft/db/queue'
import type { Logger } from 'pino'
import { runDryRun } from './run-dry-run.ts'
import { runEvaluations } from './run-evaluation.ts'
import { runJob, type TrainerContext } from './run-job.ts'

export interface TrainerSettings {
  databaseUrl: string
  /** A location that `openStore` takes. */
  store: string
  log: Logger
}

/** Runs until `stop`, which gives a running job back to the queue. */
export async function startTrainer({
  databaseUrl,
  store,
  log,
}: TrainerSettings): Promise<{ stop(): Promise<void> }> {
  // A trainer that is stopped in the middle of a write must not hold its job past the lease.
  const { db, close } = openDatabase(databaseUrl, 4, { transactionSeconds: limit('leaseSeconds') })
  const queue = await openQueue(databaseUrl, (error) => log.error(error, 'queue'))
  const context: TrainerContext = { db, queue, store, log }
  const shutdown = new AbortController()
  await queue.onExhausted('fine-tune', ({ job_id }) => failLostJob(db, job_id))
  await queue.work('fine-tune', ({ job_id }, signal) =>
    runJob(context, job_id, AbortSignal.any([signal, shutdown.signal])),
  )
  const evaluating = runEvaluations(context, shutdown.signal)
  await queue.answer('dry-run', (question, signal) => runDryRun(context, question, signal))
  return {
    async stop() {
      shutdown.abort()
      await Promise.all([queue.stop(), evaluating])
      await close()
    },
  }
}
