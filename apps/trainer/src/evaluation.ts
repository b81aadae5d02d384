// Measures a network by its ONNX file, the file that is served: what is measured is what answers.
import type { Preprocessing } from '@graft/core/preprocessing'
import type { Inference } from '@graft/nn/inference'
import { softmax } from '@graft/nn/inference'
import type { ObjectStore } from '@graft/store/object-store'
import { preprocess } from '@graft/vision/preprocess'
import { decodeAll, type LabelledImage } from './dataset.ts'

/** Images of one run: larger batches are no faster on a CPU, and hold more memory. */
const BATCH = 16

export interface Evaluation {
  /** Mean cross-entropy. */
  loss: number
  accuracy: number
  /** One row of logits for each image, in order. */
  logits: Float32Array[]
}

/**
 * One row of the output for each input, in order.
 *
 * @param inputs preprocessed images, [3, size, size] each
 */
export async function runAll(
  inference: Inference,
  inputs: AsyncIterable<Float32Array>,
  size: number,
  output: 'logits' | 'features',
): Promise<Float32Array[]> {
  const rows: Float32Array[] = []
  const each = 3 * size * size
  // The next batch is decoded while the runtime, on threads of its own, works on the one before.
  let running: Promise<void> = Promise.resolve()
  const start = async (batch: Float32Array): Promise<void> => {
    const count = batch.length / each
    const results = (await inference.run(batch, size, [output]))[output]
    const width = results.length / count
    for (let row = 0; row < count; row += 1) rows.push(results.slice(row * width, (row + 1) * width))
  }
  let batch = new Float32Array(BATCH * each)
  let filled = 0
  for await (const input of inputs) {
    batch.set(input, filled * each)
    filled += 1
    if (filled === BATCH) {
      await running
      running = start(batch)
      batch = new Float32Array(BATCH * each)
      filled = 0
    }
  }
  await running
  if (filled > 0) await start(batch.slice(0, filled * each))
  return rows
}

export async function evaluate(
  inference: Inference,
  store: ObjectStore,
  images: readonly LabelledImage[],
  preprocessing: Preprocessing,
): Promise<Evaluation> {
  async function* inputs() {
    for await (const pixels of decodeAll(store, images)) yield preprocess(pixels, preprocessing)
  }
  return measure(
    await runAll(inference, inputs(), preprocessing.crop, 'logits'),
    images.map(({ label }) => label),
  )
}

/** Loss and accuracy of logits against class indices. */
export function measure(logits: Float32Array[], labels: readonly number[]): Evaluation {
  let loss = 0
  let correct = 0
  for (const [index, row] of logits.entries()) {
    const label = labels[index] ?? -1
    loss -= Math.log(Math.max(softmax(row)[label] ?? 0, Number.MIN_VALUE))
    if (row.indexOf(Math.max(...row)) === label) correct += 1
  }
  return { loss: loss / logits.length, accuracy: correct / logits.length, logits }
}
