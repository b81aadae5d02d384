// Archives that arrive in pieces: made with their length, grown by bytes at an offset, sealed as a version.
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { newId, timeOf } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type Project, requireName } from '@graft/core/names'
import type { Upload } from '@graft/core/wire/uploads'
import { uploads } from '@graft/db/schema'
import { inSeconds } from '@graft/db/time'
import { and, eq, lt, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { addVersion } from './add-version.ts'
import { sniffed } from './sniffed.ts'
import { openUploadFiles, type UploadFiles } from './upload-file.ts'

/** Milliseconds between two renewals of an upload while its bytes come. */
const RENEW_EVERY = 60_000

type UploadRow = typeof uploads.$inferSelect

export interface NewUpload {
  project: Project
  dataset: string
  filename: string
  bytes: number
  /** The header as it came. */
  metadata: string
}

export interface ResumableUploads {
  create(upload: NewUpload): Promise<Upload>
  read(project: Project, id: string): Promise<Upload>
  /** As `read`, but true to the last byte: a writer that is still there is stopped. Seals what is whole. */
  settle(project: Project, id: string): Promise<Upload>
  /** Adds bytes, and seals the upload with its last. */
  append(project: Project, id: string, offset: number, body: AsyncIterable<Uint8Array>): Promise<Upload>
  remove(project: Project, id: string): Promise<void>
}

/** All methods throw GraftError `not_found`, also for an upload that has expired. */
export function openResumableUploads(context: Context): ResumableUploads {
  const { db, store, dataFolder } = context
  const files = openUploadFiles(uploadFolder(dataFolder))

  async function find(project: Project, id: string): Promise<UploadRow> {
    const [row] = await db
      .select()
      .from(uploads)
      .where(
        and(eq(uploads.project, project), eq(uploads.id, id), sql`${uploads.expiresAt} > clock_timestamp()`),
      )
    if (row === undefined) throw new GraftError('not_found', `There is no upload ${JSON.stringify(id)}.`)
    return row
  }

  const read = async (project: Project, id: string) => await toUpload(await find(project, id), files)

  /**
   * A crash at any place leaves an upload that is whole and open, and the next request about it seals it. An archive
   * that cannot be one is deleted: to send it again would be in vain.
   */
  async function sealIfWhole(project: Project, id: string): Promise<void> {
    const { state, bytes, dataset } = await find(project, id)
    if (state === 'sealed' || (await files.size(id)) < bytes) return
    const key = `uploads/${newId('up')}`
    const { sha256, type } = await storeArchive(id, key)
    await addVersion(context, project, dataset, { key, sha256, type }, async (tx, version) => {
      const sealed = await tx
        .update(uploads)
        .set({ state: 'sealed', version: version.number })
        .where(and(eq(uploads.id, id), eq(uploads.state, 'open')))
        .returning({ id: uploads.id })
      if (sealed.length === 0) throw new GraftError('state_conflict', 'The upload is sealed already.')
    })
    await files.remove(id)
  }

  async function storeArchive(id: string, key: string) {
    const bytes = files.read(id)
    try {
      const { type, body } = await sniffed(bytes[Symbol.asyncIterator]()).catch(async (error) => {
        if (error instanceof GraftError) await remove(id)
        throw error
      })
      return { ...(await store.put(key, body)), type }
    } finally {
      bytes.destroy() // what is not read to its end stays open, and on the disk
    }
  }

  async function remove(id: string): Promise<void> {
    await db.delete(uploads).where(eq(uploads.id, id))
    await files.remove(id)
  }

  return {
    read,
    async create({ project, dataset, filename, bytes, metadata }) {
      requireName(dataset, 'data set')
      const most = limit('archiveBytes')
      if (bytes > most) throw new GraftError('payload_too_large', `An archive has at most ${most} bytes.`)
      const [row] = await db
        .insert(uploads)
        .values({ id: newId('up'), project, dataset, filename, bytes, metadata, expiresAt: expiry() })
        .returning()
      if (row === undefined) throw new Error('an insert returns its row')
      return await toUpload(row, files)
    },
    async settle(project, id) {
      await find(project, id)
      await files.alone(id, () => sealIfWhole(project, id))
      return await read(project, id)
    },
    async append(project, id, offset, body) {
      const { state, bytes } = await find(project, id)
      if (state === 'sealed') throw new GraftError('offset_mismatch', 'The upload is whole already.')
      const renew = async () => {
        await db.update(uploads).set({ expiresAt: expiry() }).where(eq(uploads.id, id))
      }
      await renew()
      // A sign of life that is missed is made up for by the next.
      const alive = setInterval(() => void renew().catch(() => {}), RENEW_EVERY)
      const there = await files.append(id, offset, bytes, body).finally(() => clearInterval(alive))
      if (there === bytes) await files.alone(id, () => sealIfWhole(project, id))
      return await read(project, id)
    },
    async remove(project, id) {
      await find(project, id)
      await files.alone(id, () => remove(id))
    },
  }
}

/** Deletes uploads whose next byte has not come in time, and files whose request was rolled back or died. */
export async function collectExpiredUploads({ db, dataFolder }: Pick<Context, 'db' | 'dataFolder'>) {
  const files = openUploadFiles(uploadFolder(dataFolder))
  await db.delete(uploads).where(lt(uploads.expiresAt, sql`clock_timestamp()`))
  const rows = await db.select({ id: uploads.id }).from(uploads)
  const kept = new Set(rows.map(({ id }) => id))
  for (const id of await files.list()) {
    const isYoung = Date.now() - timeOf(id).getTime() < limit('uploadSeconds') * 1000
    if (!isYoung && !kept.has(id)) await files.remove(id)
  }
}

const uploadFolder = (dataFolder: string) => join(dataFolder, 'uploads')

function expiry() {
  return inSeconds(limit('uploadSeconds'))
}

async function toUpload(row: UploadRow, files: UploadFiles): Promise<Upload> {
  const { id, dataset, filename, bytes, state, version, expiresAt, createdAt } = row
  return {
    id,
    object: 'upload',
    dataset,
    filename,
    bytes,
    offset: state === 'sealed' ? bytes : await files.size(id),
    status: state,
    version,
    expires_at: expiresAt.toISOString(),
    created_at: createdAt.toISOString(),
  }
}
