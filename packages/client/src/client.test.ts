// The client against a server of the test's own, which loses, refuses and cuts off what it is told to.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createClient, dataOf } from './client.ts'
import type { JobChange } from './job-events.ts'

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void

/** Gives each request the next answer, and tells what was asked. */
async function serve(...answers: Answer[]) {
  const asked: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
    const answer = answers[asked.length - 1] ?? answers.at(-1)
    answer?.(response, request, body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked, graft: createClient({ url: `${url}/`, apiKey: 'key', delay: 1 }) }
}
const json = (body: unknown, status = 200): Answer => {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
const refuse = (status: number, code: string, headers = {}): Answer => {
  const problem = { type: 'about:blank', title: code, status, code, detail: `It is ${code}.`, errors: [] }
  return (response) =>
    response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify(problem))
}
const lose: Answer = (_, request) => request.socket.destroy()

test('every request names the project that the client was opened for, and none without', async () => {
  const { url, asked, graft } = await serve(json({ data: [] }))
  const inside = createClient({ url, apiKey: 'key', project: 'cats', delay: 1 })
  await inside.http.GET('/v1/models')
  await inside.predict('waste', new Blob(['image']))
  await graft.http.GET('/v1/models')
  expect(asked.map(({ headers }) => headers['graft-project'])).toEqual(['cats', 'cats', undefined])
})

test('a write that is lost or too early is tried again, under one Idempotency-Key', async () => {
  const { graft, asked } = await serve(lose, refuse(503, 'shutting_down'), json({ id: 'ftjob_1' }, 201))
  const job = await graft.train({ training_dataset: 'waste', recipe: 'auto' })
  expect(job.id).toBe('ftjob_1')
  expect(asked).toHaveLength(3)
  expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(asked.map(({ body }) => body)).toEqual(Array(3).fill('{"training_dataset":"waste","recipe":"auto"}'))
  await graft.job('ftjob_1').cancel()
  expect(asked[3]?.headers['idempotency-key']).not.toBe(asked[0]?.headers['idempotency-key'])
  expect(asked[3]?.headers.authorization).toBe('Bearer key')
})

test('a refusal that will not change is not tried again, and tells its code', async () => {
  const { graft, asked } = await serve(refuse(404, 'not_found'))
  await expect(graft.job('ftjob_9').read()).rejects.toMatchObject({
    name: 'RequestError',
    status: 404,
    code: 'not_found',
    message: 'It is not_found.',
  })
  const answer = await graft.http.GET('/v1/models/{reference}', { params: { path: { reference: 'a@1' } } })
  expect(() => dataOf(answer)).toThrow('It is not_found.')
  expect(asked).toHaveLength(2)
})

test('an answer without a body is no refusal', async () => {
  const { graft } = await serve((response) => response.writeHead(204).end())
  const answer = await graft.http.DELETE('/v1/keys/{id}', { params: { path: { id: 'key_1' } } })
  expect(dataOf(answer)).toBeUndefined()
})

test('an archive is sent again from its Blob; a stream is sent once', async () => {
  const { graft, asked } = await serve(lose, json({ dataset: 'waste', version: 1 }, 202), lose)
  const version = await graft.upload('waste', new Blob(['an archive'], { type: 'application/x-tar' }))
  expect(version.version).toBe(1)
  expect(asked.map(({ body }) => body)).toEqual(['an archive', 'an archive'])
  expect(asked[1]?.headers['content-type']).toBe('application/x-tar')
  const stream = new Blob(['a stream']).stream()
  await expect(graft.upload('waste', stream)).rejects.toMatchObject({ code: 'unreachable' })
  expect(asked.slice(2)).toMatchObject([
    { method: 'PUT', path: '/v1/datasets/waste/archive', body: 'a stream' },
  ])
})

const event = (id: number) =>
  `id: ${id}\nevent: message\ndata: ${JSON.stringify({ id, message: `m${id}` })}\n\n`
const end = (status: string, error: object | null = null) =>
  `event: end\ndata: ${JSON.stringify({ id: 'ftjob_1', status, error })}\n\n`
const progress = `event: progress\ndata: ${JSON.stringify({ phase: 'probe' })}\n\n`

test('the events of a job come once each, over cut connections, and end with the job', async () => {
  const { graft, asked } = await serve(
    (response) => response.write(event(1) + event(2), () => response.destroy()),
    refuse(503, 'shutting_down'),
    (response) => response.end(`: ping\n\n${event(3)}`),
    (response) => response.end(progress + event(4) + end('succeeded')),
  )
  const changes: JobChange[] = []
  for await (const change of graft.job('ftjob_1').events()) changes.push(change)
  expect(changes.map((change) => (change.type === 'event' ? change.event.id : change.type))).toEqual([
    ...[1, 2, 3],
    ...['progress', 4, 'end'],
  ])
  expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual(['0', '2', '2', '3'])
})

test('the result of a job is the job, or the reason for which it failed', async () => {
  const { graft } = await serve(
    (response) => response.end(end('succeeded')),
    (response) => response.end(end('failed', { code: 'diverged', message: 'NaN' })),
    refuse(404, 'not_found'),
  )
  const job = graft.job('ftjob_1')
  expect(await job.result()).toMatchObject({ status: 'succeeded' })
  await expect(job.result()).rejects.toMatchObject({ code: 'diverged', message: 'NaN' })
  await expect(job.result()).rejects.toMatchObject({ code: 'not_found' })
})

test('who follows a job may leave, and may stop waiting', async () => {
  const { graft } = await serve((response) => response.write(event(1)))
  for await (const change of graft.job('ftjob_1').events()) if (change.type === 'event') break
  const stop = new AbortController()
  const following = (async () => {
    for await (const _ of graft.job('ftjob_1').events({ signal: stop.signal }))
      stop.abort(new Error('enough'))
  })()
  await expect(following).rejects.toThrow('enough')
})

test('pieces go on where the platform says that they end', async () => {
  const archive = new Blob(['x'.repeat(9 * 2 ** 20)])
  let received = 0
  const take: Answer = (response, request, body) => {
    received = Number(request.headers['upload-offset']) + body.length
    const sealed = received === archive.size && { 'graft-dataset': 'waste', 'graft-version': '3' }
    response.writeHead(204, { 'upload-offset': String(received), ...sealed }).end()
  }
  const loseAnswer: Answer = (_, request, body) => {
    received = Number(request.headers['upload-offset']) + body.length
    request.socket.destroy()
  }
  const tell: Answer = (response) => response.writeHead(200, { 'upload-offset': String(received) }).end()
  const { graft, asked } = await serve(
    (response) => response.writeHead(201, { location: '/v1/uploads/up_1' }).end(),
    take,
    loseAnswer,
    refuse(409, 'offset_mismatch'),
    tell,
    take,
  )
  const progress: number[] = []
  const made = await graft.uploadInPieces('waste', archive, {
    filename: 'waste.zip',
    onProgress: (sent) => progress.push(sent),
  })
  expect(made).toEqual({ dataset: 'waste', version: 3 })
  expect(progress).toEqual([4, 8, 9].map((mebibytes) => mebibytes * 2 ** 20))
  expect(asked[0]?.headers['upload-metadata']).toBe('dataset d2FzdGU=,filename d2FzdGUuemlw')
  expect(asked.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH', 'PATCH', 'HEAD', 'PATCH'])
})
