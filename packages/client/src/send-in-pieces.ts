// Sends an archive in pieces, by tus 1.0: its progress is known, and what breaks goes on where it was.
import { errorOf, RequestError } from './request-error.ts'
import { type RetryOptions, withRetries } from './retry.ts'

/** Bytes of a piece: what is sent anew when a connection breaks, and the steps in which progress is told. */
const PIECE = 4 * 2 ** 20
const TUS = { 'tus-resumable': '1.0.0' }

export interface PieceOptions {
  /** Hears how many bytes have arrived. */
  onProgress?: (sent: number) => void
  signal?: AbortSignal
}

interface Connection {
  url: string
  /** Headers that say who asks. */
  identity: Record<string, string>
  retry: RetryOptions
}

/**
 * @returns the version that the archive has become; its files are judged afterwards
 * @throws RequestError
 */
export async function sendInPieces(
  { url, identity, retry }: Connection,
  target: { dataset: string; filename: string },
  archive: Blob,
  { onProgress, signal }: PieceOptions = {},
): Promise<{ dataset: string; version: number }> {
  const send = async (address: string, method: string, headers: Record<string, string>, body?: Blob) => {
    const init = { method, headers: { ...identity, ...TUS, ...headers }, ...(signal && { signal }) }
    const make = () => new Request(new URL(address, url), { ...init, ...(body && { body }) })
    return await withRetries(make, retry)
  }
  const metadata = Object.entries(target).map(([name, value]) => `${name} ${toBase64(value)}`)
  const made = await send('/v1/uploads', 'POST', {
    'upload-length': String(archive.size),
    'upload-metadata': metadata.join(','),
  })
  if (!made.ok) throw await errorOf(made)
  const address = made.headers.get('location') ?? ''
  for (let offset = 0; ; ) {
    const piece = archive.slice(offset, offset + PIECE)
    const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }
    let answer = await send(address, 'PATCH', headers, piece)
    // A piece arrived whose answer was lost: the platform tells where it is.
    if (answer.status === 409) answer = await send(address, 'HEAD', {})
    if (!answer.ok) throw await errorOf(answer)
    offset = Number(answer.headers.get('upload-offset'))
    onProgress?.(offset)
    const version = answer.headers.get('graft-version')
    if (version !== null) return { dataset: target.dataset, version: Number(version) }
    if (offset >= archive.size)
      throw new RequestError(0, 'body_incomplete', 'The upload ended without a version.')
  }
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
