// What a bulk prediction leaves in the store: parts while it runs, and at its end one JSON Lines file and one CSV file.
import type { BatchLine, ModelFile } from '@graft/core/wire'
import type { BatchRow } from '@graft/db/batches'
import type { ObjectStore } from '@graft/store/object-store'

/** Digits of a part's first image in its key: the order of keys is that of images. */
const DIGITS = 10

const folder = (batchId: string) => `batches/${batchId}`
const partKey = (batchId: string, start: number) =>
  `${folder(batchId)}/parts/${String(start).padStart(DIGITS, '0')}.jsonl`

/** The lines of the images from `start` on. Written again it is the same part. */
export async function putPart(
  store: ObjectStore,
  batchId: string,
  start: number,
  lines: readonly BatchLine[],
): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  await store.put(partKey(batchId, start), Buffer.from(text))
}

/**
 * Makes the results of the parts, one part in memory at a time. The attempt is part of their keys: a process that lost
 * the batch cannot write over what its successor's row names.
 */
export async function joinParts(
  store: ObjectStore,
  { id: batchId, attempt }: Pick<BatchRow, 'id' | 'attempt'>,
): Promise<Record<string, ModelFile>> {
  const files: Record<string, ModelFile> = {}
  for (const [name, body] of [
    ['results.jsonl', parts(store, batchId)],
    ['results.csv', table(parts(store, batchId))],
  ] as const) {
    const key = `${folder(batchId)}/${attempt}/${name}`
    files[name] = { key, ...(await store.put(key, body)) }
  }
  return files
}

async function* parts(store: ObjectStore, batchId: string): AsyncGenerator<Buffer> {
  for await (const { key } of store.list(`${folder(batchId)}/parts/`)) yield await store.read(key)
}

export async function deleteParts(store: ObjectStore, batchId: string): Promise<void> {
  for await (const { key } of store.list(`${folder(batchId)}/parts/`)) await store.delete(key)
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
  const of = [line.path, line.split, line.label]
  if ('error' in line) return [...of, '', '', '', '', line.error.code]
  const [first] = line.predictions
  return [...of, first?.label ?? '', String(first?.confidence ?? ''), line.decision, line.model, '']
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
