// A graph in TensorFlow: loaded, run, and freed, with out-of-memory told from other faults.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { type Binding, loadEngine } from './engine.ts'
import { TAG } from './tensorflow-proto.ts'

export interface LoadedGraph {
  /**
   * The data of the fetched nodes. Blocks; everything that was fed or fetched is freed.
   *
   * @param feeds tensors by the names of their placeholders; don't change an array before the call is back
   * @throws GraftError `out_of_memory`
   */
  run(feeds: Record<string, Feed>, fetches: readonly string[]): Float32Array[]
  close(): void
}

export interface Feed {
  shape: readonly number[]
  data: Float32Array | Int32Array | Uint8Array
}

/** @throws GraftError `engine_unavailable` */
export function loadGraph(savedModel: Uint8Array): LoadedGraph {
  const engine = loadEngine()
  const session = load(engine, savedModel)
  const tensor = ({ shape, data }: Feed) => {
    const { TF_FLOAT, TF_INT32, TF_UINT8 } = engine
    const dtype = data instanceof Float32Array ? TF_FLOAT : data instanceof Int32Array ? TF_INT32 : TF_UINT8
    return engine.createTensor(shape, dtype, data)
  }
  return {
    run(feeds, fetches) {
      const ids: number[] = []
      try {
        for (const feed of Object.values(feeds)) ids.push(tensor(feed))
        const outputs = fetches.map((fetch) => `${fetch}:0`).join()
        return engine.runSavedModel(session, ids, Object.keys(feeds).join(), outputs).map(({ id }) => {
          // tensorDataSync's array belongs to the tensor.
          const data = Float32Array.from(engine.tensorDataSync(id))
          engine.deleteTensor(id)
          return data
        })
      } catch (error) {
        if (!isOutOfMemory(error)) throw error
        throw new GraftError('out_of_memory', undefined, [], { cause: error })
      } finally {
        for (const id of ids) engine.deleteTensor(id)
      }
    },
    close: () => engine.deleteSavedModel(session),
  }
}

/**
 * Whether an error is TensorFlow's for memory that it could not get, on a GPU or from the system. Where the system
 * promises more than it has, as Linux does, it ends the process instead, and no error is seen at all.
 */
export function isOutOfMemory(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  return /RESOURCE_EXHAUSTED|OOM when allocating|bad_alloc|failed to allocate|OUT_OF_MEMORY/i.test(message)
}

function load(engine: Binding, savedModel: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'graft-graph-'))
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel)
    return engine.loadSavedModel(folder, TAG)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
