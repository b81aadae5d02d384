// The quotas of stored images: what would bring more bytes is refused once the project, or the platform, holds as many
// as it may.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import type { Database } from '@graft/db/database'
import { blobs, projectBlobs, projects } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from '../context.ts'

/** Milliseconds that a sum is believed: it costs a look at every blob's row. */
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
  const ofPlatform = believed(() => storedBytes(db))
  const ofProjects = new Map<Project, () => Promise<Sum | undefined>>()
  return {
    async require(project) {
      const all = { bytes: await ofPlatform(), most: limit('storedBytes') }
      if (all.bytes >= all.most) throw full('The images hold', all)
      const ofProject = ofProjects.get(project) ?? believed(() => readQuota(db, project))
      ofProjects.set(project, ofProject)
      const own = await ofProject()
      if (own && own.bytes >= own.most) throw full(`The images of the project ${project} hold`, own)
    },
  }
}

function full(what: string, { bytes, most }: Sum): GraftError {
  return new GraftError('store_full', `${what} ${bytes} bytes, and may hold ${most}.`)
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

async function storedBytes(db: Database): Promise<number> {
  const [row] = await db.select({ bytes: sumOfBytes }).from(blobs).where(eq(blobs.isStored, true))
  return row?.bytes ?? 0
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

/** Of the images that a project has sent. */
export async function projectBytes(db: Database, project: Project): Promise<number> {
  const [row] = await db
    .select({ bytes: sumOfBytes })
    .from(projectBlobs)
    .innerJoin(blobs, eq(blobs.sha256, projectBlobs.sha256))
    .where(eq(projectBlobs.project, project))
  return row?.bytes ?? 0
}

const sumOfBytes = sql<number>`coalesce(sum(${blobs.bytes}), 0)::float8`

/** For routes whose bodies are stored. */
export function requireRoom(room: Room): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (c.req.method === 'PUT' || c.req.method === 'POST') await room.require(c.var.key.project)
    await next()
  }
}
