// Lets a few tasks run at once and the others wait in line, and measures how long each waited and ran.
import { GraftError } from '@graft/core/errors'

/** A task's result and its times, in milliseconds. */
export interface Passed<T> {
  value: T
  waited: number
  took: number
}

export type Gate = <T>(task: () => Promise<T>) => Promise<Passed<T>>

/**
 * First come, first served. A task past the `waiting` that may stand in line is refused at once: `overloaded`.
 *
 * @example const { value, waited } = await gate(() => session.run(images))
 */
export function createGate(width: number, waiting = Number.POSITIVE_INFINITY): Gate {
  const line: (() => void)[] = []
  let running = 0

  return async (task) => {
    const arrived = performance.now()
    if (running < width) running += 1
    else if (line.length >= waiting) throw new GraftError('overloaded', 'Too many requests are in work.')
    else await new Promise<void>((resolve) => line.push(resolve))
    const started = performance.now()
    try {
      const value = await task()
      return { value, waited: started - arrived, took: performance.now() - started }
    } finally {
      // The place goes to the next in line as it is: `running` falls only when nobody waits.
      const next = line.shift()
      if (next) next()
      else running -= 1
    }
  }
}
