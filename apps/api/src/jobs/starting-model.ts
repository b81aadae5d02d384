// What a job starts from: a base model, or a version of one of ours.
import { GraftError } from '@graft/core/errors'
import { type Project, parseReference } from '@graft/core/names'
import { IMAGENET_MEAN, IMAGENET_STD } from '@graft/core/preprocessing'
import type { RecipeName } from '@graft/core/recipes'
import { BASE_MODELS } from '@graft/core/wire/jobs'
import type { Executor } from '@graft/db/database'
import { asParent, holdVersion, type ParentModel } from '@graft/db/models'

export interface StartingModel {
  /** Its architecture. */
  baseModel: string
  parent: ParentModel | null
}

/**
 * In a transaction the version is locked until its end: nobody deletes it before the job's row names it.
 *
 * @throws GraftError `not_found`, `invalid_name`; `invalid_request` for a recipe that starts from random weights, and for
 *   a version that sees its images otherwise; `state_conflict` of one that is archived, `weights_invalid` of one without weights
 */
export async function findStart(
  executor: Executor,
  project: Project,
  model: string,
  recipe: RecipeName,
): Promise<StartingModel> {
  if ((BASE_MODELS as readonly string[]).includes(model)) return { baseModel: model, parent: null }
  const { name, version: asked } = parseReference(model, 'model')
  const version = await holdVersion(executor, project, {
    name,
    ...(asked !== undefined && { version: asked }),
  })
  if (version === undefined) {
    const bases = BASE_MODELS.join(', ')
    throw new GraftError('not_found', `There is no model ${model}; the base models are ${bases}.`)
  }
  const reference = `${name}@${version.number}`
  if (recipe === 'scratch') {
    throw new GraftError(
      'invalid_request',
      `The recipe scratch starts from random weights, not from ${reference}.`,
    )
  }
  if (version.archivedAt !== null) throw new GraftError('state_conflict', `${reference} is archived.`)
  const { mean, std } = version.preprocessing
  if (`${mean} ${std}` !== `${IMAGENET_MEAN} ${IMAGENET_STD}`) {
    throw new GraftError(
      'invalid_request',
      `${reference} normalises its images by other means and deviations than the training does.`,
    )
  }
  const parent = asParent(reference, version)
  if (parent === undefined) {
    throw new GraftError('weights_invalid', `${reference} has no model.safetensors to start from.`)
  }
  return { baseModel: version.architecture, parent }
}
