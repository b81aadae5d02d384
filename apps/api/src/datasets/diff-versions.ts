// What has changed between two versions of a data set, image by image.
import type { Project } from '@graft/core/names'
import type { VersionChange } from '@graft/core/wire/datasets'
import type { Executor } from '@graft/db/database'
import { isNamed } from '@graft/db/is-named'
import { datasetFiles, datasets } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import { findVersion } from './dataset-versions.ts'

export interface VersionPair {
  project: Project
  name: string
  from: number
  to: number
}

/**
 * Images are told apart by content: a renamed file is no change. In the order of their hashes.
 * @throws GraftError `not_found`
 */
export async function listChanges(
  executor: Executor,
  pair: VersionPair,
  after: string | undefined,
  count: number,
): Promise<VersionChange[]> {
  await findVersion(executor, pair.project, pair.name, pair.from)
  await findVersion(executor, pair.project, pair.name, pair.to)
  const rows = await executor.execute<ChangeRow>(sql`${changesOf(pair)}
    select * from changes where sha256 > ${after ?? ''} order by sha256 limit ${count}`)
  return rows.map((row) => ({
    change: row.change,
    sha256: row.sha256,
    before: row.path_before === null ? null : placeOf(row.path_before, row.label_before, row.split_before),
    after: row.path_after === null ? null : placeOf(row.path_after, row.label_after, row.split_after),
  }))
}

type Split = NonNullable<VersionChange['before']>['split']

interface ChangeRow extends Record<string, unknown> {
  change: VersionChange['change']
  sha256: string
  path_before: string | null
  label_before: string
  split_before: Split
  path_after: string | null
  label_after: string
  split_after: Split
}

const placeOf = (path: string, label: string, split: Split) => ({ path, label, split })

export async function countChanges(
  executor: Executor,
  pair: VersionPair,
): Promise<Record<VersionChange['change'], number>> {
  const rows = await executor.execute<{ change: VersionChange['change']; count: number }>(
    sql`${changesOf(pair)} select change, count(*)::int as count from changes group by change`,
  )
  const counts = { added: 0, removed: 0, relabelled: 0, moved: 0 }
  for (const { change, count } of rows) counts[change] = count
  return counts
}

function changesOf({ project, name, from, to }: VersionPair) {
  const accepted = (number: number) => sql`
    select sha256, path, label, split from ${datasetFiles}
    where dataset_id = (select id from ${datasets} where ${isNamed(datasets, project, name)})
      and number = ${number} and status = 'accepted'`
  return sql`with changes as (
    select sha256, a.path as path_before, a.label as label_before, a.split as split_before,
      b.path as path_after, b.label as label_after, b.split as split_after,
      case when a.path is null then 'added' when b.path is null then 'removed'
        when a.label <> b.label then 'relabelled' else 'moved' end as change
    from (${accepted(from)}) a full join (${accepted(to)}) b using (sha256)
    where (a.label, a.split) is distinct from (b.label, b.split))`
}
