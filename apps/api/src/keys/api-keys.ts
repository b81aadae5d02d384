// API keys: made, rotated, revoked. A key itself is known only in the answer to its making.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { DEFAULT_PROJECT, type Project } from '@graft/core/names'
import type { createKeySchema, keySchema } from '@graft/core/wire/keys'
import type { Executor } from '@graft/db/database'
import { apiKeys } from '@graft/db/schema'
import { inSeconds } from '@graft/db/time'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { ADMIN_KEY_ID, hashOf, newSecret } from '../auth.ts'

type ApiKeyRow = typeof apiKeys.$inferSelect
type ApiKey = z.output<typeof keySchema>
type CreatedKey = ApiKey & { key: string }

/** @throws GraftError `invalid_request` for an end that has passed */
export async function createKey(
  executor: Executor,
  project: Project,
  { name, scopes, expires_at, requests_per_second }: z.output<typeof createKeySchema>,
): Promise<CreatedKey> {
  const expiresAt = expires_at === undefined ? null : new Date(expires_at)
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw new GraftError('invalid_request', `expires_at: ${expires_at} has passed.`)
  }
  const key = newSecret()
  const [row] = await executor
    .insert(apiKeys)
    .values({
      id: newId('key'),
      project,
      name,
      scopes: [...new Set(scopes)],
      hash: hashOf(key),
      expiresAt,
      requestsPerSecond: requests_per_second ?? null,
    })
    .returning()
  if (row === undefined) throw new Error('an insert returns its row')
  return { ...toKey(row), key }
}

export async function listKeys(
  executor: Executor,
  project: Project,
  after: string | undefined,
  count: number,
): Promise<ApiKey[]> {
  const rows = await executor
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.project, project), after === undefined ? undefined : gt(apiKeys.id, after)))
    .orderBy(asc(apiKeys.id))
    .limit(count)
  return rows.map(toKey)
}

/**
 * Gives the key a new secret. The one before opens for `overlap` seconds more, and one that was still left over from
 * an earlier rotation ends now.
 *
 * @throws GraftError `not_found`, `state_conflict` for the operator's key
 */
export async function rotateKey(
  executor: Executor,
  project: Project,
  id: string,
  overlap: number,
): Promise<CreatedKey> {
  refuseAdminKey(project, id, 'rotated')
  const key = newSecret()
  const [row] = await executor
    .update(apiKeys)
    .set({
      hash: hashOf(key),
      previousHash: sql`${apiKeys.hash}`,
      previousUntil: inSeconds(overlap),
    })
    .where(isKey(project, id))
    .returning()
  if (row === undefined) throw noKey(id)
  return { ...toKey(row), key }
}

/** @throws GraftError `not_found`, `state_conflict` for the operator's key */
export async function revokeKey(executor: Executor, project: Project, id: string): Promise<void> {
  refuseAdminKey(project, id, 'revoked')
  const gone = await executor.delete(apiKeys).where(isKey(project, id)).returning({ id: apiKeys.id })
  if (gone.length === 0) throw noKey(id)
}

function refuseAdminKey(project: Project, id: string, what: string): void {
  if (id !== ADMIN_KEY_ID || project !== DEFAULT_PROJECT) return
  throw new GraftError('state_conflict', `The admin key is ${what} by a start with another GRAFT_ADMIN_KEY.`)
}

function isKey(project: Project, id: string) {
  return and(eq(apiKeys.project, project), eq(apiKeys.id, id))
}

function noKey(id: string): GraftError {
  return new GraftError('not_found', `There is no API key ${JSON.stringify(id)}.`)
}

function toKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    object: 'api_key',
    project: row.project,
    name: row.name,
    scopes: row.scopes,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    previous_valid_until: row.previousUntil?.toISOString() ?? null,
    requests_per_second: row.requestsPerSecond,
  }
}
