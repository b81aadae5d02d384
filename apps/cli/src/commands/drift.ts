// `graft drift`: whether what an endpoint is asked has moved away from what its model was measured on.
import type { Drift } from '@graft/core/wire/drift'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

export async function drift(
  client: Client,
  endpoint: string,
  { since }: { since?: string },
  output: Output,
): Promise<void> {
  const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`
  const found = await client.get<Drift>(`/v1/endpoints/${encodeURIComponent(endpoint)}/drift${query}`)
  if (output.json) {
    output.print(JSON.stringify(found))
    return
  }
  if (found.models.length === 0) output.print(`no predictions since ${found.since}`)
  for (const { model, predictions, reference, confidence, labels } of found.models) {
    const beside =
      reference === null ? 'nothing to compare with' : `${reference.images} ${reference.split} images`
    output.print(`${model}: ${predictions} predictions beside ${beside}`)
    for (const [what, { psi, threshold, status }] of Object.entries({ confidence, labels })) {
      if (psi === null || threshold === null) continue
      const bound = threshold < 100 ? threshold.toFixed(3) : 'none'
      output.print(`  ${what.padEnd(10)}  ${status}  index ${psi.toFixed(3)}, threshold ${bound}`)
    }
  }
}
