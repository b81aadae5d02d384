// `graft deploy` and `graft rollback`: which model version an endpoint serves.
import { parseReference } from '@graft/core/names'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

export interface DeployOptions {
  threshold?: number
  precision?: number
  /** The share of the images that is kept, if any, and for how long. */
  capture?: number
  captureDays: number
}

/** `deploy ENDPOINT MODEL`, or `deploy MODEL` to the endpoint of the model's name. */
export async function deploy(
  client: Client,
  [first, second]: readonly [string, string | undefined],
  { threshold, precision, capture, captureDays }: DeployOptions,
  output: Output,
): Promise<void> {
  const model = second ?? first
  const name = second === undefined ? parseReference(model, 'model').name : first
  const endpoint = await client.send<Endpoint>('PUT', `/v1/endpoints/${encodeURIComponent(name)}`, {
    traffic: [{ model, weight: 100 }],
    ...(threshold !== undefined && { threshold }),
    ...(precision !== undefined && { threshold: { precision } }),
    ...(capture && { capture: { share: capture, retention_days: captureDays } }),
  })
  show(endpoint, output)
}

export async function rollback(client: Client, name: string, output: Output): Promise<void> {
  show(await client.send<Endpoint>('POST', `/v1/endpoints/${encodeURIComponent(name)}/rollback`), output)
}

function show(endpoint: Endpoint, output: Output): void {
  const models = endpoint.traffic.map(({ model }) => model).join(', ')
  const line = `${endpoint.name} serves ${models} (revision ${endpoint.revision})`
  output.print(output.json ? JSON.stringify(endpoint) : line)
}
