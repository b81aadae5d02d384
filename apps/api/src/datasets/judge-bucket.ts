// Has each object of an imported bucket judged: the list names them, and their bytes are read from there.
import { createHash } from 'node:crypto'
import { isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import { openS3Source, type SourceObject } from '@graft/store/s3-source'
import { judgeEntry } from '@graft/vision/archive-entry'
import type { Context } from '../context.ts'
import { type JudgedFile, openJudge, type RefusedFile } from './judge-file.ts'
import { mapConcurrently } from './map-concurrently.ts'

/** Objects in work at once: most of them are on their way. */
const CONCURRENCY = 32
/** Bytes of objects in work, past which no other is asked for. */
const BYTES_IN_WORK = 64 * 1024 ** 2

interface ListedFile extends SourceObject {
  path: string
  error?: never
}

/**
 * In the order of their keys. An object that was changed since it was listed is refused, and the rest goes on.
 * @throws GraftError what stores and database throw
 */
export async function judgeBucket(
  context: Context,
  project: Project,
  list: string,
  signal: AbortSignal,
): Promise<JudgedFile[]> {
  const stored = await context.store.get(list)
  const rows = linesOf(stored)
  const place = JSON.parse((await rows.next()).value ?? '') as { bucket: string; prefix: string }
  const bucket = openS3Source(place)
  const judge = openJudge(context, project)
  try {
    const files = listed(rows, place.prefix === '' ? 0 : place.prefix.length + 1, signal)
    return await mapConcurrently(
      files,
      CONCURRENCY,
      async (file) => {
        if (file.error) return await judge(file)
        const { path, bytes } = file
        const content = await bucket.read(file).catch((error: unknown) => error as Error)
        if (isGraftError(content, 'not_found')) return await judge({ path, bytes, error: content })
        if (content instanceof Error) throw content
        const sha256 = createHash('sha256').update(content).digest('hex')
        return await judge({ path, sha256, bytes: content.length, content: async () => content })
      },
      { most: BYTES_IN_WORK, of: ({ bytes }) => bytes },
    )
  } finally {
    bucket.close()
    stored.destroy()
  }
}

/** By line feeds alone: Node's readline ends a line at U+2028 too, which the name of an object may hold. */
async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/** Paths count from the prefix on, and are judged as those in an archive are. */
async function* listed(
  rows: AsyncIterable<string>,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<ListedFile | RefusedFile> {
  for await (const row of rows) {
    signal.throwIfAborted()
    const object = JSON.parse(row) as SourceObject
    const entry = judgeEntry(object.key.slice(start), 'file', object.bytes)
    if (entry === undefined) continue
    if (entry.error) yield { path: entry.path, bytes: entry.size, error: entry.error }
    else yield { ...object, path: entry.path }
  }
}
