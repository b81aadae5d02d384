// The end of a process: named phases, each with its time, and a second signal that does not wait.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

export interface Phase {
  name: string
  seconds: number
  run(): Promise<unknown> | unknown
}

/** Seconds that a phase has at least, however long the ones before it took: closing what is idle takes none. */
const LEAST = 0.5

/**
 * One after the other. A phase that fails or takes too long is logged, and the next one begins.
 *
 * @param total seconds of all together
 */
export async function runPhases(log: Logger, phases: readonly Phase[], total: number): Promise<void> {
  const end = performance.now() + total * 1000
  for (const { name, seconds: own, run } of phases) {
    const seconds = Math.min(own, Math.max((end - performance.now()) / 1000, LEAST))
    const timeout = new AbortController()
    try {
      const late = sleep(seconds * 1000, 'late', { signal: timeout.signal })
      const end = await Promise.race([(async () => run())(), late])
      if (end === 'late') log.warn({ phase: name, seconds }, 'shutdown phase took too long')
      else log.info({ phase: name }, 'shutdown phase done')
    } catch (error) {
      log.error({ phase: name, err: error }, 'shutdown phase failed')
    } finally {
      timeout.abort()
    }
  }
}

/** Calls `stop` at the first SIGTERM or SIGINT, then exits with status 0; the second signal exits with 1 at once. */
export function onShutdown(log: Logger, stop: () => Promise<void>): void {
  let stopping = false
  const begin = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'shutdown begins')
    await stop()
    process.exit(0)
  }
  process.on('SIGTERM', begin)
  process.on('SIGINT', begin)
}
