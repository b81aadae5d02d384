// What the optimiser does with each gradient: parameter groups by stage, and the learning rate over the steps.
import { type ResolvedRecipe, STAGES } from '@graft/core/recipes'
import { stageOf } from './resnet.ts'

/**
 * The factor on the learning rate of a parameter: the head's multiplier for the head, one for the last stage, and
 * `layer_decay` once more for each stage below it.
 *
 * @param name torchvision's
 */
export function rateMultiplier(
  name: string,
  recipe: Pick<ResolvedRecipe, 'head_learning_rate_multiplier' | 'layer_decay'>,
): number {
  const stage = stageOf(name)
  if (stage === 'head') return recipe.head_learning_rate_multiplier
  return recipe.layer_decay ** (STAGES.length - 1 - STAGES.indexOf(stage))
}

/**
 * The base learning rate of a step, counted from 0: constant, or a linear warm-up and then half a cosine to zero
 * (Loshchilov and Hutter, arXiv 1608.03983). Past the last step, where a job's time may have led, it stays the last one's.
 */
export function learningRateAt(
  step: number,
  steps: number,
  recipe: Pick<ResolvedRecipe, 'learning_rate' | 'schedule' | 'warmup_fraction'>,
): number {
  const { learning_rate: peak, schedule, warmup_fraction } = recipe
  if (schedule === 'constant') return peak
  const warmup = Math.floor(steps * warmup_fraction)
  const at = Math.min(step, steps - 1)
  if (at < warmup) return (peak * (at + 1)) / (warmup + 1)
  return (peak / 2) * (1 + Math.cos((Math.PI * (at - warmup)) / (steps - warmup)))
}
