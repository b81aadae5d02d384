// Lets a few tasks run at once and the others wait in line, and measures how long each waited and ran.
import { GraftError } from '@graft/core/errors'

/** A task's result and its times, in milliseconds. */
export interface Passed<T> {
  value: T
  waited: number
  took: number
}

/** Whoever stands in the second line goes when nobody stands in the first. */
export const LANES = ['interactive', 'bulk'] as const
export type Lane = (typeof LANES)[number]

export type Gate = <T>(task: () => Promise<T>, lane?: Lane) => Promise<Passed<T>>

/**
 * First come, first served within a lane. A task past the `waiting` that may stand in line is refused at once: `overloaded`.
 *
 * @example const { value, waited } = await gate(() => session.run(images))
 */
export function createGate(width: number, waiting = Number.POSITIVE_INFINITY): Gate {
  const lines: Record<Lane, (() => void)[]> = { interactive: [], bulk: [] }
  let running = 0

  return async (task, lane = 'interactive') => {
    const arrived = performance.now()
    if (running < width) running += 1
    else if (lines[lane].length >= waiting)
      throw new GraftError('overloaded', 'Too many requests are in work.')
    else await new Promise<void>((resolve) => lines[lane].push(resolve))
    const started = performance.now()
    try {
      const value = await task()
      return { value, waited: started - arrived, took: performance.now() - started }
    } finally {
      // The place goes to the next in line as it is: `running` falls only when nobody waits.
      const next = lines.interactive.shift() ?? lines.bulk.shift()
      if (next) next()
      else running -= 1
    }
  }
}
