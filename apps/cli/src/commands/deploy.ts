// `graft deploy` and `graft rollback`: which model version an endpoint serves.
import { parseReference } from '@graft/core/names'
import type { Endpoint } from '@graft/core/wire'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

/** Without an endpoint's name it is the model's. */
export async function deploy(
  client: Client,
  model: string,
  options: { endpoint?: string; threshold?: number },
  output: Output,
): Promise<void> {
  const name = options.endpoint ?? parseReference(model, 'model').name
  const { threshold } = options
  const endpoint = await client.send<Endpoint>('PUT', `/v1/endpoints/${encodeURIComponent(name)}`, {
    traffic: [{ model, weight: 100 }],
    ...(threshold === undefined ? {} : { threshold }),
  })
  show(endpoint, output)
}

export async function rollback(client: Client, name: string, output: Output): Promise<void> {
  show(await client.send<Endpoint>('POST', `/v1/endpoints/${encodeURIComponent(name)}/rollback`), output)
}

function show(endpoint: Endpoint, output: Output): void {
  const traffic = endpoint.traffic.map(({ model, weight }) => `${model} (${weight} %)`).join(', ')
  const line = `${endpoint.name} serves ${traffic} since revision ${endpoint.revision}`
  output.print(output.json ? JSON.stringify(endpoint) : line)
}
