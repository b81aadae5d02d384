// `graft keys create`: an API key for another person or program.
import type { Scope } from '@graft/core/wire'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

export async function createKey(
  client: Client,
  name: string,
  scopes: Scope[],
  output: Output,
): Promise<void> {
  const created = await client.send<{ key: string }>('POST', '/v1/keys', { name, scopes })
  if (!output.json) output.note('The key is shown this once:')
  output.print(output.json ? JSON.stringify(created) : created.key)
}
