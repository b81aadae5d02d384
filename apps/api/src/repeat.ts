// Does a piece of work again and again until it is stopped, one run at a time.
import { setTimeout as sleep } from 'node:timers/promises'

export interface Repetition {
  /** Waits for the run in work. */
  stop(): Promise<void>
}

/** @param pause milliseconds between two runs, whether or not the one before has failed */
export function repeat(pause: number, work: () => Promise<void>, failed: (error: Error) => void): Repetition {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await work().catch(failed)
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
