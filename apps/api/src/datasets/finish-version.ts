// Ends an ingest in one transaction: the files, the counts, the state, and the jobs that have waited for it.
import type { GraftError } from '@graft/core/errors'
import type { Transaction } from '@graft/db/database'
import { appendEvent } from '@graft/db/job-events'
import { datasetFiles, datasetVersions, jobs } from '@graft/db/schema'
import { and, eq, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { VersionRow } from './dataset-versions.ts'
import type { SettledFile, Settlement } from './settle-files.ts'

/** What the ingest found: a version that can be trained on, or why not, with the files as far as they were judged. */
export type Outcome =
  | { settlement: Settlement; manifestSha256: string }
  | { settlement?: Settlement; fault: GraftError }

/** Rows of one insert: as JSON less than 128 KiB, past which a text is collected with the old ones, long after its use. */
const ROWS = 200

/** Does nothing when the version has ended already: a message may come twice. */
export async function finishVersion(
  { db, queue }: Context,
  { datasetId, number }: Pick<VersionRow, 'datasetId' | 'number'>,
  outcome: Outcome,
): Promise<void> {
  await db.transaction(async (tx) => {
    const ended = await tx
      .update(datasetVersions)
      .set({ ...columnsOf(outcome), finishedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(datasetVersions.datasetId, datasetId),
          eq(datasetVersions.number, number),
          eq(datasetVersions.state, 'ingesting'),
        ),
      )
      .returning({ number: datasetVersions.number })
    if (ended.length === 0) return

    const files = outcome.settlement?.files ?? []
    for (let start = 0; start < files.length; start += ROWS) {
      const rows = files.slice(start, start + ROWS).map((file, index) => ({
        dataset_id: datasetId,
        number,
        position: start + index + 1,
        ...rowOf(file),
      }))
      await tx.execute(sql`
        insert into ${datasetFiles}
        select * from json_populate_recordset(null::${datasetFiles}, ${JSON.stringify(rows)}::json)`)
    }
    for (const { id, priority } of await waitingJobs(tx, datasetId, number)) {
      if ('fault' in outcome) await failJob(tx, id, outcome.fault)
      else {
        const change = { state: 'queued', queuedAt: sql`clock_timestamp()` } as const
        await tx.update(jobs).set(change).where(eq(jobs.id, id))
        const message = 'The data set is ready; the job waits for a trainer.'
        await appendEvent(tx, id, { level: 'info', type: 'message', message })
        await queue.send(tx, 'fine-tune', { job_id: id }, { priority })
      }
    }
  })
}

function columnsOf(outcome: Outcome): Partial<typeof datasetVersions.$inferInsert> {
  const { settlement } = outcome
  const counts = settlement && {
    labels: settlement.labels,
    splits: settlement.splits,
    cutSplits: settlement.cut,
    accepted: countOf(settlement, 'accepted'),
    rejected: countOf(settlement, 'rejected'),
    duplicate: countOf(settlement, 'duplicate'),
    bytes: settlement.files.reduce((sum, { status, bytes }) => sum + (status === 'accepted' ? bytes : 0), 0),
  }
  if ('fault' in outcome) {
    const { code, message } = outcome.fault
    return { ...counts, state: 'rejected', errorCode: code, errorMessage: message }
  }
  const { manifestSha256 } = outcome
  return { ...counts, state: 'ready', manifestSha256, errorCode: null, errorMessage: null }
}

function countOf({ files }: Settlement, status: SettledFile['status']): number {
  return files.filter((file) => file.status === status).length
}

/** By the names of its columns. As one parameter of JSON an insert costs a tenth of one with a parameter for each value. */
function rowOf(file: SettledFile) {
  const reason =
    file.status === 'accepted' ? {} : { reason_code: file.reason.code, reason_message: file.reason.message }
  const { path, label, split, status, sha256, bytes, width, height, lookalike } = file
  return { path, label, split, status, sha256, bytes, width, height, lookalike, ...reason }
}

/** Locked: a cancellation at the same time comes before or after. */
async function waitingJobs(tx: Transaction, datasetId: string, number: number) {
  return await tx
    .select({ id: jobs.id, priority: jobs.priority })
    .from(jobs)
    .where(
      and(eq(jobs.datasetId, datasetId), eq(jobs.datasetVersion, number), eq(jobs.state, 'validating_files')),
    )
    .for('update')
}

async function failJob(tx: Transaction, id: string, fault: GraftError): Promise<void> {
  const message = `The data set was rejected: ${fault.message}`
  await tx
    .update(jobs)
    .set({
      state: 'failed',
      errorCode: 'dataset_rejected',
      errorMessage: message,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(eq(jobs.id, id))
  await appendEvent(tx, id, { level: 'error', type: 'message', message })
}
