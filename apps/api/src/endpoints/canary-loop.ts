// Looks at the canaries that run, in every process of the API: the lock of the endpoint lets one of them act.
import type { Context } from '../context.ts'
import { type Repetition, repeat } from '../repeat.ts'
import { listRunning, moveCanary } from './canaries.ts'

type Parts = Pick<Context, 'db' | 'serving' | 'log'>

/** Milliseconds between two looks; what each process has counted is written before it looks. */
const EVERY = 1000

export function startCanaryLoop(context: Parts): Repetition {
  return repeat(
    EVERY,
    () => moveCanaries(context),
    (err) => context.log.warn({ err }, 'canaries are not looked at'),
  )
}

export async function moveCanaries({ db, serving, log }: Parts): Promise<void> {
  await serving.canaries.flush()
  for (const { project, name } of await listRunning(db)) {
    try {
      if (!(await moveCanary(db, project, name))) continue
      serving.endpoints.forget(project, name)
      log.info({ project, endpoint: name }, 'a canary has moved')
    } catch (err) {
      log.error({ err, project, endpoint: name }, 'a canary does not move')
    }
  }
}
