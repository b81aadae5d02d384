// The images that a bulk prediction asks about, in their order: those of a data set version, or the files of an archive.
import { createHash } from 'node:crypto'
import { GraftError, isGraftError } from '@graft/core/errors'
import type { BatchLine } from '@graft/core/wire/batches'
import { manifestSchema } from '@graft/core/wire/datasets'
import type { Batch } from '@graft/db/batches'
import { blobKey } from '@graft/store/object-store'
import type { Context } from '../context.ts'
import { readStoredArchive } from '../datasets/stored-archive.ts'
import { archiveKey } from './results.ts'

type Parts = Pick<Context, 'store' | 'dataFolder'>

export interface BatchImage {
  /** What its line begins with. */
  of: Pick<BatchLine, 'path' | 'split' | 'label' | 'sha256'>
  /** Or the fault that stands for it. */
  content: () => Promise<Buffer | GraftError>
  /** Held in memory already. */
  bytes: number
}

/** From the `done`-th on. */
export function imagesOf(parts: Parts, batch: Batch, signal: AbortSignal): AsyncGenerator<BatchImage> {
  return batch.archiveType === null ? ofVersion(parts, batch) : ofArchive(parts, batch, signal)
}

async function* ofVersion({ store }: Parts, { manifestKey, split, done }: Batch): AsyncGenerator<BatchImage> {
  const manifest = manifestSchema.parse(JSON.parse(String(await store.read(manifestKey ?? ''))))
  const images = manifest.images.filter((image) => split === null || image.split === split)
  for (const { path, split, label, sha256 } of images.slice(done)) {
    const content = () =>
      store.read(blobKey(sha256)).catch((error: unknown) => {
        // The version, and then its images, may have been deleted meanwhile.
        if (isGraftError(error, 'not_found')) return error
        throw error
      })
    yield { of: { path, split, label, sha256 }, content, bytes: 0 }
  }
}

/** An archive has no index of its own, so what was done before is read past. */
async function* ofArchive(parts: Parts, batch: Batch, signal: AbortSignal): AsyncGenerator<BatchImage> {
  let place = 0
  for await (const { path, bytes, error } of filesOf(parts, batch, signal)) {
    signal.throwIfAborted()
    place += 1
    if (place <= batch.done) continue
    const content = error ?? (await bytes())
    const sha256 = error
      ? null
      : createHash('sha256')
          .update(content as Buffer)
          .digest('hex')
    const held = error ? 0 : (content as Buffer).length
    yield { of: { path, split: null, label: null, sha256 }, content: async () => content, bytes: held }
  }
}

/**
 * Reads the whole archive before anything is asked, so that one that is refused costs no prediction.
 * @throws GraftError `archive_*`, and `too_few_images` where it has no file
 */
export async function countFiles(parts: Parts, batch: Batch, signal: AbortSignal): Promise<number> {
  let count = 0
  for await (const { bytes, error } of filesOf(parts, batch, signal)) {
    signal.throwIfAborted()
    if (!error) await bytes()
    count += 1
  }
  if (count === 0) throw new GraftError('too_few_images', 'The archive has no file.')
  return count
}

function filesOf(parts: Parts, { id, archiveType }: Batch, signal: AbortSignal) {
  if (archiveType === null) throw new Error(`${id} has no archive`)
  return readStoredArchive(parts, { key: archiveKey(id), type: archiveType }, signal)
}
