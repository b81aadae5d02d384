import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openClient } from './client.ts'
import { problemOf, serve } from './test-server.ts'

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

test('GRAFT_PROJECT names the project to act in', async () => {
  const url = await serve((request, response) =>
    response.end(JSON.stringify(request.headers['graft-project'] ?? null)),
  )
  const env = { GRAFT_URL: url, GRAFT_API_KEY: 'key' }
  expect(await openClient(env).get('/')).toBeNull()
  expect(await openClient({ ...env, GRAFT_PROJECT: 'cats' }).get('/')).toBe('cats')
})

test('a problem becomes an error with its words and code', async () => {
  const errors = [{ path: 'seed', code: 'too_big', message: 'Too big.' }]
  const url = await serve((_, response) =>
    response.writeHead(400).end(JSON.stringify(problemOf('invalid_request', errors))),
  )
  const answer = openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }).get('/')
  await expect(answer).rejects.toMatchObject({
    message: 'It is invalid_request.',
    code: 'invalid_request',
    errors,
  })
})

test('a platform that does not run is named, with what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  const client = openClient({ GRAFT_URL: `http://127.0.0.1:${port}`, GRAFT_API_KEY: 'key' })
  await expect(client.get('/')).rejects.toThrow(
    `http://127.0.0.1:${port} does not answer: connect ECONNREFUSED 127.0.0.1:${port}. Is the platform running? Start it with: ./graft up`,
  )
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

test('an address without its scheme is told so', async () => {
  const answer = openClient({ GRAFT_URL: '127.0.0.1:8080', GRAFT_API_KEY: 'key' }).get('/v1/jobs')
  await expect(answer).rejects.toThrow('GRAFT_URL begins with http:// or https://')
})

test('an answer that is no problem is shown as it came', async () => {
  const url = await serve((_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'))
  const answer = openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }).get('/v1/jobs')
  await expect(answer).rejects.toMatchObject({
    code: 'http_502',
    message: `${url}/v1/jobs answered 502 Bad Gateway: <h1>Bad Gateway</h1>`,
  })
})

test('without a key a 401 says where one was looked for', async () => {
  const url = await serve((_, response) =>
    response.writeHead(401).end(JSON.stringify(problemOf('unauthorized'))),
  )
  const answer = openClient({ GRAFT_URL: url, GRAFT_DATA: '/nowhere' }).get('/')
  await expect(answer).rejects.toThrow('there is no /nowhere/admin-key')
})
