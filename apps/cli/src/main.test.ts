// The command as a user runs it: a process with its two streams and its exit status, against a real HTTP server.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf, serve } from './test-server.ts'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'graft-cli-'))
  await mkdir(join(work, 'Waste', 'glass'), { recursive: true })
  await writeFile(join(work, 'Waste', 'glass', '1.jpg'), 'one')
  await writeFile(join(work, 'Waste', 'glass', '2.jpg'), 'two')
})
afterAll(() => rm(work, { recursive: true }))

async function graft(url: string, ...words: string[]) {
  const env = { PATH: process.env.PATH, GRAFT_URL: url, GRAFT_API_KEY: 'key' }
  const main = join(import.meta.dirname, 'main.ts')
  return await promisify(execFile)(process.execPath, [main, ...words], { cwd: work, env }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({
      status: code as number,
      stdout: stdout as string,
      stderr: stderr as string,
    }),
  )
}

test('a command line that cannot be read ends with 2, a refusal with 1 and its reasons', async () => {
  const fault = { path: 'hyperparameters.speed', code: 'unrecognized_keys', message: 'There is no speed.' }
  const url = await serve((_, response) =>
    response.writeHead(400).end(JSON.stringify(problemOf('invalid_request', [fault]))),
  )
  const [usage, refused] = await Promise.all([
    graft(url, 'train', 'waste', '--recipe', 'best'),
    graft(url, 'train', 'waste', '--set', 'speed=3'),
  ])
  expect(usage).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('auto, seed, scratch'),
  })
  expect(refused).toEqual({
    status: 1,
    stdout: '',
    stderr:
      'error: It is invalid_request. (invalid_request)\n  hyperparameters.speed: There is no speed. (unrecognized_keys)\n',
  })
})

/** A platform that keeps blobs, refuses the first request for each of some paths, and makes versions at once. */
async function serveBlobs(refusedOnce: string[] = []) {
  const blobs = new Map<string, string>()
  const versions: { version: number; archive_sha256: string }[] = []
  const refusals = new Set(refusedOnce)
  const url = await serve(async (request, response) => {
    const path = request.url ?? ''
    let body = ''
    for await (const chunk of request) body += chunk
    if (refusals.delete(body)) {
      response.writeHead(503).end(JSON.stringify(problemOf('overloaded')))
    } else if (path === '/v1/blobs/missing') {
      const { sha256 } = JSON.parse(body) as { sha256: string[] }
      const missing = sha256.filter((hash) => !blobs.has(hash))
      const targets = missing.map((hash) => ({ sha256: hash, url: `/v1/blobs/${hash}`, headers: {} }))
      response.end(JSON.stringify({ missing: targets }))
    } else if (request.method === 'PUT') {
      blobs.set(path.slice('/v1/blobs/'.length), body)
      response.end('{}')
    } else {
      if (request.method === 'POST') {
        const { files } = JSON.parse(body) as { files: { path: string; sha256: string }[] }
        const listing = files.map((file) => `${file.sha256}  ${file.path}\n`).join('')
        const archive_sha256 = createHash('sha256').update(listing).digest('hex')
        versions.push({ version: versions.length + 1, archive_sha256 })
      }
      const latest = versions.at(-1) && {
        ...versions.at(-1),
        dataset: 'waste',
        status: 'ready',
        labels: ['glass'],
        splits: { train: { glass: 2 }, validation: {}, test: {} },
        files: { accepted: 2, rejected: 0, duplicate: 0 },
        error: null,
      }
      if (latest === undefined) response.writeHead(404).end(JSON.stringify(problemOf('not_found')))
      else response.end(JSON.stringify(path === '/v1/datasets/waste' ? { latest } : latest))
    }
  })
  return { url, blobs }
}

test('of a folder only the files travel that the platform does not have', async () => {
  const { url, blobs } = await serveBlobs(['two'])
  const first = await graft(url, 'push', 'Waste')
  expect(first).toMatchObject({ status: 0 })
  expect(first.stdout).toContain('waste@1 is ready: 2 accepted, 0 rejected, 0 duplicate')
  expect(first.stdout).toContain('glass      2           0     0')
  expect([...blobs.values()].sort()).toEqual(['one', 'two'])

  const second = await graft(url, 'push', 'Waste', '--json')
  expect(second.stdout).toBe('{"dataset":"waste","version":1,"uploaded":0,"skipped":2,"status":"ready"}\n')
  await writeFile(join(work, 'Waste', 'glass', '2.jpg'), 'changed')
  const third = await graft(url, 'push', 'Waste', '--json')
  expect(JSON.parse(third.stdout)).toMatchObject({ version: 2, uploaded: 1, skipped: 1 })
})

test('an image that is refused leaves the others their answers', async () => {
  const url = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.method === 'GET') response.end(JSON.stringify({ data: [{ name: 'waste' }], has_more: false }))
    else if (body === 'bad') response.writeHead(422).end(JSON.stringify(problemOf('image_undecodable')))
    else
      response.end(
        JSON.stringify({
          predictions: [{ label: body, confidence: 0.75 }],
          decision: 'accept',
          model: 'waste@1',
        }),
      )
  })
  await writeFile(join(work, 'a.jpg'), 'glass')
  await writeFile(join(work, 'b.jpg'), 'bad')
  const both = await graft(url, 'predict', 'a.jpg', 'b.jpg')
  expect(both).toMatchObject({
    status: 1,
    stdout: 'a.jpg  glass  75.0 %  waste@1\n',
    stderr: expect.stringContaining('  b.jpg: It is image_undecodable. (image_undecodable)'),
  })
  const alone = await graft(url, 'predict', 'a.jpg', '--json')
  expect(JSON.parse(alone.stdout)).toMatchObject({ image: 'a.jpg', predictions: [{ label: 'glass' }] })
})

test('a download whose bytes are not what they should be leaves no file', async () => {
  const files = { 'labels.json': { sha256: '0'.repeat(64), bytes: 2, url: '/file' } }
  const url = await serve((request, response) => {
    response.end(request.url === '/file' ? '[]' : JSON.stringify({ model: 'waste', version: 3, files }))
  })
  const { status, stderr } = await graft(url, 'download', 'waste@3')
  expect(status).toBe(1)
  expect(stderr).toContain('checksum_mismatch')
  await expect(readFile(join(work, 'waste-3', 'labels.json'))).rejects.toThrow('ENOENT')
})

test('the logs of a job are what it has said so far', async () => {
  const event = (id: number, level: string) => ({
    id,
    created_at: '2026-01-01T00:00:00.000Z',
    level,
    message: `m${id}`,
  })
  const url = await serve((request, response) => {
    const isSecond = request.url?.includes('after=1')
    const data = isSecond ? [event(2, 'warn')] : [event(1, 'info')]
    response.end(JSON.stringify({ data, has_more: !isSecond, last_id: '1' }))
  })
  const { stdout } = await graft(url, 'logs', 'ftjob_1')
  expect(stdout).toBe('2026-01-01T00:00:00.000Z  m1\n2026-01-01T00:00:00.000Z  warn: m2\n')
  const json = await graft(url, 'logs', 'ftjob_1', '--json')
  expect(
    json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id),
  ).toEqual([1, 2])
})

test('an export is the whole zip, under the name that the platform gives it', async () => {
  const url = await serve((request, response) => {
    expect(request.url).toBe('/v1/models/waste%403/export.zip?format=onnx')
    response.setHeader('content-disposition', 'attachment; filename="waste-3.zip"')
    response.end('a zip')
  })
  const { stdout } = await graft(url, 'export', 'waste@3')
  expect(stdout).toBe('waste@3 is in waste-3.zip\n')
  expect(await readFile(join(work, 'waste-3.zip'), 'utf8')).toBe('a zip')
})
