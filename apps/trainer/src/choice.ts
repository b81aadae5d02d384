// Which checkpoint becomes the job's model, by the losses of its validation images.

import { losses } from '@graft/nn/score'
import type { Checkpoint } from './checkpoint.ts'
import { labelsOf } from './dataset.ts'

/**
 * The checkpoint with the lowest loss; but the preferred one where it is worse by no more than one standard error of
 * the paired difference, which is what so few images cannot tell apart (Breiman et al., Classification and Regression
 * Trees, 1984, section 3.4.3).
 *
 * All were measured on the same images.
 */
export function choose(checkpoints: readonly Checkpoint[], preferred?: Checkpoint): Checkpoint {
  const [first, ...others] = checkpoints
  if (first === undefined) throw new Error('there is nothing to choose from')
  const lowest = others.reduce(
    (best, checkpoint) => (checkpoint.evaluation.loss < best.evaluation.loss ? checkpoint : best),
    first,
  )
  if (preferred === undefined || preferred === lowest) return lowest
  const best = lossesOf(lowest)
  const differences = lossesOf(preferred).map((loss, index) => loss - (best[index] ?? 0))
  const count = differences.length
  const mean = differences.reduce((sum, value) => sum + value, 0) / count
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(count - 1, 1)
  return mean <= Math.sqrt(variance / count) ? preferred : lowest
}

function lossesOf({ images, evaluation }: Checkpoint): Float64Array {
  return losses(evaluation.logits, labelsOf(images))
}
