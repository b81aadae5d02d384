// What a version's images are like: how many of each label, how large, of what shape, and why files were refused.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Distribution, VersionStatistics } from '@graft/core/wire/datasets'
import type { Executor } from '@graft/db/database'
import { isNamed } from '@graft/db/is-named'
import { datasetFiles, datasets } from '@graft/db/schema'
import { sql } from 'drizzle-orm'
import { findVersion } from './dataset-versions.ts'

type Row = Record<string, unknown>

/**
 * Read from the rows of its files, which never change once it has ended.
 * @throws GraftError `not_found`, `dataset_not_ready` while it is ingested
 */
export async function readStatistics(
  executor: Executor,
  project: Project,
  name: string,
  number: number,
): Promise<VersionStatistics> {
  const { status, labels } = await findVersion(executor, project, name, number)
  if (status === 'ingesting') throw new GraftError('dataset_not_ready', `${name}@${number} is ${status}.`)
  const files = sql`from ${datasetFiles} where number = ${number}
    and dataset_id = (select id from ${datasets} where ${isNamed(datasets, project, name)})`
  const accepted = sql`${files} and status = 'accepted'`
  const counts = await executor.execute<{ label: string; count: number } & Row>(
    sql`select label, count(*)::int as count ${accepted} group by label order by label collate "C"`,
  )
  const [spread] = await executor.execute<Record<keyof typeof MEASURES, Distribution | null> & Row>(
    sql`select ${sql.join(Object.entries(MEASURES).map(distributionOf), sql`, `)} ${accepted}`,
  )
  const reasons = await executor.execute<{ code: string; count: number } & Row>(
    sql`select reason_code as code, count(*)::int as count ${files} and status <> 'accepted'
      group by code order by count desc, code`,
  )
  const sizes = counts.map(({ count }) => count)
  return {
    object: 'dataset.statistics',
    dataset: name,
    version: number,
    images: sizes.reduce((sum, count) => sum + count, 0),
    classes: labels.length,
    labels: Object.fromEntries(counts.map(({ label, count }) => [label, count])),
    imbalance: sizes.length === 0 ? null : Math.max(...sizes) / Math.min(...sizes),
    bytes: spread?.bytes ?? null,
    width: spread?.width ?? null,
    height: spread?.height ?? null,
    aspect_ratio: spread?.aspect_ratio ?? null,
    reasons: Object.fromEntries(reasons.map(({ code, count }) => [code, count])),
  }
}

const MEASURES = {
  bytes: sql`bytes`,
  width: sql`width`,
  height: sql`height`,
  aspect_ratio: sql`width::float8 / height`,
}

/** One JSON object, null where there is no image. */
function distributionOf([name, measure]: [string, ReturnType<typeof sql>]) {
  const percentile = (share: number) =>
    sql`percentile_disc(${share}::float8) within group (order by ${measure})`
  return sql`case when count(*) = 0 then null else json_build_object('least', min(${measure}),
    'median', ${percentile(0.5)}, 'p95', ${percentile(0.95)}, 'greatest', max(${measure}),
    'mean', avg(${measure})::float8) end as ${sql.identifier(name)}`
}
