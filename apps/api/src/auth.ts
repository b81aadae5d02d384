// API keys: how they are made, kept and checked. Only the sha256 of a key is stored.
import { createHash, randomBytes } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import type { Scope } from '@graft/core/wire'
import type { Database } from '@graft/db/database'
import { apiKeys } from '@graft/db/schema'
import { eq } from 'drizzle-orm'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './context.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect

/** The row of the key that the operator sets; it follows GRAFT_ADMIN_KEY at each start. */
export const ADMIN_KEY_ID = 'key_admin'

export function newSecret(): string {
  return `graft_${randomBytes(32).toString('base64url')}`
}

/** The one moment at which the key itself is known. */
export async function createKey(
  db: Database,
  name: string,
  scopes: Scope[],
): Promise<{ row: ApiKeyRow; key: string }> {
  const key = newSecret()
  const [row] = await db
    .insert(apiKeys)
    .values({ id: newId('key'), name, scopes: [...new Set(scopes)], hash: hashOf(key) })
    .returning()
  if (row === undefined) throw new Error('an insert returns its row')
  return { row, key }
}

export async function setAdminKey(db: Database, key: string): Promise<void> {
  const hash = hashOf(key)
  await db
    .insert(apiKeys)
    .values({ id: ADMIN_KEY_ID, name: 'admin', scopes: ['admin'], hash })
    .onConflictDoUpdate({ target: apiKeys.id, set: { hash } })
}

/**
 * Puts the caller into `c.var.key`. The key is found by its sha256: how long the index takes tells of hashes, from
 * which no key can be guessed, so nothing of the key itself is ever compared.
 *
 * @throws GraftError `unauthorized`
 */
export function authenticate(db: Database): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (key === undefined) {
      throw new GraftError('unauthorized', 'Send an API key: "Authorization: Bearer KEY".')
    }
    const [row] = await db
      .select({ id: apiKeys.id, scopes: apiKeys.scopes })
      .from(apiKeys)
      .where(eq(apiKeys.hash, hashOf(key)))
    if (row === undefined) throw new GraftError('unauthorized', 'The API key is not known.')
    c.set('key', row)
    await next()
  }
}

/**
 * Lets only keys with one of the scopes through; `admin` holds all of them.
 *
 * @example createRoute({ method: 'post', path: '/v1/jobs', middleware: requires('train'), ... })
 * @throws GraftError `forbidden`
 */
export function requires(...any: Scope[]): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { scopes } = c.var.key
    if (!scopes.includes('admin') && !any.some((scope) => scopes.includes(scope))) {
      throw new GraftError('forbidden', `This needs an API key with the scope "${any.join('" or "')}".`)
    }
    await next()
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
