// A stream of Node as one that a Response takes.
import type { Readable } from 'node:stream'

/** By its iterator: `Readable.toWeb` throws past every handler when the reader goes away at the wrong moment. */
export function webStream(source: Readable): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      source.destroy()
    },
  })
}
