// Turns what the child reports, and how it ends, into rows. Every write names the lease, and fails once it is lost.
import type { ErrorCode } from '@graft/core/errors'
import type { Database, Executor } from '@graft/db/database'
import { appendEvent, hasEvent } from '@graft/db/job-events'
import {
  changeJobState,
  finishJob,
  holdJob,
  type JobRow,
  type Lease,
  pauseHeldJob,
  recordEngine,
  recordMetrics,
  recordProgress,
  recordResolved,
  recordUsage,
} from '@graft/db/job-lease'
import { publishModel, recordMeasured } from '@graft/db/publication'
import type { Report } from './messages.ts'

/** @throws GraftError `lease_lost` */
export async function record(db: Database, lease: Lease, job: JobRow, report: Report): Promise<void> {
  switch (report.type) {
    case 'started':
      return await recordEngine(db, lease, report.engine)
    case 'resolved':
      return await recordResolved(db, lease, report.recipe)
    case 'event':
      return await say(db, lease, report.level, report.message, report.data)
    case 'progress':
      return await recordProgress(db, lease, report.progress)
    case 'usage':
      return await recordUsage(db, lease, report)
    case 'metrics':
      return await db.transaction(async (tx) => {
        await recordMetrics(tx, lease, report.metrics)
        const { message, data } = report
        // The attempt before may have told of this point of the curve, and died before it had saved its state.
        const { stage, epoch } = data
        if (await hasEvent(tx, lease.jobId, 'metrics', { stage, epoch })) return
        await appendEvent(tx, lease.jobId, { level: 'info', type: 'metrics', message, data }, lease.attempt)
      })
    case 'publish': {
      const { architecture, preprocessing } = { architecture: job.baseModel, ...job.resolved }
      await publishModel(db, lease, { ...report.model, architecture, preprocessing })
      return
    }
    case 'finishing':
      return await changeJobState(db, lease, 'publishing')
    case 'done':
      return await db.transaction(async (tx) => {
        const { requested } = await holdJob(tx, lease)
        if (requested === 'cancel') return await cancel(tx, lease)
        await recordMeasured(tx, lease, report.stage, report)
        await recordMetrics(tx, lease, report.metrics)
        await finishJob(tx, lease, 'succeeded')
        const event = { level: 'info', type: 'message', message: 'The job succeeded.' } as const
        await appendEvent(tx, lease.jobId, event, lease.attempt)
      })
    case 'failed':
      return await fail(db, lease, report.code, report.message)
  }
}

export async function fail(db: Database, lease: Lease, code: ErrorCode, message: string): Promise<void> {
  await db.transaction(async (tx) => {
    await finishJob(tx, lease, 'failed', { errorCode: code, errorMessage: message })
    const event = { level: 'error', type: 'message', message, data: { code } } as const
    await appendEvent(tx, lease.jobId, event, lease.attempt)
  })
}

export async function cancel(db: Executor, lease: Lease): Promise<void> {
  await db.transaction(async (tx) => {
    await finishJob(tx, lease, 'cancelled')
    const event = { level: 'info', type: 'message', message: 'The job was cancelled.' } as const
    await appendEvent(tx, lease.jobId, event, lease.attempt)
  })
}

/** The training process is gone; what its last epoch saved waits in the store. A cancellation that came meanwhile wins. */
export async function pause(db: Database, lease: Lease): Promise<void> {
  await db.transaction(async (tx) => {
    const { requested } = await holdJob(tx, lease)
    if (requested === 'cancel') return await cancel(tx, lease)
    await pauseHeldJob(tx, lease)
    const message = 'The job is paused: resumed, it goes on after its last epoch.'
    await appendEvent(tx, lease.jobId, { level: 'info', type: 'message', message }, lease.attempt)
  })
}

async function say(
  db: Database,
  lease: Lease,
  level: 'info' | 'warn',
  message: string,
  data: Record<string, unknown> = {},
): Promise<void> {
  await appendEvent(db, lease.jobId, { level, type: 'message', message, data }, lease.attempt)
}
