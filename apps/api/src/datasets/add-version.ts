// Makes the next version of a data set out of an upload that is in the store.
import { newId } from '@graft/core/ids'
import type { Project } from '@graft/core/names'
import type { Transaction } from '@graft/db/database'
import { isNamed } from '@graft/db/is-named'
import { datasets, datasetVersions } from '@graft/db/schema'
import { desc, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { VersionRow } from './dataset-versions.ts'

export interface Upload {
  /** In the store. */
  key: string
  sha256: string
  type: VersionRow['archiveType']
}

/**
 * Makes the data set when it is missing. An upload with the sha256 of the newest version's makes no version: that one is
 * answered, unless it was rejected, for the limits may be others today. An upload that becomes none is deleted.
 *
 * @param within done in the same transaction
 */
export async function addVersion(
  { db, queue, store }: Context,
  project: Project,
  name: string,
  upload: Upload,
  within: (tx: Transaction, row: VersionRow) => Promise<unknown> = async () => {},
): Promise<VersionRow> {
  // From here on a fault may be that of a commit whose answer was lost.
  let isWritten = false
  // One transaction: there is never a version that nobody ingests, nor a message without its version.
  const work = db.transaction(async (tx) => {
    const { id: datasetId, lastDeleted } = await lockDataset(tx, project, name)
    const [newest] = await tx
      .select()
      .from(datasetVersions)
      .where(eq(datasetVersions.datasetId, datasetId))
      .orderBy(desc(datasetVersions.number))
      .limit(1)
    if (newest?.archiveSha256 === upload.sha256 && newest.state !== 'rejected') {
      await within(tx, newest)
      isWritten = true
      return newest
    }
    const [row] = await tx
      .insert(datasetVersions)
      .values({
        datasetId,
        number: Math.max(newest?.number ?? 0, lastDeleted) + 1,
        archiveKey: upload.key,
        archiveSha256: upload.sha256,
        archiveType: upload.type,
      })
      .returning()
    if (row === undefined) throw new Error('an insert returns its row')
    await queue.send(tx, 'ingest', { dataset_id: datasetId, version: row.number })
    await within(tx, row)
    isWritten = true
    return row
  })
  const row = await work.catch(async (error) => {
    // A version that may be there needs it; where there is none, the collection of garbage finds it.
    if (!isWritten) await store.delete(upload.key)
    throw error
  })
  if (row.archiveKey !== upload.key) await store.delete(upload.key)
  return row
}

/** Holds the data set's row, so that of uploads at the same time each gets a number of its own. */
async function lockDataset(
  tx: Transaction,
  project: Project,
  name: string,
): Promise<{ id: string; lastDeleted: number }> {
  await tx
    .insert(datasets)
    .values({ id: newId('ds'), project, name })
    .onConflictDoNothing()
  const [row] = await tx
    .select({ id: datasets.id, lastDeleted: datasets.lastDeleted })
    .from(datasets)
    .where(isNamed(datasets, project, name))
    .for('update')
  if (row === undefined) throw new Error('the row is there, for data sets are never deleted')
  return row
}
