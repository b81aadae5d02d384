// One dry run in a process of its own: its memory is then the training's, and TensorFlow's calls block nobody else.
import { once } from 'node:events'
import type { DryRunQuestion, Questions } from '@graft/db/queue'
import { architectureOf } from '@graft/nn/resnet'
import { forkChild } from './fork-child.ts'
import type { Assignment } from './messages.ts'
import type { TrainerContext } from './run-job.ts'

export async function runDryRun(
  { store }: TrainerContext,
  { baseModel, parent, ...question }: DryRunQuestion,
  signal: AbortSignal,
): Promise<Questions['dry-run']['answer']> {
  const child = forkChild(new URL('./dry-run-child.ts', import.meta.url), { stderr: 'inherit' })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  const assignment: Assignment = {
    ...{ ...question, store, architecture: architectureOf(baseModel) },
    ...{ jobId: 'ftjob_dry_run', attempt: 0, dataset: '', modelName: '' },
    ...(parent && { parent }),
  }
  const answered = once(child, 'message').then(([answer]) => answer)
  const ended = once(child, 'exit').then(([status, killedBy]) => {
    const how = killedBy === null ? `exit status ${status}` : `signal ${killedBy}`
    const message = `The dry run ended with ${how}${killedBy === 'SIGKILL' ? ': is there enough memory?' : '.'}`
    return { code: 'trainer_crashed', message } as const
  })
  try {
    child.send(assignment)
    return await Promise.race([answered, ended])
  } finally {
    signal.removeEventListener('abort', kill)
    if (child.connected) child.disconnect()
  }
}
