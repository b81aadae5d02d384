// Augmented batches in a fixed order, made by a worker thread some batches ahead of the step that takes them.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Pixels } from '@graft/vision/pixels'

/** Batches made ahead: bridges a slow image without holding much memory. */
const AHEAD = 4

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
  /** Images without cached pixels are shrunk to this shorter side before they are augmented, as cached ones were. */
  shortSide: number
  seed: number
}

export interface Batch {
  /** RGB, [N, size, size, 3] */
  images: Uint8Array
  /** [N] class indices */
  labels: Int32Array
}

export interface Batches {
  /** The next batch; the last of an epoch may be smaller. */
  next(): Promise<Batch>
  close(): Promise<void>
}

/** The same seed gives the same batches, whatever the threads do. */
export function openBatches(settings: BatchSettings): Batches {
  const worker = new Worker(new URL('./batch-worker.ts', import.meta.url), { workerData: settings })
  const ready: Batch[] = []
  let failure: Error | undefined
  worker.on('message', (batch: Batch) => ready.push(batch))
  worker.on('error', (error: Error) => {
    failure = error
  })
  for (let credit = 0; credit < AHEAD; credit += 1) worker.postMessage('make')
  return {
    async next() {
      while (ready.length === 0) {
        if (failure) throw failure
        await once(worker, 'message')
      }
      worker.postMessage('make')
      return ready.shift() as Batch
    },
    async close() {
      await worker.terminate()
    },
  }
}
