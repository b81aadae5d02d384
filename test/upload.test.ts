// A resumable upload by a client of others (tus-js-client), while either side is killed.
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatasetVersion } from '@graft/core/wire/datasets'
import { Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, tarOf } from './folder.ts'
import { type Platform, startPlatform, until } from './platform.ts'

let work: string
let platform: Platform
let archive: Buffer
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'graft-upload-'))
  archive = tarOf(makeFolder(join(work, 'waste'), ['glass', 'metal'], 60))
  platform = await startPlatform({ data: join(work, 'data') })
})
afterAll(async () => {
  await platform.stop()
  await rm(work, { recursive: true, force: true })
})

interface Seen {
  upload: Upload
  /** The version, once all has arrived. */
  done: Promise<string | undefined>
  /** Called with each offset that the platform has acknowledged. */
  onChunk: (offset: number) => void
}

function upload(options: UploadOptions): Seen {
  const seen = { onChunk: () => {} } as unknown as Seen
  seen.done = new Promise((resolve, reject) => {
    seen.upload = new Upload(archive, {
      headers: { authorization: `Bearer ${platform.key}` },
      metadata: { dataset: 'waste', filename: 'waste.tar' },
      chunkSize: 64 * 1024,
      retryDelays: null,
      onError: reject,
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('graft-version')),
      onChunkComplete: (_, offset) => seen.onChunk(offset),
      ...options,
    })
  })
  seen.done.catch(() => {})
  return seen
}

/** The upload's path, once so many bytes are acknowledged; `then` is called at that moment. */
async function after(seen: Seen, bytes: number, then: () => unknown): Promise<string> {
  await new Promise<void>((resolve) => {
    seen.onChunk = (offset) => {
      if (offset < bytes) return
      seen.onChunk = () => {}
      then()
      resolve()
    }
    seen.upload.start()
  })
  return new URL(seen.upload.url ?? '').pathname
}

async function offsetOf(path: string): Promise<number> {
  const headers = { authorization: `Bearer ${platform.key}`, 'tus-resumable': '1.0.0' }
  const answer = await fetch(platform.url + path, { method: 'HEAD', headers })
  return Number(answer.headers.get('upload-offset'))
}

test('client and platform are killed on the way, and every byte arrives once', async () => {
  const third = Math.floor(archive.length / 3)
  const first = upload({ endpoint: `${platform.url}/v1/uploads` })
  const path = await after(first, third, () => void first.upload.abort())
  expect(await offsetOf(path)).toBeGreaterThanOrEqual(third)

  const second = upload({ uploadUrl: platform.url + path })
  await after(second, 2 * third, () => platform.process.kill('SIGKILL'))
  await expect(second.done).rejects.toThrow()
  platform = await startPlatform({ data: platform.data })
  expect(await offsetOf(path)).toBeGreaterThanOrEqual(2 * third)

  const last = upload({ uploadUrl: platform.url + path })
  last.upload.start()
  expect(await last.done).toBe('1')
  const version = await until(
    () => platform.call<DatasetVersion>('/v1/datasets/waste/versions/1'),
    ({ status }) => status !== 'ingesting',
  )
  expect(version).toMatchObject({
    status: 'ready',
    files: { accepted: 120 },
    archive_sha256: createHash('sha256').update(archive).digest('hex'),
  })
})
