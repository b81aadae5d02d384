// `graft batch`: asks an endpoint about all files of an archive or a folder, and fetches what it says.
import { createReadStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Batch } from '@graft/core/wire/batches'
import { type Pack, pack } from 'tar-stream'
import type { Client } from '../client.ts'
import { type FolderFile, listOrRefuse } from '../list-folder.ts'
import { bar, type Output } from '../terminal.ts'
import { onlyEndpoint } from './predict.ts'
import { fetchResults } from './predict-dataset.ts'

export interface ArchiveOptions {
  endpoint?: string
  /** Folder for the results; named by the batch without it. */
  output?: string
}

/** @throws GraftError as `fetchResults`, and `not_found` for an empty folder */
export async function predictArchive(
  client: Client,
  source: string,
  { endpoint, output: folder }: ArchiveOptions,
  output: Output,
): Promise<void> {
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const name = endpoint ?? (await onlyEndpoint(client))
  const { bytes, stream } = await open(source, output)
  async function* body() {
    let sent = 0
    for await (const chunk of stream) {
      sent += chunk.length
      output.progress(`uploading ${bar(Math.min(1, sent / bytes))}`)
      yield chunk
    }
  }
  const response = await client.request(`/v1/endpoints/${encodeURIComponent(name)}/batch`, {
    method: 'POST',
    // Which archive it is, its first bytes tell.
    headers: { 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(Readable.from(body())) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  const batch = (await response.json()) as Batch
  output.note(`${batch.id}: ${source}`)
  await fetchResults(client, batch, folder, output)
}

async function open(
  source: string,
  output: Output,
): Promise<{ bytes: number; stream: AsyncIterable<Buffer> }> {
  const found = await stat(source)
  if (!found.isDirectory()) return { bytes: found.size, stream: createReadStream(source) }
  const files = await listOrRefuse(source, output)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const archive = pack()
  fill(archive, source, files).catch((error: Error) => archive.destroy(error))
  return { bytes, stream: archive as AsyncIterable<Buffer> }
}

/** A folder travels as a tar that is made while it is sent. */
async function fill(archive: Pack, folder: string, files: readonly FolderFile[]): Promise<void> {
  for (const { path, bytes } of files) {
    await pipeline(createReadStream(join(folder, path)), archive.entry({ name: path, size: bytes }))
  }
  archive.finalize()
}
