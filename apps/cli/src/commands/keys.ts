// `graft keys`: API keys for other people and programs.
import type { createdKeySchema, keySchema, Scope } from '@graft/core/wire/keys'
import type { z } from 'zod'
import type { Client } from '../client.ts'
import { type Output, table } from '../terminal.ts'

type Key = z.output<typeof keySchema>
type CreatedKey = z.output<typeof createdKeySchema>

export interface NewKey {
  scope: Scope[]
  expires?: string
  requestsPerSecond?: number
}

export async function createKey(
  client: Client,
  name: string,
  { scope, expires, requestsPerSecond }: NewKey,
  output: Output,
): Promise<void> {
  const body = { name, scopes: scope, expires_at: expires, requests_per_second: requestsPerSecond }
  show(await client.send<CreatedKey>('POST', '/v1/keys', body), output)
}

/** The secret before opens for `overlap` hours more. */
export async function rotateKey(client: Client, id: string, overlap: number, output: Output): Promise<void> {
  const path = `/v1/keys/${encodeURIComponent(id)}/rotate`
  const key = await client.send<CreatedKey>('POST', path, { overlap_seconds: overlap * 3600 })
  if (!output.json) output.note(`The key before opens until ${key.previous_valid_until}.`)
  show(key, output)
}

export async function revokeKey(client: Client, id: string, output: Output): Promise<void> {
  await client.request(`/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE' })
  output.print(output.json ? JSON.stringify({ id, revoked: true }) : `${id} is revoked`)
}

export async function listKeys(client: Client, output: Output): Promise<void> {
  const rows = [['key', 'name', 'project', 'scopes', 'last used', 'expires']]
  for await (const key of client.list<Key>('/v1/keys')) {
    if (output.json) output.print(JSON.stringify(key))
    else
      rows.push([
        key.id,
        key.name,
        key.project,
        key.scopes.join(' '),
        key.last_used_at ?? 'never',
        key.expires_at ?? 'never',
      ])
  }
  if (!output.json) for (const line of table(rows)) output.print(line)
}

function show(key: CreatedKey, output: Output): void {
  if (!output.json) output.note('The key is shown this once:')
  output.print(output.json ? JSON.stringify(key) : key.key)
}
