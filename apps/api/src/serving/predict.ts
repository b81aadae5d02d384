// A prediction: the network's logits, as confidences, ranked and decided.
import type { GraftError } from '@graft/core/errors'
import type { Prediction } from '@graft/core/wire'
import { softmax } from '@graft/nn/inference'
import { askModel, type Question } from './ask-model.ts'
import type { Serving } from './serving.ts'

/** @throws as `askModel` */
export async function predict(
  serving: Serving,
  question: Question,
  topK = Number.POSITIVE_INFINITY,
): Promise<(Prediction | GraftError)[]> {
  const { name, threshold } = question.endpoint
  return await askModel(serving, question, ({ row, timings }, model): Prediction => {
    const predictions = rank(model.labels, softmax(row.logits))
    return {
      object: 'prediction',
      endpoint: name,
      model: model.reference,
      predictions: predictions.slice(0, topK),
      decision: (predictions[0]?.confidence ?? 0) >= threshold ? 'accept' : 'abstain',
      timings,
    }
  })
}

/** The most confident first. */
function rank(labels: readonly string[], confidences: readonly number[]): Prediction['predictions'] {
  return labels
    .map((label, index) => ({ label, confidence: confidences[index] ?? 0 }))
    .sort((a, b) => b.confidence - a.confidence)
}
