import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openClient } from '../client.ts'
import { openOutput } from '../terminal.ts'
import { serve } from '../test-server.ts'
import { predictArchive } from './predict-archive.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-archive-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

/** A platform whose batch has ended at once; the bytes that it was sent. */
async function send(source: string): Promise<{ path: string; body: Buffer }> {
  let sent = { path: '', body: Buffer.alloc(0) }
  const batch = { id: 'batch_1', status: 'succeeded', progress: { images: 2, done: 2, failed: 0 } }
  const url = await serve(async (request, response) => {
    if (request.method === 'POST') sent = { path: request.url ?? '', body: await buffer(request) }
    if (request.url?.includes('/files/')) response.end('results')
    else response.end(JSON.stringify({ ...batch, finished_at: '2026-01-01T00:00:00.000Z' }))
  })
  const quiet = { write: () => true, isTTY: false, columns: 80 }
  const options = { endpoint: 'waste', output: join(folder, 'results') }
  await predictArchive(
    openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }),
    source,
    options,
    openOutput(false, quiet, quiet),
  )
  return sent
}

test('a folder travels as an archive of its files, and the results lie where they are wanted', async () => {
  const photos = join(folder, 'photos')
  await mkdir(join(photos, 'below'), { recursive: true })
  await writeFile(join(photos, 'b.jpg'), 'bytes of b')
  await writeFile(join(photos, 'below', 'a.jpg'), 'bytes of a')
  await writeFile(join(photos, '.hidden'), 'left out')
  const { path, body } = await send(photos)
  expect(path).toBe('/v1/endpoints/waste/batch')
  const files: Record<string, string> = {}
  const archive = extract()
  archive.end(body)
  for await (const entry of archive) files[entry.header.name] = await text(entry)
  expect(files).toEqual({ 'b.jpg': 'bytes of b', 'below/a.jpg': 'bytes of a' })
  expect(await readFile(join(folder, 'results', 'results.csv'), 'utf8')).toBe('results')
})

test('an archive travels as it is', async () => {
  const file = join(folder, 'photos.zip')
  await writeFile(file, 'any bytes')
  expect((await send(file)).body.toString()).toBe('any bytes')
})

test('an empty folder is refused before anything is sent', async () => {
  await mkdir(join(folder, 'empty'))
  await expect(send(join(folder, 'empty'))).rejects.toMatchObject({ code: 'not_found' })
})

test('where the results cannot lie is told before anything is sent', async () => {
  const file = join(folder, 'photos.zip')
  await writeFile(file, 'any bytes')
  let isAsked = false
  const url = await serve((_, response) => {
    isAsked = true
    response.end('{}')
  })
  const quiet = { write: () => true, isTTY: false, columns: 80 }
  const client = openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' })
  const work = predictArchive(
    client,
    file,
    { endpoint: 'waste', output: file },
    openOutput(false, quiet, quiet),
  )
  await expect(work).rejects.toMatchObject({ code: 'EEXIST' })
  expect(isAsked).toBe(false)
})
