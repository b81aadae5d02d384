// `graft export`: a model version as a zip that runs without Graft.
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

/** Into `file`, or one that is named as the platform names it; it holds the whole zip or is not there. */
export async function exportModel(
  client: Client,
  reference: string,
  file: string | undefined,
  output: Output,
): Promise<void> {
  const response = await client.request(`/v1/models/${encodeURIComponent(reference)}/export.zip`)
  const named = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  const target = file ?? named ?? 'model.zip'
  const partial = `${target}.partial`
  try {
    await pipeline(response.body ?? [], createWriteStream(partial))
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  output.print(
    output.json ? JSON.stringify({ model: reference, file: target }) : `${reference} is in ${target}`,
  )
}
