// Deletes what no row names any more, or only one that has expired: blobs, archives whose request died before its version was made, and what jobs
// that have ended had saved to go on from.
import { timeOf } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { isTerminal, JOB_STATES } from '@graft/core/states'
import { deleteExpiredCaptures } from '@graft/db/captures'
import type { Executor } from '@graft/db/database'
import {
  blobs,
  captures,
  datasetFiles,
  datasets,
  datasetVersions,
  endpoints,
  jobs,
  projectBlobs,
} from '@graft/db/schema'
import { inSeconds } from '@graft/db/time'
import { blobKey, manifestKey, thumbnailKey } from '@graft/store/object-store'
import { inArray, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { keysById } from '../keys-by-id.ts'
import { CLAIM_GRAIN } from './blobs.ts'
import { collectExpiredUploads } from './resumable-upload.ts'

type Parts = Pick<Context, 'db' | 'store' | 'dataFolder'>

/** Blobs that one transaction deletes: who claims one of them meanwhile waits for its end. */
const BATCH = 100

export async function collectGarbage(context: Parts): Promise<void> {
  await collectExpiredUploads(context)
  await collectArchives(context)
  await collectManifests(context)
  await collectCheckpoints(context)
  await deleteExpiredCaptures(context.db)
  await collectProjectBlobs(context)
  await collectSent(context)
  await collectBlobs(context)
}

/** What a project has sent counts as its own as long as the blob itself would stay without all others. */
async function collectProjectBlobs({ db }: Parts): Promise<void> {
  const { project, sha256 } = projectBlobs
  // Who claims some of them at the same time waits for none: what is locked is relied on.
  await db.execute(sql`delete from ${projectBlobs} where (project, sha256) in (
    select project, sha256 from ${projectBlobs} where claimed_at < ${horizon()}
    and not exists (select from ${datasetFiles} join ${datasets} on ${datasets.id} = ${datasetFiles.datasetId}
      where ${datasetFiles.sha256} = ${sha256} and ${datasets.project} = ${project})
    and not exists (select from ${captures} join ${endpoints} on ${endpoints.id} = ${captures.endpointId}
      where ${captures.sha256} = ${sha256} and ${endpoints.project} = ${project})
    for update skip locked)`)
}

/** What was sent straight to the store, and then never asked about: who begins to send has claimed its blob. */
async function collectSent({ db, store }: Parts): Promise<void> {
  for await (const { key } of store.list('sent/')) {
    const [claimed] = await db
      .select({ sha256: blobs.sha256 })
      .from(blobs)
      .where(sql`${blobs.sha256} = ${key.split('/')[2] ?? ''} and ${blobs.claimedAt} > ${horizon()}`)
    if (claimed === undefined) await store.delete(key)
  }
}

/**
 * The rules stand in blobs.ts. First the row says that the bytes are not there, then they are deleted with it, under its
 * lock: a crash in between leaves a blob that is uploaded again, and a claim at the same time either saves the row or
 * finds none.
 */
async function collectBlobs({ db, store }: Parts): Promise<void> {
  const garbage = sql`${blobs.claimedAt} < ${horizon()}
    and not exists (select from ${datasetFiles} where ${datasetFiles.sha256} = ${blobs.sha256})
    and not exists (select from ${captures} where ${captures.sha256} = ${blobs.sha256})`
  await db.update(blobs).set({ isStored: false }).where(sql`${blobs.isStored} and ${garbage}`)
  for (let count = BATCH; count === BATCH; ) {
    count = await db.transaction(async (tx) => {
      const rows = await lockGarbage(tx, garbage)
      for (const sha256 of rows) {
        await store.delete(thumbnailKey(sha256))
        await store.delete(blobKey(sha256))
      }
      if (rows.length > 0) await tx.delete(blobs).where(inArray(blobs.sha256, rows))
      return rows.length
    })
  }
}

/** Claims are true to the hour, and those of an upload that is still ingested are as old as it is, or younger. */
function horizon() {
  const ingesting = sql`select min(${datasetVersions.createdAt}) - ${CLAIM_GRAIN} from ${datasetVersions} where ${datasetVersions.state} = 'ingesting'`
  return sql`least(${inSeconds(-limit('blobSeconds'))}, (${ingesting}))`
}

async function lockGarbage(tx: Executor, garbage: ReturnType<typeof sql>): Promise<string[]> {
  const rows = await tx
    .select({ sha256: blobs.sha256 })
    .from(blobs)
    .where(sql`not ${blobs.isStored} and ${garbage}`)
    .orderBy(blobs.sha256)
    .limit(BATCH)
    .for('update')
  return rows.map(({ sha256 }) => sha256)
}

/** An upload's id tells when it began; one so old that no version names belongs to a request that is gone. */
async function collectArchives({ db, store }: Parts): Promise<void> {
  for await (const { key } of store.list('uploads/')) {
    const age = Date.now() - timeOf(key.slice('uploads/'.length)).getTime()
    if (age < limit('blobSeconds') * 1000) continue
    const [named] = await db
      .select({ number: datasetVersions.number })
      .from(datasetVersions)
      .where(sql`${datasetVersions.archiveKey} = ${key} and ${datasetVersions.state} = 'ingesting'`)
    if (named !== undefined) continue
    await store.delete(key)
  }
}

/** Of versions that were deleted. A version has its row before its manifest, and its number is not given again. */
async function collectManifests({ db, store }: Parts): Promise<void> {
  const found: string[] = []
  for await (const { key } of store.list('datasets/')) found.push(key)
  // After the list: a version that is made meanwhile has its row by now.
  const rows = await db
    .select({ id: datasetVersions.datasetId, number: datasetVersions.number })
    .from(datasetVersions)
  const named = new Set(rows.map(({ id, number }) => manifestKey(id, number)))
  for (const key of found) if (!named.has(key)) await store.delete(key)
}

/** `jobs/<id>/checkpoints/...`: a job that succeeds deletes its own, one that is cancelled or fails leaves them here. */
async function collectCheckpoints({ db, store }: Parts): Promise<void> {
  for await (const keys of keysById(store, 'jobs')) {
    const rows = await db
      .select({ id: jobs.id, state: jobs.state })
      .from(jobs)
      .where(inArray(jobs.id, [...keys.keys()]))
    const ended = rows.filter(({ state }) => isTerminal(JOB_STATES, state))
    for (const { id } of ended) for (const key of keys.get(id) ?? []) await store.delete(key)
  }
}
