// How much of the time that a job may take is gone; all of it is once the job is asked to stop.

export interface TimeBudget {
  /** The share of the training's time that is gone, from 0; 0 where the time has no bound. */
  spent(): number
  /** Seconds left for the training; infinite where the time has no bound. */
  left(): number
  /** Somebody has asked for the end. */
  isStopped(): boolean
  /** Keeps so many seconds for what follows the training: the last measurements and the publication. */
  reserve(seconds: number): void
}

/**
 * @param seconds from `started`; null for no bound
 * @param started milliseconds, as performance.now() counts
 * @param stop aborted when the training is to end at once
 */
export function createTimeBudget(seconds: number | null, started: number, stop?: AbortSignal): TimeBudget {
  let reserved = 0
  const gone = () => (performance.now() - started) / 1000
  const isStopped = () => stop?.aborted ?? false
  return {
    isStopped,
    spent() {
      if (isStopped()) return 1
      return seconds === null ? 0 : gone() / Math.max(seconds - reserved, 1)
    },
    left() {
      if (isStopped()) return 0
      return seconds === null ? Number.POSITIVE_INFINITY : Math.max(seconds - reserved - gone(), 0)
    },
    reserve(kept) {
      reserved = kept
    },
  }
}
