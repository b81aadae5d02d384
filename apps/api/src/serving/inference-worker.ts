// The thread of one loaded model: onnxruntime's calls block whoever makes them.
import { type Inference, type OutputName, openInference } from '@graft/nn/inference'
import { answerAsThread } from './thread.ts'

export type InferenceQuestion =
  | { onnx: Uint8Array }
  | { images: Float32Array<ArrayBuffer>; size: number; outputs: readonly OutputName[] }
export type InferenceAnswer = Partial<Record<OutputName, Float32Array<ArrayBuffer>>>

let inference: Inference | undefined

answerAsThread<InferenceQuestion, InferenceAnswer>(
  async (question) => {
    if ('onnx' in question) {
      inference = await openInference(question.onnx)
      return {}
    }
    if (inference === undefined) throw new Error('the network is not open')
    return await inference.run(question.images, question.size, question.outputs)
  },
  undefined,
  async () => inference?.close(),
)
