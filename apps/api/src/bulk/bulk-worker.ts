// Takes bulk predictions, one at a time, and holds each by its lease until it has ended or somebody else has it.
import { setTimeout as sleep } from 'node:timers/promises'
import { isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import {
  type Batch,
  claimBatch,
  failBatch,
  findBatch,
  forgetArchive,
  handOnBatch,
  releaseBatch,
  renewBatch,
} from '@graft/db/batches'
import type { Context } from '../context.ts'
import { sweep } from './results.ts'
import { runBatch } from './run-batch.ts'

type Parts = Pick<Context, 'db' | 'store' | 'serving' | 'log' | 'usage' | 'dataFolder'>

/** Milliseconds between two looks for work. */
const POLL = 500
/** Seconds before a batch that a fault has stopped is taken up again. */
const PAUSE = 5

export interface BulkWorker {
  /** Ends what runs; what is left goes to another process, or to this one's next start. */
  stop(): Promise<void>
}

export function startBulkWorker(context: Parts): BulkWorker {
  const { db, log } = context
  const stopping = new AbortController()
  const worked = (async () => {
    while (!stopping.signal.aborted) {
      const batch = await claimBatch(db).catch((err: Error) => {
        log.error({ err }, 'bulk predictions cannot be read')
        return undefined
      })
      if (batch) await work(context, batch, stopping.signal)
      else await sleep(POLL, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await worked
    },
  }
}

async function work(context: Parts, batch: Batch, stopping: AbortSignal): Promise<void> {
  const { db, store, log } = context
  const lost = new AbortController()
  const renewing = setInterval(
    () =>
      renewBatch(db, batch).then(
        (isOurs) => isOurs || lost.abort(),
        (err: Error) => log.warn({ err, batch: batch.id }, 'the lease is not renewed'),
      ),
    (limit('leaseSeconds') * 1000) / 3,
  )
  try {
    // A process that dies of an image would take all others with it, one after the other.
    if (batch.stalls > limit('jobAttempts')) {
      const message = `It was taken up ${batch.stalls - 1} times without getting on.`
      await failBatch(db, batch, { code: 'internal', message })
    } else {
      const signal = AbortSignal.any([stopping, lost.signal])
      await runBatch(context, batch, signal).catch((error: unknown) => settle(context, batch, signal, error))
    }
    // Each worker looks after its last write, so what a late one has written is deleted too.
    const row = await findBatch(db, batch.project, batch.id)
    if (row && row.finishedAt !== null) {
      await sweep(store, row)
      await forgetArchive(db, row.id)
    }
  } catch (err) {
    log.warn({ err, batch: batch.id }, 'a bulk prediction is left until its lease runs out')
  } finally {
    clearInterval(renewing)
  }
}

/** Gives back what a shutdown or a fault has stopped; what has been taken up in vain too often fails. */
async function settle({ db, log }: Parts, batch: Batch, signal: AbortSignal, error: unknown): Promise<void> {
  if (signal.aborted) {
    await handOnBatch(db, batch)
    return
  }
  log.warn({ err: error, batch: batch.id }, 'a bulk prediction does not get on')
  const { stalls } = (await findBatch(db, batch.project, batch.id)) ?? batch
  if (stalls < limit('jobAttempts') && !isOfArchive(error)) {
    await releaseBatch(db, batch, PAUSE)
    return
  }
  const code = isGraftError(error) ? error.code : 'internal'
  await failBatch(db, batch, { code, message: (error as Error).message })
}

/** Tried again the same archive would be refused again. */
function isOfArchive(error: unknown): boolean {
  return isGraftError(error) && (error.code.startsWith('archive_') || error.code === 'too_few_images')
}
