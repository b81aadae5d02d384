// A state of the network that may become the job's model, measured by the ONNX file that would be served.
import type { JobMetrics } from '@graft/core/wire'
import { openInference } from '@graft/nn/inference'
import { toOnnx } from '@graft/nn/to-onnx'
import type { Weights } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import type { LabelledImage } from './dataset.ts'
import { type Evaluation, evaluate } from './evaluation.ts'
import type { Assignment, Stage } from './messages.ts'

export interface Checkpoint {
  stage: Stage
  weights: Weights
  onnx: Uint8Array
  images: readonly LabelledImage[]
  evaluation: Evaluation
}

export async function measureCheckpoint(
  { architecture, recipe }: Assignment,
  store: ObjectStore,
  stage: Stage,
  weights: Weights,
  images: readonly LabelledImage[],
): Promise<Checkpoint> {
  const onnx = toOnnx(architecture, weights)
  const inference = await openInference(onnx)
  try {
    const evaluation = await evaluate(inference, store, images, recipe.preprocessing)
    return { stage, weights, onnx, images, evaluation }
  } finally {
    await inference.close()
  }
}

export function validationMetrics({ evaluation: { loss, accuracy } }: Checkpoint): JobMetrics {
  return { validation_loss: loss, validation_accuracy: accuracy }
}

export function testMetrics({ evaluation: { loss, accuracy } }: Checkpoint): JobMetrics {
  return { test_loss: loss, test_accuracy: accuracy }
}
