// One evaluation from its claim to its end: a child process measures, this one holds the lease and writes the row.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { limit } from '@graft/core/limits'
import { parseReference } from '@graft/core/names'
import {
  advanceEvaluation,
  claimEvaluation,
  type EvaluationRow,
  failEvaluation,
  handOnEvaluation,
  releaseEvaluation,
  succeedEvaluation,
} from '@graft/db/evaluations'
import { resolveVersion } from '@graft/db/models'
import type { EvaluationQuestion, EvaluationResult } from './evaluate-version.ts'
import { forkChild } from './fork-child.ts'
import type { TrainerContext } from './run-job.ts'

/** What the child is told, and what it says; `progress` counts images. */
export interface EvaluationAsked {
  /** A location that `openStore` takes. */
  store: string
  question: EvaluationQuestion
}
export type EvaluationSaid =
  | { type: 'progress'; done: number }
  | { type: 'done'; result: EvaluationResult }
  | { type: 'failed'; code: string; message: string }

/** Milliseconds between two looks for work, and between two heartbeats. */
const POLL = 500
const HEARTBEAT = 1000

/** Takes evaluations, one at a time, until the signal; what is left goes to another trainer. */
export async function runEvaluations(context: TrainerContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const row = await claimEvaluation(context.db).catch((error: unknown) => {
      context.log.warn(error, 'evaluations cannot be read')
      return undefined
    })
    if (row === undefined) await sleep(POLL, undefined, { signal }).catch(() => {})
    else
      await runEvaluation(context, row, signal).catch((error: unknown) =>
        context.log.warn(
          { err: error, evaluation: row.id },
          'an evaluation is left until its lease runs out',
        ),
      )
  }
}

async function runEvaluation(
  { db, store, log }: TrainerContext,
  row: EvaluationRow,
  signal: AbortSignal,
): Promise<void> {
  // A process that dies of an image would take all others with it, one after the other.
  if (row.stalls > limit('jobAttempts')) {
    const message = `It was taken up ${row.stalls - 1} times without coming to its end.`
    await failEvaluation(db, row, { code: 'trainer_crashed', message })
    return
  }
  const version = await resolveVersion(db, row.project, parseReference(row.model, 'model'))
  if (version === undefined) {
    const message = `There is no model ${row.model} any more.`
    await failEvaluation(db, row, { code: 'not_found', message })
    return
  }
  const { id, attempt, model, dataset, manifestKey, split } = row
  const { labels, preprocessing, files } = version
  const child = forkChild(new URL('./evaluation-child.ts', import.meta.url), { stderr: 'inherit' })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()
  let done = 0
  let end: Exclude<EvaluationSaid, { type: 'progress' }> | undefined
  child.on('message', (said: EvaluationSaid) => {
    if (said.type === 'progress') done = said.done
    else end = said
    if (said.type !== 'progress') child.disconnect()
  })
  const heartbeat = setInterval(() => {
    advanceEvaluation(db, row, done).then(
      (isOurs) => isOurs || kill(),
      (error: unknown) => log.warn(error, 'heartbeat failed'),
    )
  }, HEARTBEAT)
  try {
    const question = { id, attempt, model, dataset, manifestKey, split, labels, preprocessing, files }
    child.send({ store, question } satisfies EvaluationAsked, (error) => error && kill())
    await once(child, 'exit')
  } finally {
    clearInterval(heartbeat)
    signal.removeEventListener('abort', kill)
  }
  if (end?.type === 'done') await succeedEvaluation(db, row, end.result)
  else if (end?.type === 'failed') await failEvaluation(db, row, end)
  else if (signal.aborted) await handOnEvaluation(db, row)
  else await releaseEvaluation(db, row)
}
