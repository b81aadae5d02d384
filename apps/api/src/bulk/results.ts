// What a bulk prediction leaves in the store: parts while it runs, and at its end one JSON Lines file and one CSV file.
import type { BatchLine } from '@graft/core/wire/batches'
import type { ModelFile } from '@graft/core/wire/models'
import type { BatchRow } from '@graft/db/batches'
import type { ObjectStore } from '@graft/store/object-store'

type Fence = Pick<BatchRow, 'id' | 'attempt'>

/** Digits of a part's first image and of its attempt in its key: the order of keys is that of images, then attempts. */
const DIGITS = 10
const digits = (value: number) => String(value).padStart(DIGITS, '0')

const folder = (batchId: string) => `batches/${batchId}`
/** Where the archive of a batch lies, until it ends. */
export const archiveKey = (batchId: string) => `${folder(batchId)}/archive`
const partsFolder = (batchId: string) => `${folder(batchId)}/parts/`

/** The lines of the images from `start` on, under a key of this attempt alone. */
export async function putPart(
  store: ObjectStore,
  { id, attempt }: Fence,
  start: number,
  lines: readonly BatchLine[],
): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  await store.put(`${partsFolder(id)}${digits(start)}-${digits(attempt)}.jsonl`, Buffer.from(text))
}

/**
 * Makes the results of the parts, one part in memory at a time. The attempt is part of their keys: a process that lost
 * the batch cannot write over what its successor's row names.
 *
 * @throws the signal's reason, and what the store throws
 */
export async function joinParts(
  store: ObjectStore,
  { id: batchId, attempt }: Fence,
  signal: AbortSignal,
): Promise<Record<string, ModelFile>> {
  const files: Record<string, ModelFile> = {}
  for (const [name, body] of [
    ['results.jsonl', parts(store, batchId, signal)],
    ['results.csv', table(parts(store, batchId, signal))],
  ] as const) {
    const key = `${folder(batchId)}/${attempt}/${name}`
    files[name] = { key, ...(await store.put(key, body)) }
  }
  return files
}

/**
 * Of each start the part of the last attempt is the counted one: who begins there has found it uncounted, and whoever
 * had begun there before can count nothing any more.
 */
async function* parts(store: ObjectStore, batchId: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const startOf = (key: string) => key.slice(0, partsFolder(batchId).length + DIGITS)
  let last: string | undefined
  for await (const { key } of store.list(partsFolder(batchId))) {
    signal.throwIfAborted()
    if (last !== undefined && startOf(last) !== startOf(key)) yield await store.read(last)
    last = key
  }
  if (last !== undefined) yield await store.read(last)
}

/** Deletes whatever any attempt has left of a batch that has ended, but for the results that its row names. */
export async function sweep(
  store: ObjectStore,
  { id, files }: Pick<BatchRow, 'id' | 'files'>,
): Promise<void> {
  const kept = new Set(Object.values(files).map(({ key }) => key))
  for await (const { key } of store.list(`${folder(id)}/`)) if (!kept.has(key)) await store.delete(key)
}

const COLUMNS = ['path', 'split', 'label', 'predicted', 'confidence', 'decision', 'model', 'error'] as const

/** RFC 4180, with a head. */
async function* table(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(`${COLUMNS.join(',')}\r\n`)
  for await (const chunk of chunks) {
    const lines = chunk.toString().trimEnd().split('\n')
    const rows = lines.map(
      (line) =>
        `${cellsOf(JSON.parse(line) as BatchLine)
          .map(quote)
          .join(',')}\r\n`,
    )
    yield Buffer.from(rows.join(''))
  }
}

function cellsOf(line: BatchLine): string[] {
  const of = [line.path, line.split ?? '', line.label ?? '']
  if ('error' in line) return [...of, '', '', '', '', line.error.code]
  const [first] = line.predictions
  return [...of, first?.label ?? '', String(first?.confidence ?? ''), line.decision, line.model, '']
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
