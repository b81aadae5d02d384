// The thread of one loaded model: onnxruntime's calls block whoever makes them.
import { hash } from 'node:crypto'
import type { Preprocessing } from '@graft/core/preprocessing'
import { type Inference, type OutputName, openInference } from '@graft/nn/inference'
import { readOnnxTensor } from '@graft/nn/onnx-tensor'
import { decodePlainJpeg } from '@graft/vision/plain-jpeg'
import { preprocess } from '@graft/vision/preprocess'
import { answerAsThread } from '../thread.ts'
import type { Asked, Row } from './batcher.ts'

/** The name that the head's weights have in the ONNX file. */
const HEAD = 'fc_weight'

/** The first question opens the network and is answered by its head's weights. */
export type InferenceQuestion =
  | { onnx: Uint8Array<ArrayBuffer>; sha256: string; threads: number; preprocessing: Preprocessing }
  | { images: readonly Asked[]; outputs: readonly OutputName[] }
export type InferenceAnswer =
  | { head: Float32Array }
  /** Of a file that is no plain JPEG there is no row. `prepared`: milliseconds that inputs of files took. */
  | { rows: (Row | undefined)[]; prepared: number }

let network: { inference: Inference; preprocessing: Preprocessing } | undefined

answerAsThread<InferenceQuestion, InferenceAnswer>(
  async (question) => {
    if ('onnx' in question) {
      const { onnx, sha256, threads, preprocessing } = question
      if (hash('sha256', onnx) !== sha256) throw new Error(`its bytes do not hash to ${sha256}`)
      network = { inference: await openInference(onnx, threads), preprocessing }
      const head = readOnnxTensor(onnx, HEAD).data
      // The runtime has a copy. Nothing would make an idle thread collect this one.
      onnx.buffer.transfer(0)
      return { head }
    }
    if (network === undefined) throw new Error('the network is not open')
    const { inference, preprocessing } = network
    const begun = performance.now()
    const inputs = question.images.map((image) => inputOf(image, preprocessing))
    const prepared = performance.now() - begun
    const some = inputs.filter((input) => input !== undefined)
    if (some.length === 0) return { rows: inputs.map(() => undefined), prepared }
    const flat = await inference.run(joined(some), preprocessing.crop, question.outputs)
    let place = 0
    const rows = inputs.map((input) => input && rowOf(flat, place++, some.length))
    return { rows, prepared }
  },
  undefined,
  async () => network?.inference.close(),
)

function inputOf(image: Asked, preprocessing: Preprocessing): Float32Array | undefined {
  if (image instanceof Float32Array) return image
  try {
    const pixels = decodePlainJpeg(image)
    return pixels && preprocess(pixels, preprocessing)
  } catch {
    // One image's fault is not its batch's: it is prepared elsewhere, where it is told.
    return undefined
  }
}

function joined(inputs: readonly Float32Array[]): Float32Array {
  const [first] = inputs
  if (first !== undefined && inputs.length === 1) return first
  const images = new Float32Array(inputs.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const input of inputs) {
    images.set(input, place)
    place += input.length
  }
  return images
}

function rowOf(flat: Partial<Record<OutputName, Float32Array>>, index: number, rows: number): Row {
  const row = Object.entries(flat).map(([name, all]) => {
    const length = all.length / rows
    return [name, all.slice(index * length, (index + 1) * length)]
  })
  return Object.fromEntries(row) as Row
}
