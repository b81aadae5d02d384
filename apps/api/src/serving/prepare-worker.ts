// A thread that makes the network's input of an image file: decoding and resampling take longer than all of HTTP.
import type { Preprocessing } from '@graft/core/preprocessing'
import { decodeImage } from '@graft/vision/decode'
import { preprocess } from '@graft/vision/preprocess'
import { answerAsThread } from '../thread.ts'

export interface PrepareQuestion {
  image: Uint8Array
  preprocessing: Preprocessing
}

answerAsThread<PrepareQuestion, Float32Array<ArrayBuffer>>(
  async ({ image, preprocessing }) =>
    preprocess(await decodeImage(image), preprocessing) as Float32Array<ArrayBuffer>,
  (input) => [input.buffer],
)
