// One dry run in a process of its own: its memory is then the training's, and TensorFlow's calls block nobody else.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { DryRunQuestion, Questions } from '@graft/db/queue'
import { architectureOf } from '@graft/nn/resnet'
import type { Assignment } from './messages.ts'
import type { TrainerContext } from './run-job.ts'

/** @throws Error when the process ends without an answer */
export async function runDryRun(
  { store }: TrainerContext,
  { baseModel, ...question }: DryRunQuestion,
  signal: AbortSignal,
): Promise<Questions['dry-run']['answer']> {
  const child = fork(new URL('./dry-run-child.ts', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  const assignment: Assignment = {
    ...{ ...question, store, architecture: architectureOf(baseModel) },
    ...{ jobId: 'ftjob_dry_run', attempt: 0, dataset: '', modelName: '' },
  }
  const ended = once(child, 'exit').then(([status, killedBy]) => {
    throw new Error(`The dry run ended without an answer (${killedBy ?? status}).`)
  })
  try {
    child.send(assignment)
    const [answer] = await Promise.race([once(child, 'message'), ended])
    return answer
  } finally {
    signal.removeEventListener('abort', kill)
    ended.catch(() => {})
    if (child.connected) child.disconnect()
  }
}
