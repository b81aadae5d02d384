// Logits to what a caller reads: labels with their confidences.
import type { Prediction } from '@graft/core/wire/predictions'
import { softmax } from '@graft/nn/inference'

/** The most confident first. */
export function rank(labels: readonly string[], logits: Float32Array): Prediction['predictions'] {
  const confidences = softmax(logits)
  return labels
    .map((label, index) => ({ label, confidence: confidences[index] ?? 0 }))
    .sort((a, b) => b.confidence - a.confidence)
}
