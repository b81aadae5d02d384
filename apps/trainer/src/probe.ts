// The linear probe: one pass of every image through the frozen trunk, then a logistic regression on its features.
import type { Preprocessing } from '@graft/core/preprocessing'
import { openInference } from '@graft/nn/inference'
import { fitProbe } from '@graft/nn/probe'
import type { ArchitectureName } from '@graft/nn/resnet'
import { toOnnx } from '@graft/nn/to-onnx'
import { type Weights, withHead } from '@graft/nn/weights'
import type { Pixels } from '@graft/vision/pixels'
import { preprocess } from '@graft/vision/preprocess'
import { type LabelledImage, labelsOf } from './dataset.ts'
import { runAll } from './evaluation.ts'

export interface ProbeSplit {
  images: readonly LabelledImage[]
  /** The images' pixels, in the same order. */
  pixels: AsyncIterable<Pixels>
}

/**
 * The weights with a head fitted to the training images and their mirror images; its strength of regularisation is
 * chosen on the validation images.
 *
 * @param weights with a head of the right number of classes, which is replaced
 */
export async function withProbedHead(
  architecture: ArchitectureName,
  weights: Weights,
  classes: number,
  preprocessing: Preprocessing,
  classWeights: readonly number[] | undefined,
  splits: { train: ProbeSplit; validation: ProbeSplit },
): Promise<Weights> {
  const inference = await openInference(toOnnx(architecture, weights))
  try {
    const featuresOf = async ({ pixels }: ProbeSplit, mirrored: boolean) => {
      async function* inputs() {
        for await (const image of pixels) {
          const input = preprocess(image, preprocessing)
          yield input
          if (mirrored) yield mirror(input, preprocessing.crop)
        }
      }
      return await runAll(inference, inputs(), preprocessing.crop, 'features')
    }
    const train = await featuresOf(splits.train, true)
    const validation = await featuresOf(splits.validation, false)
    const { weight, bias } = fitProbe({
      features: train,
      labels: labelsOf(splits.train.images.flatMap((image) => [image, image])),
      classes,
      classWeights,
      validation: { features: validation, labels: labelsOf(splits.validation.images) },
    })
    return withHead(weights, weight, bias)
  } finally {
    await inference.close()
  }
}

/** [3, size, size] with each row reversed. */
function mirror(input: Float32Array, size: number): Float32Array {
  const mirrored = new Float32Array(input.length)
  for (let row = 0; row < input.length; row += size) {
    mirrored.set(input.slice(row, row + size).reverse(), row)
  }
  return mirrored
}
