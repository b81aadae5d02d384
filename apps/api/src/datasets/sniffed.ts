// Tells what kind of archive a stream is, by its first bytes.
import { GraftError } from '@graft/core/errors'
import { ARCHIVE_HEAD_BYTES, type ArchiveType, sniffArchive } from '@graft/vision/archive'

/**
 * Looks at the first bytes, and gives all of them on.
 * @throws GraftError `archive_unreadable`, and what the stream throws
 */
export async function sniffed(
  chunks: AsyncIterator<Uint8Array>,
): Promise<{ type: ArchiveType; body: AsyncIterable<Uint8Array> }> {
  let head: Uint8Array = Buffer.alloc(0)
  while (head.length < ARCHIVE_HEAD_BYTES) {
    const { done, value } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  const type = sniffArchive(head)
  if (type === undefined) {
    const what =
      head.length === 0 ? 'The body is empty' : 'The content is no zip, tar, tar.gz or tar.zst archive'
    throw new GraftError('archive_unreadable', `${what}.`)
  }
  async function* whole() {
    yield head
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  return { type, body: whole() }
}
