// The quotas of stored images: what would bring more bytes is refused once the project, or the platform, holds as many
// as it may.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import type { Database } from '@graft/db/database'
import { batches, blobs, endpoints, projectBlobs, projects, storedBytes } from '@graft/db/schema'
import { and, eq, sql } from 'drizzle-orm'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from '../context.ts'

/** Milliseconds that a sum is believed: a project's costs a look at each of its blobs' rows. */
const BELIEVED = 5000

export interface Room {
  /** @throws GraftError `store_full` */
  require(project: Project): Promise<void>
}

interface Sum {
  bytes: number
  most: number
}

/**
 * Judged by what is stored before the bytes come, so uploads at the same time may go past it by what they bring. Each
 * image counts once in its project, and once in the platform, whoever names it; models do not count.
 */
export function openRoom(db: Database): Room {
  const ofPlatform = believed(() => platformBytes(db))
  const ofProjects = new Map<Project, () => Promise<Sum | undefined>>()
  return {
    async require(project) {
      const all = { bytes: await ofPlatform(), most: limit('storedBytes') }
      if (all.bytes >= all.most) throw full(`The images of the platform hold all of its ${all.most} bytes.`)
      const ofProject = ofProjects.get(project) ?? believed(() => readQuota(db, project))
      ofProjects.set(project, ofProject)
      const own = await ofProject()
      if (own && own.bytes >= own.most) {
        throw full(`The images of the project ${project} hold ${own.bytes} bytes, and may hold ${own.most}.`)
      }
    },
  }
}

/** It tells no project what all together hold: by what it has sent itself it would know what others have. */
function full(message: string): GraftError {
  return new GraftError('store_full', message)
}

/** One query for all who ask within the time; after one that fails the next asks again. */
function believed<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { value: Promise<T>; at: number } | undefined
  return async () => {
    if (last === undefined || performance.now() - last.at > BELIEVED) {
      last = { value: read(), at: performance.now() }
    }
    return await last.value.catch((error: unknown) => {
      last = undefined
      throw error
    })
  }
}

/** Rows from which on they are added up into one. */
const MANY = 1000

/** The images, and the archives that wait for their prediction, in a few rows: see `storedBytes` in the schema. */
export async function platformBytes(db: Database): Promise<number> {
  const [row] = await db.execute<{ bytes: number; rows: number }>(sql`
    select (coalesce(sum(${storedBytes.bytes}), 0) + (select ${sumOfArchives} from ${batches}
        where ${batches.archiveBytes} > 0))::float8 as bytes, count(*)::int as rows
    from ${storedBytes}`)
  if (row === undefined) throw new Error('a query without group answers one row')
  if (row.rows > MANY) await addUp(db)
  return row.bytes
}

/** One statement: whoever reads meanwhile sees all rows or their sum, and of two who do it each row goes into one sum. */
async function addUp(db: Database): Promise<void> {
  await db.execute(sql`with taken as (delete from ${storedBytes} returning bytes)
    insert into ${storedBytes} (bytes) select sum(bytes) from taken having count(*) > 0`)
}

/** Undefined where the project has no quota: nothing is summed up then. */
async function readQuota(db: Database, project: Project): Promise<Sum | undefined> {
  const [row] = await db
    .select({ most: projects.storedBytes })
    .from(projects)
    .where(eq(projects.name, project))
  const most = row?.most ?? null
  return most === null ? undefined : { most, bytes: await projectBytes(db, project) }
}

/** Of the images that a project has sent, and of its archives that wait for their prediction. */
export async function projectBytes(db: Database, project: Project): Promise<number> {
  const [images] = await db
    .select({ bytes: sql<number>`coalesce(sum(${blobs.bytes}), 0)::float8` })
    .from(projectBlobs)
    .innerJoin(blobs, eq(blobs.sha256, projectBlobs.sha256))
    .where(eq(projectBlobs.project, project))
  const [archives] = await db
    .select({ bytes: sql<number>`${sumOfArchives}::float8` })
    .from(batches)
    .innerJoin(endpoints, eq(endpoints.id, batches.endpointId))
    .where(and(eq(endpoints.project, project), sql`${batches.archiveBytes} > 0`))
  return (images?.bytes ?? 0) + (archives?.bytes ?? 0)
}

const sumOfArchives = sql`coalesce(sum(${batches.archiveBytes}), 0)`

/** For routes whose bodies are stored. */
export function requireRoom(room: Room): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (c.req.method === 'PUT' || c.req.method === 'POST') await room.require(c.var.key.project)
    await next()
  }
}
