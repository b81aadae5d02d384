import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { openClient } from '../client.ts'
import { openOutput } from '../terminal.ts'
import { serve } from '../test-server.ts'
import { predictDataset } from './predict-dataset.ts'

const LINES = [
  { path: 'glass/1.jpg', predictions: [{ label: 'glass', confidence: 1 }] },
  { path: 'glass/2.txt', error: { code: 'image_type_unsupported', message: 'It is no image.' } },
]
const RESULTS = LINES.map((line) => `${JSON.stringify(line)}\n`).join('')

const batch = (status: string, failed: number, error: object | null = null) => ({
  id: 'batch_1',
  object: 'batch',
  dataset: 'waste@2',
  status,
  progress: { images: 3, done: 3, failed },
  error,
  finished_at: status === 'queued' ? null : '2026-01-01T00:00:00.000Z',
})

/** A platform whose batch has ended at the second look, and what the command prints. */
async function run(end: object) {
  const asked: string[] = []
  const url = await serve(async (request, response) => {
    const body = (await buffer(request)).toString()
    asked.push(`${request.method} ${request.url} ${body}`.trim())
    if (request.url?.includes('/files/')) response.end(RESULTS)
    else response.end(JSON.stringify(request.method === 'POST' ? batch('queued', 0) : end))
  })
  const folder = await mkdtemp(join(tmpdir(), 'graft-bulk-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const printed: string[] = []
  const output = openOutput(
    false,
    { write: (text: string) => printed.push(text) > 0 },
    { write: () => true, isTTY: false, columns: 80 },
  )
  const client = openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' })
  const options = { endpoint: 'waste', dataset: 'waste@2', split: 'test', output: folder } as const
  return { asked, folder, printed: () => printed.join(''), done: predictDataset(client, options, output) }
}

test('the results of a data set version lie in the folder', async () => {
  const { asked, folder, printed, done } = await run(batch('succeeded', 0))
  await done
  expect(asked[0]).toBe('POST /v1/endpoints/waste/batch {"dataset":"waste@2","split":"test"}')
  for (const name of ['results.jsonl', 'results.csv']) {
    expect(await readFile(join(folder, name), 'utf8')).toBe(RESULTS)
  }
  expect(printed()).toContain('3 images, 0 without an answer')
})

test('an image without an answer is named once the results are there', async () => {
  const { folder, done } = await run(batch('succeeded', 1))
  await expect(done).rejects.toMatchObject({
    message: '1 of 3 images got no answer.',
    errors: [{ path: 'glass/2.txt', code: 'image_type_unsupported', message: 'It is no image.' }],
  })
  expect(await readFile(join(folder, 'results.csv'), 'utf8')).toBe(RESULTS)
})

test('a batch that fails is told with its reason', async () => {
  const { done } = await run(batch('failed', 1, { code: 'model_corrupt', message: 'No model loads.' }))
  await expect(done).rejects.toThrow('No model loads.')
})
