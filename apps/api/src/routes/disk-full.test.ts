// F7: a disk that is full, over HTTP. Needs a small file system of its own, which only root can mount on Linux.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { openStore } from '@graft/store/open-store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../app.ts'
import type { Api } from '../context.ts'
import { problemOf, startTestApi, type TestApi } from '../test-api.ts'

const DISK_BYTES = 1024 ** 2
const folder = mkdtempSync(join(tmpdir(), 'graft-full-'))
const isMounted = mount()

let api: TestApi
let app: Api
let store: ObjectStore
beforeAll(async () => {
  api = await startTestApi()
  mkdirSync(join(folder, 'tmp'))
  store = await openStore(`file:${join(folder, 'store')}`)
  app = createApp({ ...api.context, store, dataFolder: folder })
})
afterAll(async () => {
  await api.close()
  if (isMounted) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true })
})

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const bytesOf = (count: number, seed = '') =>
  createHash('shake256', { outputLength: count }).update(`bytes${seed}`).digest()
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function send(method: string, path: string, body: Uint8Array, headers = {}) {
  const type = { 'content-type': 'application/octet-stream' }
  const authorization = 'Bearer the-admin-key-of-the-test'
  return app.request(path, {
    method,
    headers: { authorization, ...type, ...headers },
    body: new Uint8Array(body),
  })
}
const putBlob = (bytes: Buffer) => send('PUT', `/v1/blobs/${hashOf(bytes)}`, bytes)

test.runIf(isMounted)(
  'a full disk answers 507 store_full, keeps nothing in part, and takes data again',
  async () => {
    const kept = bytesOf(300_000, 'kept')
    expect((await putBlob(kept)).status).toBe(201)

    const large = bytesOf(2 * DISK_BYTES)
    const tar = Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0'), large])
    const form = new FormData()
    form.set('file', new File([large], 'file'))
    const encoded = new Response(form)
    const type = encoded.headers.get('content-type') ?? ''
    for (const answer of [
      await putBlob(large),
      await send('POST', '/v1/models/full/versions', await encoded.bytes(), { 'content-type': type }),
      await send('PUT', '/v1/datasets/full/archive', tar),
      await sendInPieces(tar),
    ]) {
      expect(await problemOf(answer)).toMatchObject({ status: 507, code: 'store_full' })
    }
    expect(await store.size(blobKey(hashOf(large)))).toBeUndefined()
    expect(filesIn(join(folder, 'store'))).toEqual([hashOf(kept)])
    expect(filesIn(join(folder, 'tmp'))).toEqual([])
    expect(await store.read(blobKey(hashOf(kept)))).toEqual(kept)

    const after = bytesOf(300_000, 'after')
    rmSync(join(folder, 'uploads'), { recursive: true, force: true }) // room again
    expect((await putBlob(after)).status).toBe(201)
    expect(await store.read(blobKey(hashOf(after)))).toEqual(after)
  },
)

/** By tus: what has arrived of it stays, as it should, so that it can go on. */
async function sendInPieces(bytes: Buffer): Promise<Response> {
  const tus = { 'tus-resumable': '1.0.0' }
  const metadata = `dataset ${Buffer.from('full').toString('base64')}`
  const made = await send('POST', '/v1/uploads', Buffer.alloc(0), {
    ...tus,
    'upload-length': String(bytes.length),
    'upload-metadata': metadata,
  })
  expect(made.status).toBe(201)
  return await send('PATCH', made.headers.get('location') ?? '', bytes, {
    ...tus,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
  })
}

function filesIn(below: string): string[] {
  return readdirSync(below, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}
