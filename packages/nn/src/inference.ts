// Runs a network's ONNX file: the one file that knows onnxruntime. Trainer and endpoint ask the same function.
import './no-telemetry.ts'
import { availableParallelism } from 'node:os'
import { GraftError } from '@graft/core/errors'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** `ranges`: only of the network that to-int8.ts observes. */
export type OutputName = 'logits' | 'features' | 'feature_map' | 'ranges'

export interface Inference {
  /** images [N, 3, size, size], normalised -> each asked output, flat, N rows. */
  run<T extends OutputName>(
    images: Float32Array,
    size: number,
    outputs: readonly T[],
  ): Promise<Record<T, Float32Array>>
  close(): Promise<void>
}

/** @throws GraftError `weights_invalid` when the bytes are no ONNX network */
export async function openInference(onnx: Uint8Array, threads = availableParallelism()): Promise<Inference> {
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Threads that wait for the slowest of them spin, but only within a run: between two, decoding and HTTP have the cores.
    extra: { session: { intra_op: { allow_spinning: '1' }, force_spinning_stop: '1' } },
  }).catch((error: Error) => {
    throw new GraftError('weights_invalid', `The ONNX file cannot be loaded: ${error.message}`)
  })
  return {
    async run(images, size, outputs) {
      const batch = images.length / (3 * size * size)
      const feeds = { images: new Tensor('float32', images, [batch, 3, size, size]) }
      const results = await session.run(feeds, outputs)
      return Object.fromEntries(outputs.map((name) => [name, results[name]?.data])) as Record<
        (typeof outputs)[number],
        Float32Array
      >
    },
    close: () => session.release(),
  }
}

/** exp(x - max) over its sum. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits)
  const largest = Math.max(...values)
  const powers = values.map((value) => Math.exp(value - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
