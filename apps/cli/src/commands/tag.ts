// `graft tag`: which tags a data set version has.
import { GraftError } from '@graft/core/errors'
import { parseReference } from '@graft/core/names'
import type { DatasetVersion } from '@graft/core/wire/datasets'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

/** Instead of those that are there. */
export async function tag(
  client: Client,
  reference: string,
  tags: readonly string[],
  output: Output,
): Promise<void> {
  const { name, version } = parseReference(reference, 'data set')
  if (typeof version !== 'number') {
    throw new GraftError('invalid_request', `Name a version of the data set, as ${name}@1.`)
  }
  const path = `/v1/datasets/${name}/versions/${version}`
  const tagged = await client.send<DatasetVersion>('PATCH', path, { tags })
  const line = `${name}@${version} is tagged: ${tagged.tags.join(', ') || 'nothing'}`
  output.print(output.json ? JSON.stringify(tagged) : line)
}
