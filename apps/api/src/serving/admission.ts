// Lets in as much work as can be answered soon, and refuses the rest at once: a full house helps nobody.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'

/** How much one measurement weighs against all before it. */
const LEARNING = 0.1
/** Milliseconds for which a refusal counts, on average: what its Retry-After asks its caller to wait. */
const RETRY_AFTER = 1000

/** One request's place. */
export interface Visit {
  /** Counts bytes of the body as they are read. @throws GraftError `overloaded`; `request_abandoned` once it has left */
  hold(bytes: number): void
  /** The body is read, and its images are waiting from now on. @throws as `hold` */
  join(images: number): void
  /** So many of its images wait for a model to be loaded, and not for the machine, until the answer is called. */
  waitForModel(images: number): () => void
  /**
   * One of its images is answered.
   * @param cost milliseconds of the whole machine
   * @param took milliseconds in which it was worked on; of each batch its share
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
  /**
   * For work that nobody waits for.
   * @param longest milliseconds that those before it may take
   * @throws GraftError `overloaded`, in an overload always
   */
  enterBehind(longest: number): Visit
  /** For a request that brings bytes, and asks nothing. */
  enterToBring(): Visit
  /** Milliseconds until all that is here is answered. */
  expectedWait(): number
}

/**
 * A body that is still being read costs memory, not time, so it counts by its bytes; its images count once they are
 * here. So slow uploads keep nobody out. A request that waits for a cold model is held, and counts as any other but in an overload.
 *
 * A burst waits for up to `longest`. An overload is when more was refused of late than would fill that wait again: then
 * a queue makes every answer late and no more of them, and only what fills the next batches is let in.
 *
 * @param batch images of a batch at most
 */
export function createAdmission(
  longest = limit('predictWaitSeconds') * 1000,
  mostBytes = limit('predictBodyBytes'),
  batch = limit('predictBatch'),
): Admission {
  let images = 0
  /** Of these those that wait for their model. */
  let loading = 0
  let bytes = 0
  /** Milliseconds of an image, and images of a request. */
  const mean = { cost: 0, took: 0, images: 1 }
  let refused = { images: 0, at: 0 }

  const expectedWait = () => images * mean.cost
  const refusedLately = () => refused.images * Math.exp((refused.at - performance.now()) / RETRY_AFTER)
  const isOverload = () => refusedLately() * mean.cost > longest
  /** What is let in then, in milliseconds: as many run side by side as an image takes longer than it costs. */
  const enough = () => Math.max(2, batch) * mean.took - mean.cost

  function learn(of: keyof typeof mean, value: number): void {
    mean[of] += (value - mean[of]) * (mean[of] === 0 ? 1 : LEARNING)
  }

  function refuse(wait: number, most: number): never {
    const takes = `The requests before this one take ${Math.ceil(wait)} ms`
    throw new GraftError('overloaded', `${takes}, more than the ${Math.floor(most)} ms that one may wait.`)
  }

  /** @param asked images of the request */
  function admit(deadline: number, asked: number): void {
    const wait = expectedWait()
    const isCrowd = isOverload() && (images - loading) * mean.cost > enough()
    if (wait > longest || isCrowd) {
      refused = { images: refusedLately() + asked, at: performance.now() }
      refuse(wait, wait > longest ? longest : enough())
    }
    if (wait > deadline) refuse(wait, deadline)
  }

  function admitBehind(most: number): void {
    if (isOverload())
      throw new GraftError('overloaded', 'Callers are refused, so nothing is done behind them.')
    const wait = expectedWait()
    if (wait > most) refuse(wait, most)
  }

  /** @param admitJoined asked once its images are known */
  function open(admitJoined: (images: number) => void): Visit {
    const held = { images: 0, loading: 0, bytes: 0 }
    let hasLeft = false
    /** What a request that was answered already still does, as past its deadline, would be counted for ever. */
    function requirePresence(): void {
      if (hasLeft) throw new GraftError('request_abandoned')
    }
    function stopLoading(count: number): void {
      loading -= count
      held.loading -= count
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
        learn('images', more)
        admitJoined(more)
        images += more
        held.images += more
      },
      waitForModel(count) {
        loading += count
        held.loading += count
        let waiting = count
        return () => {
          if (!hasLeft) stopLoading(waiting)
          waiting = 0
        }
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
        stopLoading(held.loading)
      },
    }
  }

  return {
    enter(deadline = Number.POSITIVE_INFINITY) {
      admit(deadline, mean.images)
      return open((asked) => admit(deadline, asked))
    },
    enterBehind(most) {
      admitBehind(most)
      return open(() => admitBehind(most))
    },
    enterToBring: () => open(() => {}),
    expectedWait,
  }
}
