// Projects: made and bounded by the operator, deleted once nothing lies in them.
import { GraftError } from '@graft/core/errors'
import { DEFAULT_PROJECT, type Project, requireProject } from '@graft/core/names'
import type { createProjectSchema, ProjectRecord } from '@graft/core/wire/keys'
import type { Database, Executor } from '@graft/db/database'
import { auditLog, blobs, projectBlobs, projects } from '@graft/db/schema'
import { asc, eq, gt, sql } from 'drizzle-orm'
import type { z } from 'zod'

/**
 * A name under which anything was ever done is not given again: its audit log and usage stay, and addresses to send to
 * may still be good, which whoever comes next must not be given.
 *
 * @throws GraftError `invalid_name`, `already_exists`
 */
export async function createProject(
  db: Database,
  { name: asked, stored_bytes_limit: storedBytes }: z.output<typeof createProjectSchema>,
): Promise<ProjectRecord> {
  const name = requireProject(asked)
  const made = await db.insert(projects).values({ name, storedBytes }).onConflictDoNothing().returning()
  if (made.length === 0) throw new GraftError('already_exists', `There is a project ${JSON.stringify(name)}.`)
  // The insert is undone with the request's transaction.
  const [entry] = await db
    .select({ number: auditLog.number })
    .from(auditLog)
    .where(eq(auditLog.project, name))
    .limit(1)
  if (entry !== undefined) {
    throw new GraftError(
      'already_exists',
      `There was a project ${JSON.stringify(name)}, whose audit log is kept: take another name.`,
    )
  }
  return await readProject(db, name)
}

/** By name. Sums up the images of each. */
export async function listProjects(
  executor: Executor,
  after: string | undefined,
  count: number,
): Promise<ProjectRecord[]> {
  const rows = await select(executor)
    .where(after === undefined ? undefined : gt(projects.name, after as Project))
    .orderBy(asc(projects.name))
    .limit(count)
  return rows.map(toProject)
}

/** @throws GraftError `not_found` */
export async function limitProject(
  executor: Executor,
  name: string,
  storedBytes: number | null,
): Promise<ProjectRecord> {
  await executor.update(projects).set({ storedBytes }).where(isProject(name))
  return await readProject(executor, name)
}

/** @throws GraftError `not_found`; `state_conflict` for `default`, and while anything lies in it, its keys too */
export async function deleteProject(db: Database, name: string): Promise<void> {
  if (name === DEFAULT_PROJECT) throw new GraftError('state_conflict', 'The project default stays.')
  const deleted = await db
    .transaction((tx) => tx.delete(projects).where(isProject(name)).returning({ name: projects.name }))
    .catch((error: unknown) => {
      const what = referrerOf(error)
      if (what === undefined) throw error
      throw new GraftError('state_conflict', `The project ${name} is not empty: it has ${what}.`)
    })
  if (deleted.length === 0) throw noProject(name)
}

/** The table whose rows name what was to be deleted, in words. */
function referrerOf(error: unknown): string | undefined {
  // drizzle wraps the driver's error.
  const { code, table_name: table } = ((error as Error).cause ?? {}) as { code?: string; table_name?: string }
  return code === '23503' ? (table ?? 'rows').replaceAll('_', ' ') : undefined
}

async function readProject(executor: Executor, name: string): Promise<ProjectRecord> {
  const [row] = await select(executor).where(isProject(name))
  if (row === undefined) throw noProject(name)
  return toProject(row)
}

const isProject = (name: string) => eq(projects.name, name as Project)

function select(executor: Executor) {
  return executor
    .select({
      row: projects,
      bytes: sql<number>`coalesce((select sum(blob.bytes) from ${projectBlobs} sent
        join ${blobs} blob on blob.sha256 = sent.sha256 where sent.project = projects.name), 0)::float8`,
    })
    .from(projects)
}

function toProject({ row, bytes }: Awaited<ReturnType<typeof select>>[number]): ProjectRecord {
  return {
    object: 'project',
    name: row.name,
    stored_bytes: bytes,
    stored_bytes_limit: row.storedBytes,
    created_at: row.createdAt.toISOString(),
  }
}

export function noProject(name: string): GraftError {
  return new GraftError('not_found', `There is no project ${JSON.stringify(name)}.`)
}
