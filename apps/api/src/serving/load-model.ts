// Brings a model version into memory: checks its files, opens its network, and replays its golden examples.
import { hash } from 'node:crypto'
import { GraftError, isGraftError } from '@graft/core/errors'
import type { Preprocessing } from '@graft/core/preprocessing'
import { goldenSchema, type ModelFile } from '@graft/core/wire'
import type { ModelVersionRow } from '@graft/db/models'
import { type Inference, openInference } from '@graft/nn/inference'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { decodeImage } from '@graft/vision/decode'
import { preprocess } from '@graft/vision/preprocess'
import { createGate, type Passed } from './gate.ts'

/** Largest difference of a logit from the golden one: float32 sums in another order stay well below it. */
const TOLERANCE = 1e-3
/** Images of one run: larger batches are no faster on a CPU, and hold more memory. */
const BATCH = 16

export interface LoadedModel {
  /** `name@number` */
  reference: string
  labels: readonly string[]
  preprocessing: Preprocessing
  /** A row of logits for each input [3, crop, crop], in order. One request at a time has all of the threads. */
  run(inputs: readonly Float32Array[]): Promise<Passed<Float32Array[]>>
  close(): Promise<void>
}

/**
 * Answers only with a model that reproduces what its trainer saw.
 *
 * @throws GraftError `model_corrupt`, `store_unavailable`
 */
export async function loadModel(
  store: ObjectStore,
  reference: string,
  { labels, preprocessing, files }: Pick<ModelVersionRow, 'labels' | 'preprocessing' | 'files'>,
): Promise<LoadedModel> {
  const corrupt = (message: string, cause?: unknown) =>
    new GraftError('model_corrupt', `The model ${reference} is not served: ${message}.`, [], { cause })

  async function readChecked(name: string, file: ModelFile | undefined): Promise<Buffer> {
    if (file === undefined) throw corrupt(`it has no ${name}`)
    const bytes = await store.read(file.key)
    if (hash('sha256', bytes) === file.sha256) return bytes
    throw corrupt(`its ${name} does not hash to ${file.sha256}`)
  }

  async function replay(inference: Inference): Promise<void> {
    const bytes = await readChecked('golden.json', files['golden.json'])
    const golden = goldenSchema.safeParse(JSON.parse(bytes.toString()))
    if (!golden.success) throw corrupt('its golden.json has another shape')
    const { examples } = golden.data
    if (examples.length === 0) throw corrupt('it has no golden examples')
    for (const { sha256, logits: seen } of examples) {
      const pixels = await decodeImage(await store.read(blobKey(sha256)))
      const [logits] = await runBatches(inference, [preprocess(pixels, preprocessing)], preprocessing.crop)
      const difference = largestDifference(logits ?? [], seen)
      if (!(difference <= TOLERANCE)) throw corrupt(`a logit of image ${sha256} is off by ${difference}`)
    }
  }

  try {
    const inference = await openInference(await readChecked('model.onnx', files['model.onnx']))
    try {
      await replay(inference)
    } catch (error) {
      await inference.close()
      throw error
    }
    const gate = createGate(1)
    return {
      reference,
      labels,
      preprocessing,
      run: (inputs) => gate(() => runBatches(inference, inputs, preprocessing.crop)),
      close: () => inference.close(),
    }
  } catch (error) {
    if (isGraftError(error, 'model_corrupt') || isGraftError(error, 'store_unavailable')) throw error
    throw corrupt((error as Error).message.replace(/\.$/, ''), error)
  }
}

async function runBatches(
  inference: Inference,
  inputs: readonly Float32Array[],
  size: number,
): Promise<Float32Array[]> {
  const rows: Float32Array[] = []
  const each = 3 * size * size
  for (let start = 0; start < inputs.length; start += BATCH) {
    const batch = inputs.slice(start, start + BATCH)
    const images = new Float32Array(batch.length * each)
    for (const [index, input] of batch.entries()) images.set(input, index * each)
    const { logits } = await inference.run(images, size, ['logits'])
    const classes = logits.length / batch.length
    for (const index of batch.keys()) rows.push(logits.slice(index * classes, (index + 1) * classes))
  }
  return rows
}

/** NaN when the rows are not of one length. */
function largestDifference(row: ArrayLike<number>, golden: readonly number[]): number {
  if (row.length !== golden.length) return Number.NaN
  return Math.max(...golden.map((value, index) => Math.abs(value - (row[index] ?? Number.NaN))))
}
