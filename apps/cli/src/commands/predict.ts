// `graft predict`: asks an endpoint about images.
import { readFile } from 'node:fs/promises'
import { GraftError } from '@graft/core/errors'
import type { Endpoint, Prediction } from '@graft/core/wire'
import { type Client, RequestError } from '../client.ts'
import { type Output, percent, table } from '../terminal.ts'

export interface PredictOptions {
  endpoint?: string
  top?: number
}

/** One answer for each image, in their order. Where one fails, the others are still asked, and then it is thrown. */
export async function predict(
  client: Client,
  images: readonly string[],
  options: PredictOptions,
  output: Output,
): Promise<Prediction[]> {
  const endpoint = options.endpoint ?? (await onlyEndpoint(client))
  const top = options.top ?? 1
  const answers: Prediction[] = []
  const rows: (string | number)[][] = []
  let failed = 0
  for (const image of images) {
    try {
      const answer = await ask(client, endpoint, image)
      answers.push(answer)
      if (output.json) output.print(JSON.stringify({ image, ...answer }))
      for (const { label, confidence } of answer.predictions.slice(0, top)) {
        rows.push([image, label, percent(confidence), answer.decision === 'abstain' ? 'abstain' : ''])
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      failed += 1
      output.note(`${image}: ${error.message} (${error.problem.code})`)
    }
  }
  if (!output.json) for (const line of table(rows)) output.print(line)
  if (failed > 0)
    throw new GraftError('invalid_request', `${failed} of ${images.length} images got no answer.`)
  return answers
}

async function ask(client: Client, endpoint: string, path: string): Promise<Prediction> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new RequestError(error.message, { code: 'not_found', errors: [] })
  })
  const response = await client.request(`/v1/endpoints/${encodeURIComponent(endpoint)}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  })
  return (await response.json()) as Prediction
}

async function onlyEndpoint(client: Client): Promise<string> {
  const names: string[] = []
  for await (const { name } of client.list<Endpoint>('/v1/endpoints')) names.push(name)
  const [name] = names
  if (name === undefined)
    throw new GraftError('not_found', 'There is no endpoint yet: graft train makes one.')
  if (names.length === 1) return name
  throw new GraftError('invalid_request', `Say which endpoint with --endpoint: ${names.join(', ')}.`)
}
