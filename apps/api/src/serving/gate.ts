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

/** @param places of the gate's width that the task takes: 1, where it is left out */
export type Gate = <T>(task: () => Promise<T>, lane?: Lane, places?: number) => Promise<Passed<T>>

interface Waiting {
  places: number
  enter: () => void
}

/**
 * First come, first served within a lane, so a task of many places is not passed by smaller ones. A task past the
 * `waiting` that may stand in line is refused at once: `overloaded`.
 *
 * @example const { value, waited } = await gate(() => session.run(images))
 */
export function createGate(width: number, waiting = Number.POSITIVE_INFINITY): Gate {
  const lines: Record<Lane, Waiting[]> = { interactive: [], bulk: [] }
  let free = width

  function letIn(): void {
    for (;;) {
      const line = lines.interactive.length > 0 ? lines.interactive : lines.bulk
      const [next] = line
      if (next === undefined || next.places > free) return
      line.shift()
      free -= next.places
      next.enter()
    }
  }

  return async (task, lane = 'interactive', places = 1) => {
    const arrived = performance.now()
    const isFirst = lines.interactive.length === 0 && (lane === 'interactive' || lines.bulk.length === 0)
    if (isFirst && places <= free) free -= places
    else if (lines[lane].length >= waiting)
      throw new GraftError('overloaded', 'Too many requests are in work.')
    else await new Promise<void>((enter) => lines[lane].push({ places, enter }))
    const started = performance.now()
    try {
      const value = await task()
      return { value, waited: started - arrived, took: performance.now() - started }
    } finally {
      free += places
      letIn()
    }
  }
}
