// The thread of one loaded model: onnxruntime's calls block whoever makes them.
import { hash } from 'node:crypto'
import { type Inference, type OutputName, openInference } from '@graft/nn/inference'
import { readOnnxTensor } from '@graft/nn/onnx-tensor'
import { answerAsThread } from './thread.ts'

/** The name that the head's weights have in the ONNX file. */
const HEAD = 'fc_weight'

/** The first question opens the network and is answered by its head's weights. */
export type InferenceQuestion =
  | { onnx: Uint8Array<ArrayBuffer>; sha256: string; threads: number }
  | { inputs: readonly Float32Array[]; size: number; outputs: readonly OutputName[] }
export type InferenceAnswer = Partial<Record<OutputName | 'head', Float32Array>>

let inference: Inference | undefined

answerAsThread<InferenceQuestion, InferenceAnswer>(
  async (question) => {
    if ('onnx' in question) {
      const { onnx, sha256, threads } = question
      if (hash('sha256', onnx) !== sha256) throw new Error(`its bytes do not hash to ${sha256}`)
      inference = await openInference(onnx, threads)
      const head = readOnnxTensor(onnx, HEAD).data
      // The runtime has a copy. Nothing would make an idle thread collect this one.
      onnx.buffer.transfer(0)
      return { head }
    }
    if (inference === undefined) throw new Error('the network is not open')
    return await inference.run(joined(question.inputs), question.size, question.outputs)
  },
  undefined,
  async () => inference?.close(),
)

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
