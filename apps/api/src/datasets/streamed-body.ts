// The body of an upload as a stream, cut at its limit.
import { type ErrorCode, GraftError } from '@graft/core/errors'
import { type LimitName, limit } from '@graft/core/limits'

/**
 * The body's chunks until they are more than the limit. A length that is told ahead is refused ahead.
 * @throws GraftError `tooLarge`, and `body_incomplete` when the sender goes away
 */
export async function* streamedBody(
  request: Request,
  name: LimitName,
  tooLarge: ErrorCode,
): AsyncGenerator<Uint8Array> {
  const most = limit(name)
  const refusal = () => new GraftError(tooLarge, `At most ${most} bytes are taken.`)
  if (Number(request.headers.get('content-length')) > most) throw refusal()
  let bytes = 0
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength
      if (bytes > most) throw refusal()
      yield chunk
    }
  } catch (error) {
    if (error instanceof GraftError) throw error
    throw new GraftError('body_incomplete', 'The upload ended before its last byte.', [], { cause: error })
  }
}
