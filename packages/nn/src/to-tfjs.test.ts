import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { openInference } from './inference.ts'
import { createRandom } from './random.ts'
import { toOnnx } from './to-onnx.ts'
import { toTfjs } from './to-tfjs.ts'
import { randomWeights, readBaseWeights, withNewHead } from './weights.ts'

/** Plain TensorFlow.js, as a browser runs it; the training engine brings it. */
interface Tfjs {
  setBackend(name: 'cpu'): Promise<boolean>
  tensor4d(values: Float32Array, shape: number[]): unknown
  loadGraphModel(handler: object): Promise<{ predict(images: unknown): { data(): Promise<Float32Array> } }>
}
const require = createRequire(
  createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'),
)
const tf = require('@tensorflow/tfjs/dist/tf.min.js') as Tfjs

const SIZE = 32
test.each(['resnet18', 'resnet34'] as const)(
  'the %s answers in TensorFlow.js as its ONNX file does',
  async (architecture) => {
    const weights =
      architecture === 'resnet18'
        ? withNewHead(readBaseWeights(), 5, createRandom(1))
        : randomWeights(architecture, 5, createRandom(1))
    const random = createRandom(2)
    const images = Float32Array.from({ length: 2 * 3 * SIZE * SIZE }, () => random.normal())
    const inference = await openInference(toOnnx(architecture, weights))
    const { logits } = await inference.run(images, SIZE, ['logits'])
    await inference.close()

    const { model, weights: bytes } = toTfjs(architecture, weights)
    const { modelTopology, signature, weightsManifest } = JSON.parse(JSON.stringify(model))
    await tf.setBackend('cpu')
    const loaded = await tf.loadGraphModel({
      load: async () => ({
        ...{ modelTopology, signature, weightSpecs: weightsManifest[0].weights },
        weightData: new Uint8Array(bytes).buffer,
      }),
    })
    const plane = SIZE * SIZE
    const nhwc = images.map((_, at) => {
      const [image, place, channel] = [Math.floor(at / 3 / plane), Math.floor(at / 3) % plane, at % 3]
      return images[(image * 3 + channel) * plane + place] ?? 0
    })
    const answer = await loaded.predict(tf.tensor4d(nhwc, [2, SIZE, SIZE, 3])).data()
    expect(answer).toHaveLength(10)
    const scale = Math.max(1, ...logits.map(Math.abs))
    for (const [index, logit] of logits.entries()) {
      expect(Math.abs((answer[index] ?? Number.NaN) - logit) / scale).toBeLessThan(1e-3)
    }
  },
)
