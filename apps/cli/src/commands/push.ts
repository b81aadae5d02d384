// `graft push`: a folder, or an archive, becomes a version of a data set.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { GraftError } from '@graft/core/errors'
import { requireName } from '@graft/core/names'
import { type Dataset, type DatasetFile, type DatasetVersion, SPLITS } from '@graft/core/wire'
import { type Client, RequestError } from '../client.ts'
import { listFolder, tarOf } from '../folder-tar.ts'
import { bar, megabytes, type Output, table } from '../terminal.ts'

/** Lines shown of the files that were rejected, and of those that stand twice. */
const SHOWN_FILES = 20

export interface PushOptions {
  /** Of the data set; the folder's when left out. */
  name?: string
  /** Until every file is judged. */
  wait: boolean
}

export interface PushResult {
  dataset: string
  version: number
  /** Files that travelled, and files that did not have to. An archive is one file. */
  uploaded: number
  skipped: number
  status: DatasetVersion['status']
}

/** @throws GraftError `dataset_rejected` after the result is printed; what the platform refuses */
export async function push(
  client: Client,
  source: string,
  options: PushOptions,
  output: Output,
): Promise<PushResult> {
  const archive = await openSource(source)
  const dataset = requireName(options.name ?? nameOf(source), 'data set')
  const { version, uploaded } = await send(client, dataset, archive, output)
  const seen = options.wait ? await judged(client, version, output) : version
  const result = {
    dataset,
    version: seen.version,
    uploaded: uploaded ? archive.files : 0,
    skipped: uploaded ? 0 : archive.files,
    status: seen.status,
  }
  if (seen.status !== 'ingesting') await noteFiles(client, seen, output)
  if (output.json) output.print(JSON.stringify(result))
  else for (const line of describe(seen)) output.print(line)
  if (seen.status === 'rejected') {
    throw new GraftError(
      'dataset_rejected',
      `${nameOfVersion(seen)} was rejected: ${seen.error?.message ?? ''}`,
    )
  }
  return result
}

/** What travels: the same bytes at each reading. */
interface Archive {
  files: number
  bytes: number
  read(): AsyncIterable<Uint8Array>
}

async function openSource(source: string): Promise<Archive> {
  const found = await stat(source)
  if (!found.isDirectory()) return { files: 1, bytes: found.size, read: () => createReadStream(source) }
  const files = await listFolder(source)
  if (files.length === 0) throw new GraftError('not_found', `There are no files in ${source}.`)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { files: files.length, bytes, read: () => tarOf(source, files) }
}

/** @example nameOf('/photos/Waste.tar.gz') // 'waste' */
export function nameOf(source: string): string {
  return basename(resolve(source))
    .replace(/\.(zip|tar|tgz|tar\.gz)$/i, '')
    .toLowerCase()
}

/** Uploads, unless the newest version was made of the very same bytes: to hash them here is cheaper than to send them. */
async function send(client: Client, dataset: string, archive: Archive, output: Output) {
  const newest = await newestVersion(client, dataset)
  if (newest !== null && newest.status !== 'rejected') {
    output.progress(`comparing with ${nameOfVersion(newest)}`)
    const hash = createHash('sha256')
    for await (const chunk of archive.read()) hash.update(chunk)
    if (hash.digest('hex') === newest.archive_sha256) {
      output.note(`Unchanged since ${nameOfVersion(newest)}: nothing to upload.`)
      return { version: newest, uploaded: false }
    }
  }
  const response = await client.request(`/v1/datasets/${dataset}/archive`, {
    method: 'PUT',
    // Which archive it is, its first bytes tell.
    headers: { 'content-type': 'application/octet-stream' },
    body: counted(archive, output),
    duplex: 'half',
  } as RequestInit)
  return { version: (await response.json()) as DatasetVersion, uploaded: true }
}

/** A stream of the archive that shows how far it has been read. */
function counted({ read, bytes: total }: Archive, output: Output): ReadableStream {
  async function* chunks() {
    let sent = 0
    for await (const chunk of read()) {
      sent += chunk.byteLength
      output.progress(
        `uploading ${bar(sent / total)} ${megabytes(Math.min(sent, total))} of ${megabytes(total)}`,
      )
      yield chunk
    }
  }
  return Readable.toWeb(Readable.from(chunks())) as ReadableStream
}

async function newestVersion(client: Client, dataset: string): Promise<DatasetVersion | null> {
  try {
    return (await client.get<Dataset>(`/v1/datasets/${dataset}`)).latest
  } catch (error) {
    if (error instanceof RequestError && error.code === 'not_found') return null
    throw error
  }
}

async function judged(
  client: Client,
  { dataset, version }: DatasetVersion,
  output: Output,
): Promise<DatasetVersion> {
  const started = performance.now()
  for (let wait = 100; ; wait = Math.min(wait * 1.5, 2000)) {
    const now = await client.get<DatasetVersion>(`/v1/datasets/${dataset}/versions/${version}`)
    if (now.status !== 'ingesting') return now
    const seconds = Math.round((performance.now() - started) / 1000)
    output.progress(`every file is being judged (${seconds} s)`)
    await sleep(wait)
  }
}

/** The files that do not count, each with its reason. */
async function noteFiles(
  client: Client,
  { dataset, version, files }: DatasetVersion,
  output: Output,
): Promise<void> {
  for (const status of ['rejected', 'duplicate'] as const) {
    if (files[status] === 0) continue
    const path = `/v1/datasets/${dataset}/versions/${version}/files?status=${status}`
    let shown = 0
    for await (const file of client.list<DatasetFile>(path)) {
      if (shown === SHOWN_FILES) break
      shown += 1
      output.note(`${status}  ${file.path}  ${file.reason?.message ?? ''} (${file.reason?.code ?? ''})`)
    }
    if (files[status] > shown) output.note(`${status}  and ${files[status] - shown} more`)
  }
}

/** The state, and images per label and split. */
export function describe(version: DatasetVersion): string[] {
  const name = nameOfVersion(version)
  if (version.status === 'ingesting') return [`${name} is being ingested`]
  const { accepted, rejected, duplicate } = version.files
  const head = `${name} is ${version.status}: ${accepted} accepted, ${rejected} rejected, ${duplicate} duplicate`
  const rows = version.labels.map((label) => [
    label,
    ...SPLITS.map((split) => version.splits[split][label] ?? 0),
  ])
  return rows.length === 0 ? [head] : [head, '', ...table([['label', ...SPLITS], ...rows])]
}

function nameOfVersion({ dataset, version }: DatasetVersion): string {
  return `${dataset}@${version}`
}
