// Keeps one thread started ahead of its use: a third of a cold start is a thread that loads its modules.
import type { Thread } from '../thread.ts'

/** Milliseconds after a thread was taken until the next one starts: what took it needs the cores first. */
const PAUSE = 1000

export interface SpareThread<Question, Answer> {
  /** One that lives, started now where none is ready. It belongs to the caller. */
  take(): Thread<Question, Answer>
  close(): Promise<void>
}

export function keepSpareThread<Question, Answer>(
  start: () => Thread<Question, Answer>,
  pause = PAUSE,
): SpareThread<Question, Answer> {
  let spare: Thread<Question, Answer> | undefined = start()
  let timer: NodeJS.Timeout | undefined
  return {
    take() {
      const thread = spare?.isAlive() ? spare : start()
      spare = undefined
      clearTimeout(timer)
      timer = setTimeout(() => {
        spare = start()
      }, pause).unref()
      return thread
    },
    async close() {
      clearTimeout(timer)
      await spare?.close()
      spare = undefined
    },
  }
}
