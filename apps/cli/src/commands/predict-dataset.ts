// `graft predict --dataset`: asks an endpoint about all images of a data set version, and fetches what it says.
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ErrorItem, GraftError } from '@graft/core/errors'
import type { Batch, BatchLine } from '@graft/core/wire/batches'
import type { Split } from '@graft/core/wire/datasets'
import { awaitEnd } from '../await-end.ts'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'
import { writeWhole } from '../write-whole.ts'
import { onlyEndpoint } from './predict.ts'

export interface BulkOptions {
  endpoint?: string
  dataset: string
  split?: Split
  /** Folder for the results; named by the batch without it. */
  output?: string
}

/** @throws GraftError as `fetchResults`, and what the platform refuses */
export async function predictDataset(
  client: Client,
  { endpoint, dataset, split, output: folder }: BulkOptions,
  output: Output,
): Promise<void> {
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const name = endpoint ?? (await onlyEndpoint(client))
  const path = `/v1/endpoints/${encodeURIComponent(name)}/batch`
  const batch = await client.send<Batch>('POST', path, { dataset, ...(split && { split }) })
  output.note(`${batch.id}: ${batch.progress.images} images of ${batch.dataset}`)
  await fetchResults(client, batch, folder, output)
}

/**
 * Waits for the batch's end, and brings its results into the folder, which is named by the batch without one.
 * @throws GraftError `state_conflict` when it fails or is cancelled; `invalid_request`, once the results are there, when
 * any image got no answer
 */
export async function fetchResults(
  client: Client,
  ordered: Batch,
  folder: string | undefined,
  output: Output,
): Promise<void> {
  const batch = await awaitEnd(client, ordered, `/v1/batches/${ordered.id}`, ({ status, progress }) =>
    output.progress(`${status}  ${progress.done} of ${progress.images} images`),
  )
  if (batch.status !== 'succeeded') {
    throw new GraftError('state_conflict', batch.error?.message ?? `The batch was ${batch.status}.`)
  }
  const target = folder ?? batch.id
  await mkdir(target, { recursive: true })
  for (const name of ['results.jsonl', 'results.csv'] as const) {
    const { body } = await client.request(`/v1/batches/${batch.id}/files/${name}`)
    await writeWhole(join(target, name), body ?? [])
  }
  const { done, failed } = batch.progress
  output.print(
    output.json
      ? JSON.stringify(batch)
      : `${done} images, ${failed} without an answer: ${join(target, 'results.csv')}, results.jsonl`,
  )
  if (failed === 0) return
  const faults = await unanswered(join(target, 'results.jsonl'))
  const more = failed > faults.length ? `; the first ${faults.length}` : ''
  throw new GraftError('invalid_request', `${failed} of ${done} images got no answer${more}.`, faults)
}

/** Images without an answer that are told by name; the results tell all. */
const TOLD = 10

async function unanswered(results: string): Promise<ErrorItem[]> {
  const faults: ErrorItem[] = []
  for await (const line of createInterface(createReadStream(results))) {
    const image = JSON.parse(line) as BatchLine
    if ('error' in image) faults.push({ path: image.path, ...image.error })
    if (faults.length === TOLD) break
  }
  return faults
}
