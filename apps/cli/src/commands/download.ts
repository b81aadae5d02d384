// `graft download`: the files of a model version, each checked against its hash.
import { createHash, type Hash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { parseReference } from '@graft/core/names'
import type { Model, ModelVersion } from '@graft/core/wire/models'
import type { Client } from '../client.ts'
import { megabytes, type Output } from '../terminal.ts'
import { writeWhole } from '../write-whole.ts'

/** Into `folder`, or one named by model and version. */
export async function download(
  client: Client,
  reference: string,
  folder: string | undefined,
  output: Output,
): Promise<void> {
  const version = await findVersion(client, reference)
  const target = folder ?? `${version.model}-${version.version}`
  await mkdir(target, { recursive: true })
  for (const [name, file] of Object.entries(version.files)) {
    output.progress(`${name}  ${megabytes(file.bytes)}`)
    // The platform names the file, and the folder is ours: it must not name one elsewhere.
    await fetchFile(client, file, join(target, basename(name)))
  }
  const { model, version: number, files } = version
  const result = { model: `${model}@${number}`, folder: target, files: Object.keys(files) }
  output.print(
    output.json ? JSON.stringify(result) : `${result.model} is in ${target}: ${result.files.join(', ')}`,
  )
}

async function findVersion(client: Client, reference: string): Promise<ModelVersion> {
  const { name, version } = parseReference(reference, 'model')
  if (version !== undefined) return await client.get<ModelVersion>(`/v1/models/${name}@${version}`)
  return (await client.get<Model>(`/v1/models/${name}`)).latest
}

/** The path holds the whole file or none. */
async function fetchFile(client: Client, file: ModelVersion['files'][string], path: string): Promise<void> {
  const { body } = await client.request(file.url)
  const hash = createHash('sha256')
  await writeWhole(path, hashed(body ?? [], hash), () => {
    if (hash.digest('hex') === file.sha256) return
    throw new GraftError('checksum_mismatch', `${basename(path)} does not match its sha256: ask again.`)
  })
}

async function* hashed(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, hash: Hash) {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}
