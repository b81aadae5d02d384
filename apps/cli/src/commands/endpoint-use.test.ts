// The commands for an endpoint in use: feedback, drift and canaries.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { type Client, openClient } from '../client.ts'
import { type Output, openOutput } from '../terminal.ts'
import { serve } from '../test-server.ts'
import { canary } from './canary.ts'
import { drift } from './drift.ts'
import { feedback, pullFeedback } from './feedback.ts'

/** What a command asks for, and what it prints of the answer. */
async function run(answer: object, command: (client: Client, output: Output) => Promise<void>) {
  const asked: string[] = []
  const url = await serve(async (request, response) => {
    const body = (await buffer(request)).toString()
    asked.push(`${request.method} ${request.url} ${body}`.trim())
    response.end(JSON.stringify(answer))
  })
  const printed: string[] = []
  const write = (text: string | Uint8Array) => printed.push(String(text)) > 0
  const output = openOutput(false, { write }, { write, isTTY: false, columns: 80 })
  await command(openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }), output)
  return { asked, printed: printed.join('').trimEnd().split('\n') }
}

test('feedback names the prediction and the right label, and brings an image along', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graft-feedback-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const image = join(folder, 'photo.jpg')
  await writeFile(image, 'bytes')
  const kept = {
    id: 'pred_1',
    label: 'cat',
    model: 'pets@2',
    predictions: [{ label: 'dog', confidence: 0.6 }],
  }
  const { asked, printed } = await run(kept, (client, output) =>
    feedback(client, 'pets', ['pred_1', 'cat'], { image }, output),
  )
  expect(asked).toEqual([
    'POST /v1/endpoints/pets/feedback {"prediction":"pred_1","label":"cat","image":"Ynl0ZXM="}',
  ])
  expect(printed).toEqual(['pred_1 is cat, where pets@2 said dog'])
})

test('pulled feedback is told by what is new', async () => {
  const pulled = { version: { dataset: 'pets', version: 3 }, added: 4, relabelled: 1, known: 2 }
  const { asked, printed } = await run(pulled, (client, output) =>
    pullFeedback(client, 'sorter', 'pets', output),
  )
  expect(asked).toEqual(['POST /v1/endpoints/sorter/feedback/pull {"dataset":"pets"}'])
  expect(printed).toEqual(['pets@3: 4 images added, 1 relabelled, 2 known before'])
})

test('drift is told with its index, its threshold and what both rest on', async () => {
  const index = { psi: 0.25, threshold: 0.2, status: 'shifted' }
  const none = { psi: null, threshold: null, status: null }
  const models = [
    {
      model: 'pets@2',
      predictions: 150,
      reference: { split: 'test', images: 80 },
      confidence: index,
      labels: index,
    },
    { model: 'pets@1', predictions: 3, reference: null, confidence: none, labels: none },
  ]
  const { asked, printed } = await run({ since: '2027-01-01T00:00:00.000Z', models }, (client, output) =>
    drift(client, 'pets', { since: '2027-01-01T00:00:00Z' }, output),
  )
  expect(asked).toEqual(['GET /v1/endpoints/pets/drift?since=2027-01-01T00%3A00%3A00Z'])
  expect(printed).toEqual([
    'pets@2: 150 predictions beside 80 test images',
    '  confidence  shifted  index 0.250, threshold 0.200',
    '  labels      shifted  index 0.250, threshold 0.200',
    'pets@1: 3 predictions beside nothing to compare with',
  ])
})

test('a canary is started with what is said, shown, and cancelled', async () => {
  const state = {
    model: 'pets@2',
    endpoint: 'pets',
    status: 'rolled_back',
    share: 50,
    reason: 'It failed.',
    steps: [
      { share: 50, answered: 5, failed: 3, compared: 4, disagreed: 1 },
      { share: 100, answered: 0, failed: 0, compared: 0, disagreed: 0 },
    ],
  }
  const started = await run(state, (client, output) =>
    canary(client, 'pets', 'pets@2', { steps: [50, 100], minutes: 5, maxErrors: 0 }, output),
  )
  expect(started.asked).toEqual([
    'POST /v1/endpoints/pets/canary {"model":"pets@2","steps":[50,100],"minutes_per_step":5,"max_error_rate":0}',
  ])
  expect(started.printed).toEqual([
    'pets@2 at pets: rolled back at 50 %. It failed.',
    '   50 %  5 answered, 3 failed, 1 of 4 compared differ',
  ])
  const shown = await run(state, (client, output) => canary(client, 'pets', undefined, {}, output))
  expect(shown.asked).toEqual(['GET /v1/endpoints/pets/canary'])
  const cancelled = await run(state, (client, output) =>
    canary(client, 'pets', undefined, { cancel: true }, output),
  )
  expect(cancelled.asked[0]).toMatch(/^POST \/v1\/endpoints\/pets\/canary\/cancel/)
})
