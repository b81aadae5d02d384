// A state of the network that may become the job's model, measured by the ONNX file that would be served.
import type { JobMetrics } from '@graft/core/wire/jobs'
import { openInference } from '@graft/nn/inference'
import { score } from '@graft/nn/score'
import { divide, fitTemperature } from '@graft/nn/temperature'
import { toOnnx } from '@graft/nn/to-onnx'
import { type Weights, withDividedLogits } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import { type LabelledImage, labelsOf } from './dataset.ts'
import { type Evaluation, evaluate } from './evaluation.ts'
import type { Assignment, Stage } from './messages.ts'

export interface Checkpoint {
  stage: Stage
  weights: Weights
  /** What the logits were divided by. */
  temperature: number
  images: readonly LabelledImage[]
  evaluation: Evaluation
}

/** @param onnx the file that is measured, where it is not the weights' own */
export async function measureCheckpoint(
  { architecture, recipe }: Assignment,
  store: ObjectStore,
  stage: Stage,
  weights: Weights,
  images: readonly LabelledImage[],
  onnx = toOnnx(architecture, weights),
): Promise<Checkpoint> {
  const inference = await openInference(onnx)
  try {
    const evaluation = await evaluate(inference, store, images, recipe.preprocessing)
    return { stage, weights, temperature: 1, images, evaluation }
  } finally {
    await inference.close()
  }
}

/**
 * The same network with its logits divided by the temperature that fits the images it was measured on. Then its
 * confidences mean what they say, and checkpoints compare: label smoothing makes a fine-tuned network shyer than a
 * probe that ranks no better.
 */
export function calibrated(checkpoint: Checkpoint): Checkpoint {
  const { images, evaluation } = checkpoint
  const labels = labelsOf(images)
  const temperature = fitTemperature(evaluation.logits, labels)
  const weights = withDividedLogits(checkpoint.weights, temperature)
  const logits = divide(evaluation.logits, temperature)
  return {
    ...checkpoint,
    temperature,
    weights,
    evaluation: { ...score(logits, labels), logits },
  }
}

export function validationMetrics({ evaluation: { loss, accuracy } }: Checkpoint): JobMetrics {
  return { validation_loss: loss, validation_accuracy: accuracy }
}

export function testMetrics({ evaluation: { loss, accuracy } }: Checkpoint): JobMetrics {
  return { test_loss: loss, test_accuracy: accuracy }
}
