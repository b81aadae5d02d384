// `graft download`: the files of a model version, each checked against its hash.
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import type { ModelVersion } from '@graft/core/wire'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

/** Into `folder`, or one named by model and version. */
export async function download(
  client: Client,
  reference: string,
  folder: string | undefined,
  output: Output,
): Promise<void> {
  const path = reference.includes('@') ? reference : `${reference}@${await newest(client, reference)}`
  const version = await client.get<ModelVersion>(`/v1/models/${path}`)
  const target = folder ?? `${version.model}-${version.version}`
  await mkdir(target, { recursive: true })
  for (const [name, { sha256, bytes, url }] of Object.entries(version.files)) {
    output.progress(`${name} (${(bytes / 1e6).toFixed(1)} MB)`)
    const content = Buffer.from(await (await client.request(url)).arrayBuffer())
    if (createHash('sha256').update(content).digest('hex') !== sha256) {
      throw new GraftError('checksum_mismatch', `${name} does not match its sha256: ask again.`)
    }
    await writeFile(join(target, name), content)
  }
  if (output.json) output.print(JSON.stringify({ folder: target, files: Object.keys(version.files) }))
  else output.print(target)
}

async function newest(client: Client, name: string): Promise<number> {
  const { latest } = await client.get<{ latest: ModelVersion }>(`/v1/models/${encodeURIComponent(name)}`)
  return latest.version
}
