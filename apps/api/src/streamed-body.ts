// The body of a request, as a stream or whole, cut at its limit.
import { buffer } from 'node:stream/consumers'
import { type ErrorCode, GraftError } from '@graft/core/errors'

/** Is told of the bytes of a body as they are read, and throws when they are too many for all requests together. */
export type Hold = (bytes: number) => void

/**
 * The body's chunks until they are more than `most` bytes. A length that is told ahead is refused ahead.
 *
 * @throws GraftError `tooLarge`, and `body_incomplete` when the sender goes away
 */
export async function* streamedBody(
  request: Request,
  most: number,
  tooLarge: ErrorCode,
  hold: Hold = () => {},
): AsyncGenerator<Uint8Array> {
  const refusal = () => new GraftError(tooLarge, `The body has more than ${most} bytes.`)
  if (Number(request.headers.get('content-length')) > most) throw refusal()
  let bytes = 0
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength
      if (bytes > most) throw refusal()
      hold(chunk.byteLength)
      yield chunk
    }
  } catch (error) {
    if (error instanceof GraftError) throw error
    throw incomplete(error)
  }
}

/** Bytes of a body that is read at once where its length is told: a stream would cost more than they do. */
const SMALL = 128 * 1024

/** @throws as `streamedBody` */
export async function wholeBody(
  request: Request,
  most: number,
  tooLarge: ErrorCode,
  hold: Hold = () => {},
): Promise<Buffer> {
  const length = Number(request.headers.get('content-length'))
  if (length === 0 || length > Math.min(SMALL, most)) {
    return await buffer(streamedBody(request, most, tooLarge, hold))
  }
  const bytes: ArrayBuffer = await request.arrayBuffer().catch((error: unknown) => {
    throw incomplete(error)
  })
  // Not before it is here: who tells of bytes and sends none keeps nobody out.
  hold(bytes.byteLength)
  return Buffer.from(bytes)
}

const incomplete = (cause: unknown) =>
  new GraftError('body_incomplete', 'The body ended before its last byte.', [], { cause })

/** A body that never goes on must not keep its reader: the signal ends the wait for the next chunk, with its reason. */
export async function* untilAborted(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let fail = (_: unknown) => {}
  const onAbort = () => fail(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    for (;;) {
      // A promise for each chunk: one that all of them raced against would hold what each left there, to the end.
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        fail = reject
        if (signal.aborted) onAbort()
        else chunks.next().then(resolve, reject)
      })
      if (next.done) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
