// The original bytes of files, each stored once under its sha256: how they come, and how they are kept.
//
// A blob has a row before it has bytes. It stays as long as a file of a version or a capture names it; without one, for a day after
// it was last claimed, and not past the begin of the oldest ingest that still runs. To claim is to rely on it: to be
// told that it need not be uploaded, to upload it, to make a version of it. So between the question which blobs are
// missing and the version that names them all nothing is lost, whatever `collectBlobs` deletes at the same time.
//
// The bytes are the platform's, and who has sent them is a row of `project_blobs`. A project uses, and is told of, only
// what it has sent itself: to a project that knows the hash of another's image, the image is missing.
import { isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Executor } from '@graft/db/database'
import { blobs, projectBlobs } from '@graft/db/schema'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { and, eq, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'

/** As a project sees it. */
export type BlobRow = typeof blobs.$inferSelect & {
  /** Its bytes have been sent by this project. */
  isOurs: boolean
}

/** What is known of a blob's content. */
export interface BlobFacts {
  sha256: string
  bytes: number
  /** Of an image whose pixels decode. */
  width?: number
  height?: number
  /** Where it is told, empty for a picture that looks like nothing. */
  perceptualHash?: string
}

/** Claims are told apart to this time, so that a push of many files that are there already writes nothing. */
export const CLAIM_GRAIN = sql`interval '1 hour'`

/** Claims all of them, in one statement, and returns their rows. */
export async function claimBlobs(
  executor: Executor,
  project: Project,
  hashes: Iterable<string>,
): Promise<Map<string, BlobRow>> {
  // As one parameter: a statement takes 65,535 of them. In order: two claims of the same rows never wait crosswise.
  const asked = JSON.stringify([...new Set(hashes)])
  await executor.execute(sql`
    insert into ${blobs} (sha256) select value from json_array_elements_text(${asked}::json) order by value
    on conflict (sha256) do update set claimed_at = clock_timestamp()
    where ${blobs.claimedAt} < clock_timestamp() - ${CLAIM_GRAIN}`)
  const isAsked = (column: typeof blobs.sha256 | typeof projectBlobs.sha256) =>
    sql`${column} in (select value from json_array_elements_text(${asked}::json))`
  await executor.execute(sql`
    update ${projectBlobs} set claimed_at = clock_timestamp()
    where (project, sha256) in (
      select project, sha256 from ${projectBlobs} where project = ${project} and ${isAsked(projectBlobs.sha256)}
        and claimed_at < clock_timestamp() - ${CLAIM_GRAIN}
      order by sha256 for update)`)
  const rows = await executor
    .select({ row: blobs, sender: projectBlobs.project })
    .from(blobs)
    .leftJoin(projectBlobs, and(eq(projectBlobs.sha256, blobs.sha256), eq(projectBlobs.project, project)))
    .where(isAsked(blobs.sha256))
  return new Map(rows.map(({ row, sender }) => [row.sha256, { ...row, isOurs: sender !== null }]))
}

/** The project has sent the bytes, and they are in the store; what was known of the content stays known. */
export async function noteStored(
  executor: Executor,
  project: Project,
  facts: readonly BlobFacts[],
): Promise<void> {
  if (facts.length === 0) return
  await executor.execute(sql`
    insert into ${blobs} (sha256, is_stored, bytes, width, height, perceptual_hash)
    select distinct on (sha256) sha256, true, bytes, width, height, "perceptualHash"
    from json_to_recordset(${JSON.stringify(facts)}::json)
      as fact(sha256 text, bytes bigint, width integer, height integer, "perceptualHash" text)
    order by sha256
    on conflict (sha256) do update set is_stored = true, bytes = excluded.bytes,
      width = coalesce(excluded.width, ${blobs.width}), height = coalesce(excluded.height, ${blobs.height}),
      perceptual_hash = coalesce(excluded.perceptual_hash, ${blobs.perceptualHash})
    where not ${blobs.isStored} or (${blobs.perceptualHash} is null and excluded.perceptual_hash is not null)`)
  await executor.execute(sql`
    insert into ${projectBlobs} (project, sha256)
    select distinct ${project}, sha256 from json_to_recordset(${JSON.stringify(facts)}::json) as fact(sha256 text)
    order by sha256
    on conflict do nothing`)
}

/**
 * The hashes of which the project has to send the bytes. What was sent straight to the store is found by a look at
 * where it was sent to.
 */
export async function missingBlobs(
  { db, store }: Pick<Context, 'db' | 'store'>,
  project: Project,
  hashes: readonly string[],
): Promise<string[]> {
  const rows = await claimBlobs(db, project, hashes)
  const missing = [...rows.values()]
    .filter(({ isStored, isOurs }) => !isStored || !isOurs)
    .map(({ sha256 }) => sha256)
  if (store.copy === undefined || missing.length === 0) return missing
  const found = await takeSent(store, store.copy, project, missing)
  await noteStored(db, project, found)
  const there = new Set(found.map(({ sha256 }) => sha256))
  return missing.filter((sha256) => !there.has(sha256))
}

const LOOKS_AT_ONCE = 16

/** Each project sends to a place of its own: what lies there it has sent, whoever else has the same bytes. */
export function sentKey(project: Project, sha256: string): string {
  return `sent/${project}/${sha256}`
}

/**
 * A crash in between leaves what was sent where it is: it is found again, or collected. Other bytes than the hash says
 * are deleted: they would be those of all projects, and who sent them would be given what others send by that hash.
 */
async function takeSent(
  store: ObjectStore,
  copy: NonNullable<ObjectStore['copy']>,
  project: Project,
  hashes: readonly string[],
): Promise<BlobFacts[]> {
  const found: BlobFacts[] = []
  const left = [...hashes]
  const look = async () => {
    for (let sha256 = left.pop(); sha256 !== undefined; sha256 = left.pop()) {
      const sent = sentKey(project, sha256)
      const bytes = await store.size(sent)
      if (bytes === undefined) continue
      const isRight = await copy(sent, blobKey(sha256), { sha256 }).then(
        () => true,
        (error: unknown) => {
          if (isGraftError(error, 'checksum_mismatch')) return false
          throw error
        },
      )
      await store.delete(sent)
      if (isRight) found.push({ sha256, bytes })
    }
  }
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look))
  return found
}

/**
 * Stores the body under the hash that it must have.
 * @throws GraftError `checksum_mismatch`, what the body and the store throw
 */
export async function putBlob(
  { db, store }: Pick<Context, 'db' | 'store'>,
  project: Project,
  sha256: string,
  body: AsyncIterable<Uint8Array>,
): Promise<BlobFacts> {
  await claimBlobs(db, project, [sha256])
  const { bytes } = await store.put(blobKey(sha256), body, { sha256 })
  await noteStored(db, project, [{ sha256, bytes }])
  return { sha256, bytes }
}

/** Bytes that are not what their hash says must not be there: the next push brings them again. */
export async function dropBlob({ db, store }: Pick<Context, 'db' | 'store'>, sha256: string): Promise<void> {
  await db.delete(projectBlobs).where(eq(projectBlobs.sha256, sha256))
  await db.update(blobs).set({ isStored: false }).where(sql`${blobs.sha256} = ${sha256}`)
  await store.delete(blobKey(sha256))
}
