// Measures a network by its ONNX file, the file that is served: what is measured is what answers.
import type { Preprocessing } from '@graft/core/preprocessing'
import type { Inference } from '@graft/nn/inference'
import { score } from '@graft/nn/score'
import type { ObjectStore } from '@graft/store/object-store'
import { preprocess } from '@graft/vision/preprocess'
import { decodeAll, type LabelledImage, labelsOf } from './dataset.ts'

/** Images of one run: on a CPU 16 take a seventh more time for each than 4, and hold more memory. */
const BATCH = 4

export interface Evaluation {
  /** Mean cross-entropy. */
  loss: number
  accuracy: number
  /** One row for each image, in order: [N, classes] flat. */
  logits: Float32Array
}

/**
 * One row of the output for each input, in order, flat.
 *
 * @param inputs preprocessed images, [3, size, size] each
 */
export async function runAll(
  inference: Pick<Inference, 'run'>,
  inputs: AsyncIterable<Float32Array>,
  size: number,
  output: 'logits' | 'features',
): Promise<Float32Array> {
  const each = 3 * size * size
  const results: Float32Array[] = []
  // The next batch is decoded while the runtime, on threads of its own, works on the one before.
  let running: Promise<void> = Promise.resolve()
  const run = async (batch: Float32Array) => {
    await running
    running = inference.run(batch, size, [output]).then((outputs) => void results.push(outputs[output]))
    running.catch(() => {}) // told where it is awaited
  }
  try {
    let batch = new Float32Array(BATCH * each)
    let filled = 0
    for await (const input of inputs) {
      batch.set(input, filled * each)
      filled += 1
      if (filled === BATCH) {
        await run(batch)
        batch = new Float32Array(BATCH * each)
        filled = 0
      }
    }
    if (filled > 0) await run(batch.slice(0, filled * each))
    await running
  } finally {
    // Whoever hears of a fault of the inputs closes the network, and must not while it runs.
    await running.catch(() => {})
  }
  return concatenate(results)
}

/** @param onImage called once an image is on its way into the network */
export async function evaluate(
  inference: Inference,
  store: ObjectStore,
  images: readonly LabelledImage[],
  preprocessing: Preprocessing,
  onImage: () => void = () => {},
): Promise<Evaluation> {
  async function* inputs() {
    for await (const pixels of decodeAll(store, images)) {
      yield preprocess(pixels, preprocessing)
      onImage()
    }
  }
  const logits = await runAll(inference, inputs(), preprocessing.crop, 'logits')
  return { ...score(logits, labelsOf(images)), logits }
}

function concatenate(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
