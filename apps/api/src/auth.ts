// Who asks, and what they may: API keys are looked up by their sha256, which is all of a key that is stored.
import { createHash, randomBytes } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import type { Scope } from '@graft/core/wire'
import type { Database } from '@graft/db/database'
import { apiKeys } from '@graft/db/schema'
import { and, eq, or, sql } from 'drizzle-orm'
import type { MiddlewareHandler, Context as Request } from 'hono'
import type { ApiEnv, Caller } from './context.ts'

/** The row of the key that the operator sets; it follows GRAFT_ADMIN_KEY at each start. */
export const ADMIN_KEY_ID = 'key_admin'

export function newSecret(): string {
  return `graft_${randomBytes(32).toString('base64url')}`
}

export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

export async function setAdminKey(db: Database, key: string): Promise<void> {
  const hash = hashOf(key)
  await db
    .insert(apiKeys)
    .values({ id: ADMIN_KEY_ID, name: 'admin', scopes: ['admin'], hash })
    .onConflictDoUpdate({ target: apiKeys.id, set: { hash } })
}

/** The key that a request carries. */
export function bearerOf(c: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

/** Times are the database's, so that all processes agree on when a key ends. */
const isExpired = sql<boolean>`coalesce(${apiKeys.expiresAt} <= clock_timestamp(), false)`
const isUseOld = sql<boolean>`coalesce(${apiKeys.lastUsedAt} < clock_timestamp() - interval '1 minute', true)`

/**
 * Puts the caller into `c.var.key`. How long the index takes to find a hash tells of hashes, from which no key can be
 * guessed, so nothing of the key itself is ever compared.
 *
 * @throws GraftError `unauthorized`
 */
export function authenticate(db: Database): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = bearerOf(c)
    if (key === undefined) {
      throw new GraftError('unauthorized', 'Send an API key: "Authorization: Bearer KEY".')
    }
    const hash = hashOf(key)
    const { id, name, scopes, requestsPerSecond } = apiKeys
    const [row] = await db
      .select({ caller: { id, name, scopes, requestsPerSecond }, isExpired, isUseOld })
      .from(apiKeys)
      .where(
        or(
          eq(apiKeys.hash, hash),
          and(eq(apiKeys.previousHash, hash), sql`${apiKeys.previousUntil} > clock_timestamp()`),
        ),
      )
    if (row === undefined) throw new GraftError('unauthorized', 'The API key is not known.')
    if (row.isExpired) throw new GraftError('unauthorized', 'The API key has expired.')
    if (row.isUseOld) await noteUse(db, row.caller.id)
    c.set('key', row.caller)
    await next()
  }
}

/** Of requests at the same time one writes: the condition is asked again under the row's lock. */
async function noteUse(db: Database, id: string): Promise<void> {
  await db
    .update(apiKeys)
    .set({ lastUsedAt: sql`clock_timestamp()` })
    .where(and(eq(apiKeys.id, id), isUseOld))
}

/**
 * Lets only keys with one of the scopes through; `admin` holds all of them.
 *
 * @example createRoute({ method: 'post', path: '/v1/jobs', middleware: requires('train'), ... })
 * @throws GraftError `forbidden`
 */
export function requires(...any: Scope[]): MiddlewareHandler<ApiEnv> {
  const guard: MiddlewareHandler<ApiEnv> = async (c, next) => {
    requireScope(c.var.key, ...any)
    await next()
  }
  guarded.set(guard, any)
  return guard
}

const guarded = new WeakMap<object, readonly Scope[]>()

/** What `requires` was told when it made this middleware: the OpenAPI document says it too. */
export function scopesOf(middleware: object): readonly Scope[] {
  return guarded.get(middleware) ?? []
}

/** The same where a scope is needed only for some requests of a route. @throws GraftError `forbidden` */
export function requireScope({ scopes }: Caller, ...any: Scope[]): void {
  if (scopes.includes('admin') || any.some((scope) => scopes.includes(scope))) return
  throw new GraftError('forbidden', `This needs an API key with the scope "${any.join('" or "')}".`)
}
