// How much of the time that a job may take is gone.

export interface TimeBudget {
  /** The share of the training's time that is gone, from 0; 0 where the time has no bound. */
  spent(): number
  /** Seconds left for the training; infinite where the time has no bound. */
  left(): number
  /** Keeps so many seconds for what follows the training: the last measurements and the publication. */
  reserve(seconds: number): void
}

/**
 * @param seconds from `started`; null for no bound
 * @param started milliseconds, as performance.now() counts
 */
export function createTimeBudget(seconds: number | null, started: number): TimeBudget {
  let reserved = 0
  const gone = () => (performance.now() - started) / 1000
  return {
    spent: () => (seconds === null ? 0 : gone() / Math.max(seconds - reserved, 1)),
    left: () => (seconds === null ? Number.POSITIVE_INFINITY : Math.max(seconds - reserved - gone(), 0)),
    reserve(kept) {
      reserved = kept
    },
  }
}
