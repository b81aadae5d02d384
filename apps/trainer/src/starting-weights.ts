// Where a training starts from: the base model, random weights, or a version that was trained before.
import { hash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import type { Random } from '@graft/nn/random'
import { readSafetensors } from '@graft/nn/safetensors'
import { randomWeights, readBaseWeights, type Weights, withKnownLabels, withNewHead } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import type { Assignment } from './messages.ts'

/**
 * With a head for the labels: random rows, and those of the parent where it knows the label.
 *
 * @throws GraftError `weights_invalid`, and what the store throws
 */
export async function startingWeights(
  { architecture, recipe, parent }: Pick<Assignment, 'architecture' | 'recipe' | 'parent'>,
  store: ObjectStore,
  labels: readonly string[],
  random: Random,
): Promise<Weights> {
  const classes = labels.length
  if (parent === undefined) {
    return recipe.pretrained
      ? withNewHead(readBaseWeights(), classes, random)
      : randomWeights(architecture, classes, random)
  }
  const bytes = await store.read(parent.key)
  if (hash('sha256', bytes) !== parent.sha256) {
    throw new GraftError(
      'weights_invalid',
      `The weights of ${parent.reference} do not hash to ${parent.sha256}.`,
    )
  }
  const weights = readSafetensors(bytes)
  return withKnownLabels(withNewHead(weights, classes, random), labels, { weights, labels: parent.labels })
}

/** Whether the parent's head has a row for each label, and so answers as it stands. */
export function knowsAll({ parent }: Pick<Assignment, 'parent'>, labels: readonly string[]): boolean {
  return parent !== undefined && labels.every((label) => parent.labels.includes(label))
}
