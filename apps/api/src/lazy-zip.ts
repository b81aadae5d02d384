// A zip that is made while it is read: one object of the store is open at a time.
import type { Readable } from 'node:stream'
import type { ObjectStore } from '@graft/store/object-store'
import { ZipFile } from 'yazl'

/** A file of the zip: an object of the store, or bytes that are at hand. */
export type ZipPart = { path: string } & (
  | { key: string; bytes: number }
  | { content: Buffer; compress?: boolean }
)

/** Objects are not compressed: images and weights would hardly shrink. A fault of the store ends the stream. */
export function lazyZip(store: Pick<ObjectStore, 'get'>, parts: Iterable<ZipPart>, mtime: Date): Readable {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  zip.on('error', (error: Error) => output.destroy(error))
  // A reader that goes away leaves an object open.
  let open: Readable | undefined
  output.once('close', () => open?.destroy())
  for (const part of parts) {
    if ('content' in part) {
      zip.addBuffer(part.content, part.path, { mtime, compress: part.compress ?? true })
      continue
    }
    zip.addReadStreamLazy(part.path, { mtime, compress: false, size: part.bytes }, (give) => {
      store.get(part.key).then(
        (stream) => {
          if (output.destroyed) return stream.destroy()
          open = stream
          give(null, stream)
        },
        (error) => give(error, output),
      )
    })
  }
  zip.end()
  return output
}
