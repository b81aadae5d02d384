// Points an alias of a model, such as `champion`, at one of its versions.
import { GraftError } from '@graft/core/errors'
import { type Project, parseReference, requireName } from '@graft/core/names'
import type { Executor } from '@graft/db/database'
import type { ModelVersionRecord } from '@graft/db/models'
import { modelAliases } from '@graft/db/schema'
import { findVersion } from './find-models.ts'

/** @throws GraftError `not_found`, and `invalid_name` also for an alias that reads as a version number */
export async function setAlias(
  executor: Executor,
  project: Project,
  name: string,
  alias: string,
  number: number,
): Promise<ModelVersionRecord> {
  requireName(name, 'model')
  if (typeof parseReference(`${name}@${alias}`, 'model').version !== 'string') {
    throw new GraftError('invalid_name', `${JSON.stringify(alias)} is a version number, not an alias.`)
  }
  const { modelId } = await findVersion(executor, project, `${name}@${number}`)
  await executor
    .insert(modelAliases)
    .values({ modelId, alias, number })
    .onConflictDoUpdate({
      target: [modelAliases.modelId, modelAliases.alias],
      set: { number, updatedAt: new Date() },
    })
  return await findVersion(executor, project, `${name}@${number}`)
}
