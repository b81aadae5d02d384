// `graft feedback` and `graft pull-feedback`: what would have been right, and the data set version that is made of it.
import { readFile } from 'node:fs/promises'
import type { CaptureRecord, PulledFeedback } from '@graft/core/wire/feedback'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

export async function feedback(
  client: Client,
  endpoint: string,
  [prediction, label]: readonly [string, string],
  { image }: { image?: string },
  output: Output,
): Promise<void> {
  const bytes = image === undefined ? undefined : await readFile(image)
  const body = { prediction, label, ...(bytes && { image: bytes.toString('base64') }) }
  const path = `/v1/endpoints/${encodeURIComponent(endpoint)}/feedback`
  const kept = await client.send<CaptureRecord>('POST', path, body)
  const [first] = kept.predictions
  const said = first === undefined ? '' : `, where ${kept.model} said ${first.label}`
  output.print(output.json ? JSON.stringify(kept) : `${kept.id} is ${kept.label}${said}`)
}

export async function pullFeedback(
  client: Client,
  endpoint: string,
  dataset: string,
  output: Output,
): Promise<void> {
  const path = `/v1/endpoints/${encodeURIComponent(endpoint)}/feedback/pull`
  const pulled = await client.send<PulledFeedback>('POST', path, { dataset })
  const { version, added, relabelled, known } = pulled
  const line = `${version.dataset}@${version.version}: ${added} images added, ${relabelled} relabelled, ${known} known before`
  output.print(output.json ? JSON.stringify(pulled) : line)
}
