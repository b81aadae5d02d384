// The bytes of an upload that arrives in pieces: a file that only grows, with one writer at a time.
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { GraftError } from '@graft/core/errors'
import { untilAborted } from '../streamed-body.ts'

/**
 * What has arrived is the file's length, so the offset is true whoever was killed. The folder is on a disk of this
 * process: where several run behind one address, the requests of an upload must reach the same one.
 */
export interface UploadFiles {
  size(id: string): Promise<number>
  /**
   * Adds the body at the offset, up to `most` bytes in all; a writer that is there already is stopped, for it belongs to
   * a connection that its sender has given up. What has arrived stays, also when the body fails.
   * @returns the bytes that are there now
   * @throws GraftError `offset_mismatch`, `payload_too_large`, `store_full`, and what the body throws
   */
  append(id: string, offset: number, most: number, body: AsyncIterable<Uint8Array>): Promise<number>
  /** Runs alone: no bytes are added meanwhile. */
  alone<T>(id: string, work: () => Promise<T>): Promise<T>
  /** To be destroyed by who opens it. */
  read(id: string): Readable
  remove(id: string): Promise<void>
  list(): Promise<string[]>
}

export function openUploadFiles(folder: string): UploadFiles {
  const place = (id: string) => join(folder, id)
  const turns = new Map<string, { stop: AbortController; ended: Promise<unknown> }>()

  /** Who comes stops who is there, and waits for its end. */
  async function alone<T>(id: string, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const before = turns.get(id)
    before?.stop.abort(new GraftError('body_incomplete', 'Another request went on with the upload.'))
    const stop = new AbortController()
    const ended = (before?.ended ?? Promise.resolve()).then(() => work(stop.signal))
    const turn = { stop, ended: ended.catch(() => {}) }
    turns.set(id, turn)
    try {
      return await ended
    } finally {
      if (turns.get(id) === turn) turns.delete(id)
    }
  }

  async function size(id: string): Promise<number> {
    return await stat(place(id)).then(({ size }) => size, ifMissing(0))
  }

  return {
    size,
    alone,
    append: (id, offset, most, body) =>
      alone(id, async (stop) => {
        const found = await size(id)
        if (found !== offset) {
          throw new GraftError('offset_mismatch', `The upload is at ${found} bytes, not at ${offset}.`)
        }
        await mkdir(folder, { recursive: true })
        const file = await open(place(id), 'a')
        let bytes = offset
        try {
          for await (const chunk of untilAborted(body, stop)) {
            if (bytes + chunk.byteLength > most) {
              throw new GraftError(
                'payload_too_large',
                `The upload is longer than its Upload-Length, ${most}.`,
              )
            }
            await file.writeFile(chunk)
            bytes += chunk.byteLength
          }
          return bytes
        } catch (error) {
          throw isFull(error)
            ? new GraftError('store_full', 'The disk for uploads is full.', [], { cause: error })
            : error
        } finally {
          await file.sync().finally(() => file.close())
        }
      }),
    read: (id) => createReadStream(place(id)),
    remove: (id) => rm(place(id), { force: true }),
    list: () => readdir(folder).catch(ifMissing([])),
  }
}

/** Whether a write has failed because its disk has no room. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
}

function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead
    throw error
  }
}
