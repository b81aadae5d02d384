// Who asks, and what they may: API keys are looked up by their sha256, which is all of a key that is stored.
import { createHash, randomBytes } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { DEFAULT_PROJECT, type Project, requireProject } from '@graft/core/names'
import type { Scope } from '@graft/core/wire/keys'
import type { Database } from '@graft/db/database'
import { apiKeys, projects } from '@graft/db/schema'
import { and, eq, or, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { MiddlewareHandler, Context as Request } from 'hono'
import type { ApiEnv, Caller } from './context.ts'
import type { KnownKeys, VerifiedKey } from './keys/known-keys.ts'
import { isWrite, matchedRoute } from './matched-route.ts'
import { noProject } from './projects/projects.ts'

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
    .values({ id: ADMIN_KEY_ID, project: DEFAULT_PROJECT, name: 'admin', scopes: ['admin'], hash })
    .onConflictDoUpdate({ target: apiKeys.id, set: { hash } })
}

/** The key that a request carries. */
export function bearerOf(c: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

const isUseOld = sql<boolean>`coalesce(${apiKeys.lastUsedAt} < clock_timestamp() - interval '1 minute', true)`
/** By the database's clock, so that all processes agree on when a key ends. */
const millisecondsTo = (time: PgColumn) =>
  sql<number | null>`(1000 * extract(epoch from ${time} - clock_timestamp()))::float8`

/**
 * The key with the hash, its use noted. How long the index takes to find a hash tells of hashes, from which no key can
 * be guessed, so nothing of the key itself is ever compared.
 */
export async function readKey(db: Database, hash: string): Promise<VerifiedKey | undefined> {
  const { id, name, project, scopes, requestsPerSecond, expiresAt, previousUntil } = apiKeys
  const [row] = await db
    .select({
      caller: { id, name, project, scopes, requestsPerSecond },
      isPrevious: sql<boolean>`${apiKeys.previousHash} is not distinct from ${hash}`,
      ends: millisecondsTo(expiresAt),
      overlap: millisecondsTo(previousUntil),
      isUseOld,
    })
    .from(apiKeys)
    .where(
      or(
        eq(apiKeys.hash, hash),
        and(eq(apiKeys.previousHash, hash), sql`${apiKeys.previousUntil} > clock_timestamp()`),
      ),
    )
  if (row === undefined) return undefined
  const never = Number.POSITIVE_INFINITY
  const validFor = Math.min(row.ends ?? never, row.isPrevious ? (row.overlap ?? 0) : never)
  if (validFor > 0 && row.isUseOld) await noteUse(db, row.caller.id)
  return { caller: row.caller, validFor }
}

/** The project that a request names; only the operator's key may act in another than its own. */
export const PROJECT_HEADER = 'graft-project'

/**
 * Puts the caller into `c.var.key`. @throws GraftError `unauthorized`; `forbidden` for a header that names another
 * project than the key's, `not_found` where the operator names one that is not there
 */
export function authenticate(db: Database, keys: KnownKeys): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const bearer = bearerOf(c)
    if (bearer === undefined) {
      throw new GraftError('unauthorized', 'Send an API key: "Authorization: Bearer KEY".')
    }
    const key = await keys.find(hashOf(bearer))
    if (key === undefined) throw new GraftError('unauthorized', 'The API key is not known.')
    if (key.validFor <= 0) throw new GraftError('unauthorized', 'The API key has expired.')
    const named = c.req.header(PROJECT_HEADER)
    c.set('key', named === undefined ? key.caller : await enter(db, key.caller, named))
    await next()
  }
}

/** The project that a key belongs to: that of the operator's is `default`, wherever it acts. */
export function homeOf({ id, project }: Pick<Caller, 'id' | 'project'>): Project {
  return id === ADMIN_KEY_ID ? DEFAULT_PROJECT : project
}

async function enter(db: Database, caller: Caller, named: string): Promise<Caller> {
  if (named === caller.project) return caller
  if (caller.id !== ADMIN_KEY_ID) {
    throw new GraftError('forbidden', `This API key belongs to the project ${caller.project}.`)
  }
  return { ...caller, project: await findProjectName(db, requireProject(named)) }
}

async function findProjectName(db: Database, name: Project): Promise<Project> {
  const [row] = await db.select({ name: projects.name }).from(projects).where(eq(projects.name, name))
  if (row === undefined) throw noProject(name)
  return row.name
}

/** Stands around the writes' transaction: when a change of keys is answered, this process has heard of it. */
export function forgetChangedKeys(keys: KnownKeys): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next()
    if (isWrite(c.req.method, matchedRoute(c) ?? '')) keys.forget()
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

/**
 * What is the platform's own opens for the operator's key alone, whatever others may in their projects. It is done in
 * `default`, whatever the header names: the audit log of one project tells of no other.
 */
export function requiresOperator(): MiddlewareHandler<ApiEnv> {
  const guard: MiddlewareHandler<ApiEnv> = async (c, next) => {
    if (c.var.key.id !== ADMIN_KEY_ID) {
      throw new GraftError('forbidden', "This needs the platform's own key, GRAFT_ADMIN_KEY.")
    }
    c.set('key', { ...c.var.key, project: homeOf(c.var.key) })
    await next()
  }
  guarded.set(guard, [])
  return guard
}
