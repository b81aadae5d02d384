// `graft export`: a model version as a zip that runs without Graft.
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'
import { writeWhole } from '../write-whole.ts'

/** Into `file`, or one that is named as the platform names it; it holds the whole zip or is not there. */
export async function exportModel(
  client: Client,
  reference: string,
  { format, output: file }: { format: string; output?: string },
  output: Output,
): Promise<void> {
  const response = await client.request(
    `/v1/models/${encodeURIComponent(reference)}/export.zip?format=${format}`,
  )
  const named = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  const target = file ?? named ?? 'model.zip'
  await writeWhole(target, response.body ?? [])
  output.print(
    output.json ? JSON.stringify({ model: reference, file: target }) : `${reference} is in ${target}`,
  )
}
