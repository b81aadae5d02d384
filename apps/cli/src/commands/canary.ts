// `graft canary`: gives a model version more of an endpoint's traffic step by step, and tells how it does.
import type { Canary } from '@graft/core/wire/canary'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

export interface CanaryOptions {
  steps?: number[]
  minutes?: number
  maxErrors?: number
  maxDisagreement?: number
  minRequests?: number
  cancel?: boolean
}

/** With a model it starts one, without one it shows, or cancels, the newest. */
export async function canary(
  client: Client,
  endpoint: string,
  model: string | undefined,
  { steps, minutes, maxErrors, maxDisagreement, minRequests, cancel }: CanaryOptions,
  output: Output,
): Promise<void> {
  const path = `/v1/endpoints/${encodeURIComponent(endpoint)}/canary`
  if (cancel) show(await client.send<Canary>('POST', `${path}/cancel`), output)
  else if (model === undefined) show(await client.get<Canary>(path), output)
  else {
    const body = {
      model,
      ...(steps && { steps }),
      ...(minutes !== undefined && { minutes_per_step: minutes }),
      ...(maxErrors !== undefined && { max_error_rate: maxErrors }),
      ...(maxDisagreement !== undefined && { max_disagreement: maxDisagreement }),
      ...(minRequests !== undefined && { min_requests: minRequests }),
    }
    show(await client.send<Canary>('POST', path, body), output)
  }
}

function show(canary: Canary, output: Output): void {
  if (output.json) {
    output.print(JSON.stringify(canary))
    return
  }
  const { model, endpoint, status, share, reason } = canary
  output.print(`${model} at ${endpoint}: ${status.replace('_', ' ')} at ${share} %. ${reason}`)
  for (const { share, answered, failed, compared, disagreed } of canary.steps) {
    if (answered + failed === 0) continue
    const counts = `${answered} answered, ${failed} failed, ${disagreed} of ${compared} compared differ`
    output.print(`  ${String(share).padStart(3)} %  ${counts}`)
  }
}
