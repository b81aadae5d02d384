// Tries a request again: what is lost, or comes too early, may succeed a little later.
import { RequestError } from './request-error.ts'

export interface RetryOptions {
  fetch: (request: Request) => Promise<Response>
  /** Times that a request is tried again. */
  retries: number
  /** Milliseconds before the first of them; each following waits twice as long, and a random part less. */
  delay: number
}

/** Statuses that tell of a moment. */
const TRANSIENT = new Set([429, 502, 503, 504])
/** Milliseconds. */
const LONGEST = 30_000

/**
 * @param make makes the request anew for each try, for the body of one that was sent is gone
 * @returns the last answer, whatever its status
 * @throws RequestError `unreachable` when the last try had no answer
 */
export async function withRetries(
  make: () => Request,
  { fetch, retries, delay }: RetryOptions,
): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    const request = make()
    const pause = Math.min(delay * 2 ** tries, LONGEST) * (0.5 + Math.random() / 2)
    try {
      const response = await fetch(request)
      if (tries >= retries || !TRANSIENT.has(response.status)) return response
      await response.body?.cancel()
      const asked = Number(response.headers.get('retry-after')) * 1000
      await sleep(Math.max(pause, Math.min(asked || 0, LONGEST)), request.signal)
    } catch (error) {
      if (request.signal.aborted) throw error
      if (tries >= retries)
        throw new RequestError(0, 'unreachable', `${request.url} does not answer.`, [], error)
      await sleep(pause, request.signal)
    }
  }
}

/** Ends early, with its reason, when the signal aborts. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}
