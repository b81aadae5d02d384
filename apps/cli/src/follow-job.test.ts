import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { openClient } from './client.ts'
import { followJob } from './follow-job.ts'
import type { Output } from './terminal.ts'
import { problemOf, serve } from './test-server.ts'

const event = (id: number, level = 'info') =>
  `id: ${id}\nevent: message\ndata: ${JSON.stringify({ level, message: `m${id}`, data: {} })}\n\n`
const progress = `event: progress\ndata: ${JSON.stringify({ phase: 'probe', epoch: 0, epochs: 3, step: 0, steps: 9, loss: null, images_per_second: null, eta_seconds: null })}\n\n`
const end = `event: end\ndata: ${JSON.stringify({ id: 'ftjob_1', status: 'succeeded' })}\n\n`

/** Follows against a server that gives each connection the next answer. */
async function follow(answers: ((response: ServerResponse, request: IncomingMessage) => void)[]) {
  const asked: (string | undefined)[] = []
  const url = await serve((request, response) => {
    asked.push(request.headers['last-event-id'] as string)
    answers[asked.length - 1]?.(response, request)
  })
  const notes: string[] = []
  const shown: string[] = []
  const output: Output = {
    json: false,
    print: () => {},
    progress: (line) => shown.push(line),
    note: (line) => notes.push(line),
  }
  const client = openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' })
  const job = await followJob(client, 'ftjob_1', output)
  return { job, notes, shown, asked }
}

test('messages are noted, progress replaces itself, and the end is the job', async () => {
  const { job, notes, shown } = await follow([
    (response) => response.end(`: ping\n\n${event(1)}${progress}${event(2, 'warn')}${end}`),
  ])
  expect(job).toEqual({ id: 'ftjob_1', status: 'succeeded' })
  expect(notes).toEqual(['m1', 'warn: m2'])
  expect(shown).toEqual(['probe'])
})

test('a stream that is cut, refused for now or ended early is asked for again after the last event', async () => {
  const { notes, asked } = await follow([
    (response) => response.write(event(1) + event(2), () => response.destroy()),
    (response) => response.writeHead(503).end(JSON.stringify(problemOf('shutting_down'))),
    (response) => response.end(event(3)),
    (response) => response.end(event(4) + end),
  ])
  expect(notes).toEqual(['m1', 'm2', 'm3', 'm4'])
  expect(asked).toEqual(['0', '2', '2', '3'])
})

test('a refusal that will not change is not asked again', async () => {
  const asked = follow([(response) => response.writeHead(404).end(JSON.stringify(problemOf('not_found')))])
  await expect(asked).rejects.toMatchObject({ code: 'not_found' })
})
