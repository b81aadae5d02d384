// Deletes a version on which nothing rests.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import { isNamed } from '@graft/db/is-named'
import { datasetFiles, datasets, datasetVersions, jobs } from '@graft/db/schema'
import { and, eq, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { noVersion } from './dataset-versions.ts'

/** Jobs that a refusal names. */
const SHOWN_JOBS = 20

/**
 * Its number is never given again. The images that no other version has go with the next collection of garbage.
 * @throws GraftError `not_found`, `state_conflict` while it is ingested, and where a job was made of it: its models must
 *   stay reproducible, and replay images of it
 */
export async function deleteVersion(
  { db }: Context,
  project: Project,
  name: string,
  number: number,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [found] = await tx
      .select({ datasetId: datasetVersions.datasetId, state: datasetVersions.state })
      .from(datasetVersions)
      .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
      .where(and(isNamed(datasets, project, name), eq(datasetVersions.number, number)))
      .for('update') // no upload gets a number, and no job begins on it, until this has ended
    if (found === undefined) {
      throw noVersion(name, number)
    }
    if (found.state === 'ingesting') {
      throw new GraftError('state_conflict', `${name}@${number} is being ingested.`)
    }
    const { datasetId } = found
    const resting = await tx
      .select({ id: jobs.id, model: jobs.fineTunedModel })
      .from(jobs)
      .where(and(eq(jobs.datasetId, datasetId), eq(jobs.datasetVersion, number)))
      .limit(SHOWN_JOBS)
    if (resting.length > 0) {
      throw new GraftError(
        'state_conflict',
        `Jobs were made of ${name}@${number}: ${resting[0]?.model ?? resting[0]?.id} is one.`,
        resting.map(({ id, model }) => ({
          path: id,
          code: 'state_conflict',
          message: model === null ? 'The job was made of it.' : `The job has made ${model} of it.`,
        })),
      )
    }
    const isOfVersion = and(eq(datasetFiles.datasetId, datasetId), eq(datasetFiles.number, number))
    await tx.delete(datasetFiles).where(isOfVersion)
    await tx
      .delete(datasetVersions)
      .where(and(eq(datasetVersions.datasetId, datasetId), eq(datasetVersions.number, number)))
    await tx
      .update(datasets)
      .set({ lastDeleted: sql`greatest(${datasets.lastDeleted}, ${number})` })
      .where(eq(datasets.id, datasetId))
  })
}
