import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openClient } from './client.ts'
import { followJob } from './follow-job.ts'
import type { Output } from './terminal.ts'

let server: Server | undefined
afterEach(() => server?.close())

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('the key is GRAFT_API_KEY, or the admin key in the data folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graft-data-'))
  await writeFile(join(folder, 'admin-key'), 'from-folder\n')
  const url = await serve((request, response) => response.end(JSON.stringify(request.headers.authorization)))
  expect(await openClient({ GRAFT_URL: `${url}/`, GRAFT_DATA: folder }).get('/')).toBe('Bearer from-folder')
  expect(await openClient({ GRAFT_URL: url, GRAFT_DATA: folder, GRAFT_API_KEY: 'given' }).get('/')).toBe(
    'Bearer given',
  )
  await rm(folder, { recursive: true })
})

test('a problem becomes an error with its words and code', async () => {
  const errors = [{ path: 'seed', code: 'too_big', message: 'Too big.' }]
  const problem = {
    type: 'about:blank',
    title: 'x',
    status: 400,
    code: 'invalid_request',
    detail: 'No.',
    errors,
  }
  const url = await serve((_, response) => response.writeHead(400).end(JSON.stringify(problem)))
  const answer = openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }).get('/')
  await expect(answer).rejects.toMatchObject({ message: 'No.', problem: { code: 'invalid_request', errors } })
})

test('a platform that does not run is named, with what to do', async () => {
  const client = openClient({ GRAFT_URL: 'http://127.0.0.1:9', GRAFT_API_KEY: 'key' })
  await expect(client.get('/')).rejects.toThrow(/127\.0\.0\.1:9 does not answer .* graft up/)
})

test('a list is read page by page', async () => {
  const url = await serve((request, response) => {
    const after = new URL(request.url ?? '', 'http://x').searchParams.get('after')
    const page =
      after === 'b' ? { data: ['c'], has_more: false } : { data: ['a', 'b'], has_more: true, last_id: 'b' }
    response.end(JSON.stringify(page))
  })
  const rows = []
  for await (const row of openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }).list('/rows')) rows.push(row)
  expect(rows).toEqual(['a', 'b', 'c'])
})

test('a job is followed over a broken stream, from the event after the last one seen', async () => {
  const asked: (string | undefined)[] = []
  const event = (id: number) =>
    `id: ${id}\nevent: message\ndata: ${JSON.stringify({ level: 'info', message: `m${id}` })}\n\n`
  const url = await serve((request, response) => {
    asked.push(request.headers['last-event-id'] as string)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (asked.length === 1) {
      response.write(event(1) + event(2))
      setTimeout(() => response.destroy(), 50)
    } else {
      response.end(
        `${event(3)}event: end\ndata: ${JSON.stringify({ id: 'ftjob_1', status: 'succeeded' })}\n\n`,
      )
    }
  })
  const notes: string[] = []
  const output: Output = {
    json: false,
    print: () => {},
    progress: () => {},
    note: (line) => notes.push(line),
  }
  const job = await followJob(openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }), 'ftjob_1', output)
  expect(job.status).toBe('succeeded')
  expect(notes).toEqual(['m1', 'm2', 'm3'])
  expect(asked).toEqual(['0', '2'])
})
