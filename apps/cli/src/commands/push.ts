// `graft push`: a folder, or an archive, becomes a version of a data set.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GraftError } from '@graft/core/errors'
import { type Dataset, type DatasetFile, type DatasetVersion, SPLITS } from '@graft/core/wire'
import { type Client, RequestError } from '../client.ts'
import { hashTar, listFolder, tarOf } from '../folder-tar.ts'
import { bar, type Output, table } from '../terminal.ts'

export interface PushResult {
  dataset: string
  version: number
  /** Files that travelled, and files that did not have to. */
  uploaded: number
  skipped: number
  status: DatasetVersion['status']
}

/** Returns once every file is judged. A version that is rejected is printed with its reasons, and thrown. */
export async function push(
  client: Client,
  source: string,
  name: string | undefined,
  output: Output,
): Promise<PushResult> {
  const path = resolve(source)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new GraftError('not_found', `There is no ${source}.`)
  const dataset =
    name ??
    basename(path)
      .replace(/\.(zip|tar|tgz|tar\.gz)$/i, '')
      .toLowerCase()
  const { version, uploaded, skipped } = found.isDirectory()
    ? await pushFolder(client, path, dataset, output)
    : await pushArchive(client, path, dataset, found.size, output)
  const settled = await settle(client, dataset, version, output)
  await show(client, settled, output)
  const result = { dataset, version, uploaded, skipped, status: settled.status }
  if (output.json) output.print(JSON.stringify(result))
  if (settled.status === 'rejected') {
    throw new GraftError(
      'dataset_rejected',
      `${dataset}@${version} was rejected: ${settled.error?.message ?? ''}`,
    )
  }
  return result
}

async function pushFolder(client: Client, folder: string, dataset: string, output: Output) {
  const files = await listFolder(folder)
  if (files.length === 0) throw new GraftError('not_found', `There are no files in ${folder}.`)
  output.progress(`hashing ${files.length} files`)
  const sha256 = await hashTar(folder, files)
  const latest = await newestVersion(client, dataset)
  if (latest?.archive_sha256 === sha256 && latest.status !== 'rejected') {
    output.note(`Unchanged since ${dataset}@${latest.version}: nothing to upload.`)
    return { version: latest.version, uploaded: 0, skipped: files.length }
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const body = counted(tarOf(folder, files), total, output)
  return { version: await upload(client, dataset, body), uploaded: files.length, skipped: 0 }
}

async function pushArchive(client: Client, path: string, dataset: string, bytes: number, output: Output) {
  const version = await upload(client, dataset, counted(createReadStream(path), bytes, output))
  return { version, uploaded: 1, skipped: 0 }
}

/** The archive's type is told by its first bytes, so the media type can stay general. */
async function upload(client: Client, dataset: string, body: AsyncIterable<Uint8Array>): Promise<number> {
  const init = {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body,
    duplex: 'half',
  }
  // fetch takes an async iterable as a body, which the DOM's types do not know.
  const path = `/v1/datasets/${encodeURIComponent(dataset)}/archive`
  const response = await client.request(path, init as unknown as RequestInit)
  return ((await response.json()) as DatasetVersion).version
}

async function* counted(body: AsyncIterable<Uint8Array>, total: number, output: Output) {
  let sent = 0
  for await (const chunk of body) {
    sent += chunk.byteLength
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
    output.progress(`upload ${bar(sent / total)} ${megabytes(sent)} of ${megabytes(total)} MB`)
    yield chunk
  }
}

async function newestVersion(client: Client, dataset: string): Promise<DatasetVersion | null> {
  try {
    return (await client.get<Dataset>(`/v1/datasets/${encodeURIComponent(dataset)}`)).latest
  } catch (error) {
    if (error instanceof RequestError && error.problem.code === 'not_found') return null
    throw error
  }
}

async function settle(
  client: Client,
  dataset: string,
  version: number,
  output: Output,
): Promise<DatasetVersion> {
  for (let wait = 100; ; wait = Math.min(wait * 1.5, 2000)) {
    const now = await client.get<DatasetVersion>(`/v1/datasets/${dataset}/versions/${version}`)
    if (now.status !== 'ingesting') return now
    output.progress('every file is being judged')
    await sleep(wait)
  }
}

async function show(client: Client, version: DatasetVersion, output: Output): Promise<void> {
  const { accepted, rejected, duplicate } = version.files
  output.note(
    `${version.dataset}@${version.version} is ${version.status}: ${accepted} accepted, ${rejected} rejected, ${duplicate} duplicate.`,
  )
  for (const status of ['rejected', 'duplicate'] as const) {
    if (version.files[status] === 0) continue
    const path = `/v1/datasets/${version.dataset}/versions/${version.version}/files?status=${status}`
    for await (const file of client.list<DatasetFile>(path)) {
      output.note(`  ${status}  ${file.path}  ${file.reason?.message ?? ''}`)
    }
  }
  if (output.json || version.labels.length === 0) return
  const rows = version.labels.map((label) => [
    label,
    ...SPLITS.map((split) => version.splits[split][label] ?? 0),
  ])
  for (const line of table([['label', ...SPLITS], ...rows])) output.print(line)
}
