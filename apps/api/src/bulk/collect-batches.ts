// Deletes what bulk predictions have left: all but the results of those that have ended, the results after their time,
// and archives whose request died before its batch was made.
import { timeOf } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type BatchRow, batchesWithArchive, forgetArchive, forgetResults } from '@graft/db/batches'
import { batches } from '@graft/db/schema'
import { inArray } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { keysById } from '../keys-by-id.ts'
import { sweep } from './results.ts'

type Parts = Pick<Context, 'db' | 'store'>

/** A worker sweeps the batch that it ends; here are those that were cancelled while they waited, or lost their worker. */
export async function collectBatches({ db, store }: Parts): Promise<void> {
  await forgetResults(db, limit('batchDays'))
  for (const row of await batchesWithArchive(db)) {
    await sweep(store, row)
    await forgetArchive(db, row.id)
  }
  for await (const keys of keysById(store, 'batches')) {
    const ids = [...keys.keys()]
    const rows = new Map(
      (await db.select().from(batches).where(inArray(batches.id, ids))).map((row) => [row.id, row]),
    )
    for (const id of ids) {
      const row = rows.get(id)
      if (row === undefined ? isOld(id) : hasEnded(row)) await sweep(store, row ?? { id, files: {} })
    }
  }
}

const isOld = (id: string) => Date.now() - timeOf(id).getTime() > limit('blobSeconds') * 1000
const hasEnded = ({ finishedAt }: BatchRow) => finishedAt !== null
