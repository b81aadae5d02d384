// The thread of one loaded model: onnxruntime's calls block whoever makes them.
import { type Inference, type OutputName, openInference } from '@graft/nn/inference'
import { readOnnxTensor } from '@graft/nn/onnx-tensor'
import { answerAsThread } from './thread.ts'

/** The name that the head's weights have in the ONNX file. */
const HEAD = 'fc_weight'

/** The first question opens the network and is answered by its head's weights. */
export type InferenceQuestion =
  | { onnx: Uint8Array<ArrayBuffer> }
  | { images: Float32Array<ArrayBuffer>; size: number; outputs: readonly OutputName[] }
export type InferenceAnswer = Partial<Record<OutputName | 'head', Float32Array>>

let inference: Inference | undefined

answerAsThread<InferenceQuestion, InferenceAnswer>(
  async (question) => {
    if ('onnx' in question) {
      const { onnx } = question
      inference = await openInference(onnx)
      const head = readOnnxTensor(onnx, HEAD).data
      // The runtime has a copy. Nothing would make an idle thread collect this one.
      onnx.buffer.transfer(0)
      return { head }
    }
    if (inference === undefined) throw new Error('the network is not open')
    return await inference.run(question.images, question.size, question.outputs)
  },
  undefined,
  async () => inference?.close(),
)
