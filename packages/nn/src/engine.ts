// The training engine: the one file that loads TensorFlow, through the binding of @tensorflow/tfjs-node-gpu.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import util from 'node:util'
import { GraftError } from '@graft/core/errors'

/** The part of tfjs-node's binding that runs whole graphs. Calls block, and tensors are freed by hand. */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, data: Float32Array | Int32Array | Uint8Array): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array
  loadSavedModel(folder: string, tag: string): number
  deleteSavedModel(id: number): void
  runSavedModel(id: number, inputs: readonly number[], feeds: string, fetches: string): { id: number }[]
  isUsingGpuDevice(): boolean
  TF_FLOAT: number
  TF_INT32: number
  TF_UINT8: number
  TF_Version: string
}

const require = createRequire(import.meta.url)
let binding: Binding | undefined

/** Whether TensorFlow is installed under the package: `./graft setup` does it. Loads nothing. */
export function engineAvailable(): boolean {
  const folder = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  return existsSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'))
}

/**
 * Loads TensorFlow into this process, once.
 *
 * @throws GraftError `engine_unavailable`
 */
export function loadEngine(): Binding {
  if (binding !== undefined) return binding
  if (!engineAvailable()) {
    throw new GraftError('engine_unavailable', 'TensorFlow is not installed here: run ./graft setup.')
  }
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1'
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_NUM_INTRAOP_THREADS ??= String(availableParallelism())
  // The package calls two helpers that Node has dropped.
  const legacy = util as { isNullOrUndefined?: (x: unknown) => boolean; isArray?: (x: unknown) => boolean }
  legacy.isNullOrUndefined ??= (x) => x === null || x === undefined
  legacy.isArray ??= Array.isArray
  try {
    binding = require('@tensorflow/tfjs-node-gpu').backend().binding as Binding
  } catch (error) {
    const message = `TensorFlow does not load: ${(error as Error).message}. Run ./graft setup.`
    throw new GraftError('engine_unavailable', message, [], { cause: error })
  }
  return binding
}

/** @example 'tensorflow 2.21.0 cpu' */
export function engineName(): string {
  const { TF_Version, isUsingGpuDevice } = loadEngine()
  return `tensorflow ${TF_Version} ${isUsingGpuDevice() ? 'gpu' : 'cpu'}`
}
