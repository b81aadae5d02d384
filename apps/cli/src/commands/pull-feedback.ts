// `graft pull-feedback`: makes a data set version of what an endpoint was asked, under the labels that were right.
import type { PulledFeedback } from '@graft/core/feedback'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

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
