// `graft predict`: asks an endpoint about images.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { RequestError } from '@graft/client/request-error'
import { GraftError } from '@graft/core/errors'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Prediction } from '@graft/core/wire/predictions'
import type { Client } from '../client.ts'
import { isSystemError, sentenceOf } from '../failure.ts'
import { type Output, percent, table } from '../terminal.ts'

export interface PredictOptions {
  endpoint?: string
  /** Labels shown for each image. */
  top: number
}

/** An image's answer, or why there is none. */
type Answer = ({ image: string } & Prediction) | { image: string; error: { code: string; message: string } }

/**
 * Asks about one image after the other; where one is refused, the others are still asked.
 * As JSON an image alone is its answer, several are `{"data": [...]}`, as the platform answers too.
 *
 * @throws GraftError `invalid_request` at the end, when any image was refused
 */
export async function predict(
  client: Client,
  images: readonly string[],
  options: PredictOptions,
  output: Output,
): Promise<void> {
  const endpoint = options.endpoint ?? (await onlyEndpoint(client))
  const answers: Answer[] = []
  for (const [index, image] of images.entries()) {
    if (images.length > 1) output.progress(`${index + 1} of ${images.length}  ${image}`)
    answers.push(await answerFor(client, endpoint, image))
  }
  if (output.json) output.print(JSON.stringify(answers.length === 1 ? answers[0] : { data: answers }))
  else for (const line of table(answers.flatMap((answer) => rowsOf(answer, options.top)))) output.print(line)

  const refused = answers.filter((answer) => 'error' in answer)
  if (refused.length === 0) return
  const faults = refused.map(({ image, error }) => ({ path: image, ...error }))
  throw new GraftError(
    'invalid_request',
    `${refused.length} of ${images.length} images got no answer.`,
    faults,
  )
}

/** A label of an image on each line; the image and what was decided on the first. */
function rowsOf(answer: Answer, top: number): string[][] {
  if ('error' in answer) return []
  const { image, predictions, decision, model } = answer
  return predictions.slice(0, top).map(({ label, confidence }, index) => {
    const first = index === 0
    return [
      first ? image : '',
      label,
      percent(confidence),
      first ? model : '',
      first && decision === 'abstain' ? decision : '',
    ]
  })
}

/** A file that cannot be read and an image that is refused leave the others alone; any other fault concerns them all. */
async function answerFor(client: Client, endpoint: string, image: string): Promise<Answer> {
  try {
    return { image, ...(await ask(client, endpoint, image)) }
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (isSystemError(error)) return { image, error: { code, message: sentenceOf(error, image) } }
    if (code.startsWith('image_')) return { image, error: { code, message } }
    throw error
  }
}

/** Times that an image is asked about again, after a second and then twice as long each time, where it comes too early. */
const RETRIES = 4

/** What the endpoint says about the image file; its type is told by its bytes. */
export async function ask(client: Client, endpoint: string, path: string, delay = 1000): Promise<Prediction> {
  const body = await readFile(path)
  const headers = { 'content-type': 'application/octet-stream' }
  for (let tries = 0; ; tries += 1) {
    try {
      const place = `/v1/endpoints/${encodeURIComponent(endpoint)}/predict`
      const response = await client.request(place, { method: 'POST', headers, body })
      return (await response.json()) as Prediction
    } catch (error) {
      const isEarly = error instanceof RequestError && [429, 503].includes(error.status)
      if (!isEarly || tries === RETRIES) throw error
      await sleep(delay * 2 ** tries)
    }
  }
}

export async function onlyEndpoint(client: Client): Promise<string> {
  const names: string[] = []
  for await (const { name } of client.list<Endpoint>('/v1/endpoints')) names.push(name)
  const [name] = names
  if (name === undefined) {
    throw new GraftError('not_found', 'There is no endpoint yet: graft train makes one.')
  }
  if (names.length === 1) return name
  throw new GraftError('invalid_request', `Say which endpoint with --endpoint: ${names.join(', ')}.`)
}
