// Lets in as much work as can be answered soon, and refuses the rest at once: a full house helps nobody.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'

/** How much one image weighs against all before it in what an image is believed to cost and to take. */
const LEARNING = 0.1
/** Milliseconds after which half of those who were refused are taken to ask no more. */
const PATIENCE = 2000

/** One request's place. */
export interface Visit {
  /** Counts bytes of the body as they are read. @throws GraftError `overloaded`; `request_abandoned` once it has left */
  hold(bytes: number): void
  /** The body is read, and its images are waiting from now on. @throws as `hold` */
  join(images: number): void
  /**
   * One of its images is answered.
   * @param cost milliseconds of the whole machine
   * @param took milliseconds in which it was worked on, its share of each batch
   */
  finish(cost: number, took: number): void
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
 *
 * A burst waits for up to `longest`. More than that is an overload, in which a queue makes every answer late and no
 * more of them: from then on one that is ready is let in beside each that runs, until those who were refused would fit.
 */
export function createAdmission(
  longest = limit('predictWaitSeconds') * 1000,
  mostBytes = limit('predictBodyBytes'),
): Admission {
  let images = 0
  let bytes = 0
  /** Of an image, in milliseconds. */
  const mean = { cost: 0, took: 0 }
  let isFull = false
  let refused = { count: 0, at: 0 }

  const expectedWait = () => images * mean.cost
  const refusedLately = () => refused.count * 0.5 ** ((performance.now() - refused.at) / PATIENCE)

  /** Milliseconds that those before a request may take. */
  function longestNow(): number {
    if (isFull) isFull = (images + refusedLately()) * mean.cost > longest
    // As many run side by side as an image takes longer than it costs; with the request there are twice as many.
    return isFull ? Math.min(longest, 2 * mean.took - mean.cost) : longest
  }

  function learn(of: keyof typeof mean, milliseconds: number): void {
    mean[of] += (milliseconds - mean[of]) * (mean[of] === 0 ? 1 : LEARNING)
  }

  function require(deadline: number): void {
    const wait = expectedWait()
    const most = longestNow()
    if (wait > most) {
      isFull = true
      refused = { count: refusedLately() + 1, at: performance.now() }
      throw new GraftError(
        'overloaded',
        `The requests before this one take ${Math.ceil(wait)} ms, more than the ${Math.floor(most)} ms that one may wait.`,
      )
    }
    if (wait <= deadline) return
    throw new GraftError(
      'overloaded',
      `The requests before this one take ${Math.ceil(wait)} ms: its deadline of ${deadline} ms would pass.`,
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
        finish(cost, took) {
          learn('cost', cost)
          learn('took', took)
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
