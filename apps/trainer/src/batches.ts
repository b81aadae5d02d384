// Augmented batches in a fixed order, made by worker threads some batches ahead of the step that takes them.
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, GraftError } from '@graft/core/errors'
import type { Pixels } from '@graft/vision/pixels'

/** More threads than this would only take the cores from the step. */
const MOST_THREADS = 4
/** Batches that each thread makes ahead: bridges a slow image without holding much memory. */
const AHEAD = 2

export interface BatchSettings {
  /** A location that `openStore` takes: images without cached pixels are read from it again. */
  store: string
  images: { sha256: string; label: number; pixels: Pixels | undefined }[]
  batchSize: number
  /** From 1: those before are passed over. */
  firstEpoch: number
  epochs: number
  /** Sides of the augmented images in pixels. */
  size: number
  scaleMin: number
  /** Magnitude of RandAugment; 0: without it. */
  randAugment: number
  /** The alpha of the shares by which the images of a batch are mixed; 0: they are not. */
  mixup: number
  /** Images without cached pixels are shrunk to this shorter side before they are augmented, as cached ones were. */
  shortSide: number
  seed: number
}

/** What one of the threads is given: it makes every `threads`-th batch, from the `thread`-th (from 0) on. */
export interface BatchThread extends BatchSettings {
  thread: number
  threads: number
}

export interface Batch {
  /** RGB, [N, size, size, 3] */
  images: Uint8Array
  /** [N] class indices */
  labels: Int32Array
  /** The share of each image where it is mixed with the one before it, in [0.5, 1]. */
  mix: number
}

export interface Batches {
  /** The next batch; the last of an epoch may be smaller. */
  next(): Promise<Batch>
  close(): Promise<void>
}

/** The same seed gives the same batches, whatever the threads do. */
export function openBatches(settings: BatchSettings): Batches {
  const threads = Math.min(availableParallelism(), MOST_THREADS)
  const lines = Array.from({ length: threads }, (_, thread) => openLine({ ...settings, thread, threads }))
  let taken = 0
  return {
    async next() {
      const line = lines[taken % threads] as Batches
      taken += 1
      return await line.next()
    },
    async close() {
      await Promise.all(lines.map((line) => line.close()))
    },
  }
}

/** The batches of one thread. */
function openLine(settings: BatchThread): Batches {
  const worker = new Worker(new URL('./batch-worker.ts', import.meta.url), { workerData: settings })
  const ready: Batch[] = []
  let failure: Error | undefined
  worker.on('message', (batch: Batch) => ready.push(batch))
  worker.on('error', (error: Error) => {
    failure = withClass(error)
  })
  for (let credit = 0; credit < AHEAD; credit += 1) worker.postMessage('make')
  return {
    async next() {
      while (ready.length === 0) {
        if (failure) throw failure
        await once(worker, 'message').catch((error: Error) => Promise.reject(withClass(error)))
      }
      worker.postMessage('make')
      return ready.shift() as Batch
    },
    async close() {
      await worker.terminate()
    },
  }
}

/** The way from a thread takes an error's class, by which a fault of the store is told from one of ours. */
function withClass(error: Error & { code?: ErrorCode }): Error {
  return error.name === 'GraftError'
    ? new GraftError(error.code ?? 'internal', error.message, [], { cause: error })
    : error
}
