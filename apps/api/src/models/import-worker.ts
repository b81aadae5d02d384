// The thread of an import: reads weights from outside, and makes of them what a trainer makes of its own.
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { GraftError } from '@graft/core/errors'
import type { Preprocessing } from '@graft/core/preprocessing'
import type { Golden } from '@graft/core/wire/models'
import { openInference } from '@graft/nn/inference'
import { createRandom } from '@graft/nn/random'
import { formatOf, readWeights, type WeightsFormat } from '@graft/nn/read-weights'
import type { ArchitectureName } from '@graft/nn/resnet'
import { writeSafetensors } from '@graft/nn/safetensors'
import { toOnnx } from '@graft/nn/to-onnx'
import { decodeImage } from '@graft/vision/decode'
import { encodePng } from '@graft/vision/png'
import { preprocess } from '@graft/vision/preprocess'
import { answerAsThread } from '../thread.ts'

export interface ImportQuestion {
  /** Where the file lies: only this thread holds it in memory. */
  place: string
  labels: string[]
  preprocessing: Preprocessing
}
export interface ImportAnswer {
  format: WeightsFormat
  /** Of the file. */
  sha256: string
  architecture: ArchitectureName
  onnx: Uint8Array
  safetensors: Uint8Array
  golden: Golden
  /** What the golden examples were made of. */
  images: Uint8Array[]
}

/** An import brings no images: its golden examples are noise, coarse enough to survive any resizing. */
const GOLDEN_EXAMPLES = 4
const GOLDEN_SIDE = 256
const GRAIN = 16

answerAsThread<ImportQuestion, ImportAnswer>(async ({ place, labels, preprocessing }) => {
  const bytes = await readFile(place)
  const { architecture, classes, weights } = await readWeights(bytes)
  if (labels.length !== classes) {
    throw new GraftError(
      'weights_invalid',
      `The network has ${classes} classes, not ${labels.length} labels.`,
    )
  }
  const onnx = toOnnx(architecture, weights)
  const inference = await openInference(onnx)
  const images: Uint8Array[] = []
  const golden: Golden = { examples: [] }
  try {
    for (let index = 0; index < GOLDEN_EXAMPLES; index += 1) {
      const image = await encodePng(noise(index))
      const input = preprocess(await decodeImage(image), preprocessing)
      const { logits } = await inference.run(input, preprocessing.crop, ['logits'])
      if (!logits.every(Number.isFinite)) {
        throw new GraftError('weights_invalid', 'The network answers with numbers that are not finite.')
      }
      images.push(image)
      golden.examples.push({ sha256: hash('sha256', image), logits: Array.from(logits) })
    }
  } finally {
    await inference.close()
  }
  const safetensors = writeSafetensors(weights, { architecture })
  const sha256 = hash('sha256', bytes)
  return { format: formatOf(bytes), sha256, architecture, onnx, safetensors, golden, images }
})

/** Squares of random colours, the same each time. */
function noise(seed: number) {
  const random = createRandom(seed)
  const squares = (GOLDEN_SIDE / GRAIN) ** 2
  const colours = Uint8Array.from({ length: squares * 3 }, () => random.next() * 256)
  const data = new Uint8Array(GOLDEN_SIDE ** 2 * 3)
  for (let pixel = 0; pixel < GOLDEN_SIDE ** 2; pixel += 1) {
    const [x, y] = [pixel % GOLDEN_SIDE, Math.floor(pixel / GOLDEN_SIDE)]
    const square = Math.floor(y / GRAIN) * (GOLDEN_SIDE / GRAIN) + Math.floor(x / GRAIN)
    data.set(colours.subarray(square * 3, square * 3 + 3), pixel * 3)
  }
  return { data, width: GOLDEN_SIDE, height: GOLDEN_SIDE }
}
