// `graft push`: a folder, an archive, a list of images with their labels, or a prefix of an S3 bucket becomes a version of a data set.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { RequestError } from '@graft/client/request-error'
import { GraftError } from '@graft/core/errors'
import { requireName } from '@graft/core/names'
import {
  type Dataset,
  type DatasetFile,
  type DatasetVersion,
  listingOf,
  SPLITS,
} from '@graft/core/wire/datasets'
import type { Client } from '../client.ts'
import { hashFolder } from '../hash-folder.ts'
import { type FolderFile, listOrRefuse } from '../list-folder.ts'
import { isManifest, readManifest } from '../read-manifest.ts'
import { missingFiles, sendFiles } from '../send-blobs.ts'
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
  /** Files whose bytes travelled, and files of which they did not have to. An archive is one file. */
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
  const dataset = requireName(options.name ?? nameOf(source), 'data set')
  const sent = isBucket(source)
    ? await pushBucket(client, dataset, source)
    : await pushFiles(client, dataset, source, output)
  const seen = options.wait ? await judged(client, sent.version, output) : sent.version
  const result = {
    dataset,
    version: seen.version,
    uploaded: sent.uploaded,
    skipped: sent.files - sent.uploaded,
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

/** The platform reads it itself, where its operator allows that. */
async function pushBucket(client: Client, dataset: string, source: string): Promise<Sent> {
  const version = await client.send<DatasetVersion>('POST', `/v1/datasets/${dataset}/imports`, { source })
  return { version, files: 0, uploaded: 0 }
}
const isBucket = (source: string) => source.startsWith('s3://')

async function pushFiles(client: Client, dataset: string, source: string, output: Output): Promise<Sent> {
  const files = await filesOf(source, output)
  return files
    ? await pushFolder(client, dataset, files, output)
    : await pushArchive(client, dataset, source, output)
}

interface Sent {
  version: DatasetVersion
  files: number
  /** Files whose bytes have travelled. */
  uploaded: number
}

interface Listed {
  folder: string
  files: (FolderFile & { place?: string })[]
}

/** Of a manifest, or of a folder, which may hold one as Hugging Face's imagefolder does. Undefined for an archive. */
async function filesOf(source: string, output: Output): Promise<Listed | undefined> {
  if (!(await stat(source)).isDirectory()) {
    return isManifest(source) ? await readManifest(source) : undefined
  }
  const files = await listOrRefuse(source, output)
  const isImageFolder = files.some(({ path }) => path === IMAGE_FOLDER)
  return isImageFolder ? await readManifest(join(source, IMAGE_FOLDER)) : { folder: source, files }
}
const IMAGE_FOLDER = 'metadata.csv'

/** Only bytes that the platform does not have travel; so a push that was cut off goes on where it was. */
async function pushFolder(client: Client, dataset: string, listed: Listed, output: Output): Promise<Sent> {
  const { folder } = listed
  const hashed = await hashFolder(folder, listed.files, meter('hashing', listed.files, output))
  const files = hashed.map(({ sha256, bytes }, at) => {
    const { path = '', place = path } = listed.files[at] ?? {}
    return { path: place, sha256, bytes }
  })
  const newest = await newestVersion(client, dataset)
  if (isMadeOf(newest, createHash('sha256').update(listingOf(files)).digest('hex'))) {
    output.note(`Unchanged since ${nameOfVersion(newest)}: nothing to upload.`)
    return { version: newest, files: files.length, uploaded: 0 }
  }
  let uploaded = 0
  const missing = await missingFiles(client, hashed)
  const seen = meter(
    'uploading',
    missing.map(({ file }) => file),
    output,
  )
  await sendFiles(client, folder, missing, ({ bytes }) => {
    uploaded += 1
    seen(bytes)
  })
  const version = await client.send<DatasetVersion>('POST', `/v1/datasets/${dataset}/versions`, { files })
  return { version, files: files.length, uploaded }
}

/** The archive travels whole, unless the newest version is made of it: to hash it is cheaper than to send it. */
async function pushArchive(client: Client, dataset: string, path: string, output: Output): Promise<Sent> {
  const { size: bytes } = await stat(path)
  const newest = await newestVersion(client, dataset)
  if (newest !== null) {
    output.progress(`comparing with ${nameOfVersion(newest)}`)
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    if (isMadeOf(newest, hash.digest('hex'))) {
      output.note(`Unchanged since ${nameOfVersion(newest)}: nothing to upload.`)
      return { version: newest, files: 1, uploaded: 0 }
    }
  }
  const seen = meter('uploading', [{ bytes }], output)
  async function* chunks() {
    for await (const chunk of createReadStream(path)) {
      seen(chunk.length)
      yield chunk
    }
  }
  const response = await client.request(`/v1/datasets/${dataset}/archive`, {
    method: 'PUT',
    // Which archive it is, its first bytes tell.
    headers: { 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(Readable.from(chunks())) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  return { version: (await response.json()) as DatasetVersion, files: 1, uploaded: 1 }
}

/** What was rejected is tried again: the platform's limits may be others today. */
function isMadeOf(version: DatasetVersion | null, sha256: string): version is DatasetVersion {
  return version !== null && version.status !== 'rejected' && version.archive_sha256 === sha256
}

/** Shows how far something has come that goes through these bytes; to be told of each part that is done. */
function meter(what: string, parts: readonly { bytes: number }[], output: Output): (bytes: number) => void {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  return (bytes) => {
    done += bytes
    output.progress(`${what} ${bar(done / total)} ${megabytes(done)} of ${megabytes(total)}`)
  }
}

/** @example nameOf('/photos/Waste.tar.gz') // 'waste' */
export function nameOf(source: string): string {
  return basename(resolve(source))
    .replace(/\.(zip|tar|tgz|tzst|tar\.gz|tar\.zst|csv|jsonl)$/i, '')
    .toLowerCase()
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
