// Sends the bytes of files that a platform does not have yet.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RequestError } from '@graft/client/request-error'
import { GraftError } from '@graft/core/errors'
import type { BlobTargets } from '@graft/core/wire/datasets'
import { type Client, isTransient } from './client.ts'
import type { HashedFile } from './hash-folder.ts'
import { inParallel } from './in-parallel.ts'

const HASHES_AT_ONCE = 5000
const UPLOADS_AT_ONCE = 8
/** Milliseconds before a request is tried again that was not answered, or told to come later. */
const RETRY_AFTER = [500, 1000, 2000, 4000, 8000]

type Target = BlobTargets['missing'][number]

/**
 * The files whose bytes are missing there, one for each hash, with where to send them. To ask is to claim: what is not
 * among the answers stays there for a day.
 */
export async function missingFiles(
  client: Client,
  files: readonly HashedFile[],
): Promise<{ file: HashedFile; target: Target }[]> {
  const byHash = new Map(files.map((file) => [file.sha256, file]))
  const hashes = [...byHash.keys()]
  const found: { file: HashedFile; target: Target }[] = []
  for (let start = 0; start < hashes.length; start += HASHES_AT_ONCE) {
    const sha256 = hashes.slice(start, start + HASHES_AT_ONCE)
    const { missing } = await client.send<BlobTargets>('POST', '/v1/blobs/missing', { sha256 })
    for (const target of missing) {
      const file = byHash.get(target.sha256)
      if (file) found.push({ file, target })
    }
  }
  return found
}

/**
 * Several at a time. A file that is too large for the platform stays here: the version lists it as rejected.
 * @param sent is told of each file that has arrived
 * @throws GraftError `checksum_mismatch` for a file that has changed since it was hashed
 */
export async function sendFiles(
  client: Client,
  folder: string,
  missing: readonly { file: HashedFile; target: Target }[],
  sent: (file: HashedFile) => void,
): Promise<void> {
  await inParallel(missing, UPLOADS_AT_ONCE, async ({ file, target }) => {
    const body = await readFile(join(folder, file.path))
    if (body.length !== file.bytes) throw changed(file)
    try {
      await persistently(() => put(client, target, body))
      sent(file)
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      if (error.code === 'checksum_mismatch') throw changed(file)
      if (error.code !== 'image_too_large') throw error
    }
  })
}

function changed({ path }: HashedFile): GraftError {
  return new GraftError('checksum_mismatch', `${path} has changed while it was pushed: push again.`)
}

/** To the store itself where the target is an address of its own; where that is not reached from here, to the platform. */
async function put(client: Client, { sha256, url, headers }: Target, body: Buffer): Promise<void> {
  const init = { method: 'PUT', body: new Uint8Array(body) }
  if (!url.startsWith('/')) {
    const answer = await fetch(url, { ...init, headers }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
  }
  const type = { 'content-type': 'application/octet-stream' }
  const answer = await client.request(`/v1/blobs/${sha256}`, { ...init, headers: type })
  await answer.body?.cancel()
}

async function persistently(request: () => Promise<void>): Promise<void> {
  for (const wait of RETRY_AFTER) {
    try {
      return await request()
    } catch (error) {
      const isEarly = error instanceof RequestError && (isTransient(error) || error.status === 429)
      if (!isEarly) throw error
      await sleep(wait)
    }
  }
  await request()
}
