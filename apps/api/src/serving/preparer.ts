// Makes inputs of images, as many at once as there are cores: each decoded image is held whole.
import { availableParallelism } from 'node:os'
import type { Preprocessing } from '@graft/core/preprocessing'
import { startThread } from '../thread.ts'
import { createGate, type Lane, type Passed } from './gate.ts'
import type { PrepareQuestion } from './prepare-worker.ts'

export interface Preparer {
  /**
   * The input [3, crop, crop]. An image whose signal has aborted when its turn comes is not decoded.
   * @throws GraftError as `decodeImage`, and the signal's reason
   */
  prepare(
    image: Uint8Array,
    preprocessing: Preprocessing,
    signal?: AbortSignal,
    lane?: Lane,
  ): Promise<Passed<Float32Array>>
  close(): Promise<void>
}

export function createPreparer(width = availableParallelism()): Preparer {
  const start = () =>
    startThread<PrepareQuestion, Float32Array<ArrayBuffer>>(new URL('./prepare-worker.ts', import.meta.url))
  const all = new Set(Array.from({ length: width }, start))
  const idle = [...all]
  const gate = createGate(width)

  /** One that lives: a thread that has ended is replaced by a new one. */
  function take() {
    // The gate lets in as many as there are threads.
    const thread = idle.pop()
    if (thread?.isAlive()) return thread
    if (thread) all.delete(thread)
    const another = start()
    all.add(another)
    return another
  }

  return {
    prepare: (image, preprocessing, signal, lane) =>
      gate(async () => {
        signal?.throwIfAborted()
        const thread = take()
        try {
          return await thread.ask({ image: ownMemory(image), preprocessing })
        } finally {
          idle.push(thread)
        }
      }, lane),
    async close() {
      await Promise.all([...all].map((thread) => thread.close()))
    },
  }
}

/** A message carries all of the memory under a view: with one image of a body of many it would carry the body. */
export function ownMemory(view: Uint8Array): Uint8Array {
  return view.byteLength === view.buffer.byteLength ? view : new Uint8Array(view)
}
