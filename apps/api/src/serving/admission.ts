// Lets in as much work as can be answered soon, and refuses the rest at once: a full house helps nobody.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'

/** How much one image weighs against all before it in what an image is believed to cost. */
const LEARNING = 0.1

/** One request's place. */
export interface Visit {
  /** Counts bytes of the body as they are read. @throws GraftError `overloaded`; `request_abandoned` once it has left */
  hold(bytes: number): void
  /** The body is read, and its images are waiting from now on. @throws as `hold` */
  join(images: number): void
  /** One of its images is answered, and has cost so many milliseconds of the whole machine. */
  finish(milliseconds: number): void
  /** The request is over, whatever it has still held. */
  leave(): void
}

export interface Admission {
  /**
   * @param deadline milliseconds in which the caller wants the answer
   * @throws GraftError `overloaded` when those before it take longer than the limit, or than the deadline
   */
  enter(deadline?: number): Visit
  /** Milliseconds until all that is here is answered. */
  expectedWait(): number
}

/**
 * A body that is still being read costs memory, not time, so it counts by its bytes; its images count once they are
 * here. So slow uploads keep nobody out. A request that waits for a cold model counts as any other: it is held.
 */
export function createAdmission(
  longest = limit('predictWaitSeconds') * 1000,
  mostBytes = limit('predictBodyBytes'),
): Admission {
  let images = 0
  let bytes = 0
  let cost = 0

  const expectedWait = () => images * cost
  function require(deadline: number): void {
    const wait = expectedWait()
    if (wait <= Math.min(longest, deadline)) return
    throw new GraftError(
      'overloaded',
      wait > longest
        ? `The requests before this one take ${Math.ceil(wait)} ms, more than the ${longest} ms that one may wait.`
        : `The requests before this one take ${Math.ceil(wait)} ms: its deadline of ${deadline} ms would pass.`,
    )
  }

  return {
    enter(deadline = Number.POSITIVE_INFINITY) {
      require(deadline)
      const held = { images: 0, bytes: 0 }
      let hasLeft = false
      /** What a request that was answered already still does, as past its deadline, would be counted for ever. */
      function requirePresence(): void {
        if (hasLeft) throw new GraftError('request_abandoned')
      }
      return {
        hold(more) {
          requirePresence()
          if (bytes + more > mostBytes) {
            throw new GraftError('overloaded', 'The prediction requests in work hold all of their memory.')
          }
          bytes += more
          held.bytes += more
        },
        join(more) {
          requirePresence()
          require(deadline)
          images += more
          held.images += more
        },
        finish(milliseconds) {
          cost += (milliseconds - cost) * (cost === 0 ? 1 : LEARNING)
          // Of a request that was given up some images may still be answered.
          if (held.images === 0) return
          images -= 1
          held.images -= 1
        },
        leave() {
          hasLeft = true
          images -= held.images
          bytes -= held.bytes
          held.images = 0
          held.bytes = 0
        },
      }
    },
    expectedWait,
  }
}
