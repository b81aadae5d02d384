// The rows behind Idempotency-Key: which request a key belongs to, and what was answered.
import { randomUUID } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Database, Executor } from '@graft/db/database'
import { idempotencyKeys } from '@graft/db/schema'
import { inSeconds } from '@graft/db/time'
import { and, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { seal, unseal } from './sealed-answer.ts'

/** What a request with an Idempotency-Key is recognised by. */
export interface KeyedRequest {
  /** Id of the API key, with the project that it acts in where that is not its own. */
  caller: string
  key: string
  method: string
  /** With its query. */
  path: string
  /** sha256 of the body, or what is known of a streamed one before it is read. */
  body: string
}

export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

type Row = typeof idempotencyKeys.$inferSelect

/** Seconds that a streamed request is believed to run after its last sign of life. */
const CLAIM = 30

const isForgotten = () => sql`${idempotencyKeys.createdAt} < ${inSeconds(-limit('idempotencySeconds'))}`
const claimEnd = () => inSeconds(CLAIM)

/**
 * The answer that was kept for the request; undefined where it is new. Holds the key until the transaction ends: of
 * two requests at the same time the second hears that the first still runs. A crash ends the hold with its connection.
 *
 * @throws GraftError `idempotency_in_progress`, `idempotency_key_reused`
 */
export async function holdKey(
  tx: Executor,
  request: KeyedRequest,
  apiKey: string,
): Promise<KeptAnswer | undefined> {
  const { caller, key } = request
  const lock = sql`pg_try_advisory_xact_lock(hashtextextended(${`${caller} ${key}`}, 0))`
  const [{ held } = { held: false }] = await tx.execute<{ held: boolean }>(sql`select ${lock} as held`)
  if (!held) throw inProgress()
  const [found] = await tx
    .select({ row: idempotencyKeys, isForgotten: sql<boolean>`${isForgotten()}` })
    .from(idempotencyKeys)
    .where(isRow(request))
  if (found === undefined) return undefined
  if (!found.isForgotten) return answerOf(found.row, request, apiKey)
  await tx.delete(idempotencyKeys).where(isRow(request))
  return undefined
}

/** In the transaction of the change: there is never one without the other. */
export async function keepAnswer(
  tx: Executor,
  request: KeyedRequest,
  answer: KeptAnswer,
  apiKey: string,
): Promise<void> {
  const { status, headers, body } = answer
  await tx.insert(idempotencyKeys).values({ ...request, status, headers, sealed: seal(body, apiKey) })
}

export interface Claim {
  renew(): Promise<void>
  /** False where the claim has lapsed meanwhile, and another request has taken the key. */
  keep(executor: Executor, answer: KeptAnswer): Promise<boolean>
  /** After a failure the key is free again. */
  release(): Promise<void>
}

/**
 * The same for a request whose body may stream for hours, which no transaction should be open for: a row tells that
 * it runs. When its process dies the claim lapses, and the same request may run again.
 *
 * @throws GraftError `idempotency_in_progress`, `idempotency_key_reused`
 */
export async function claimKey(
  db: Database,
  request: KeyedRequest,
  apiKey: string,
): Promise<Claim | KeptAnswer> {
  const claim = randomUUID()
  const fresh = { ...request, claim, claimedUntil: claimEnd(), createdAt: sql`clock_timestamp()` }
  const isLapsed = and(
    isSame(request),
    isNull(idempotencyKeys.status),
    lt(idempotencyKeys.claimedUntil, sql`clock_timestamp()`),
  )
  const claimed = await db
    .insert(idempotencyKeys)
    .values(fresh)
    .onConflictDoUpdate({
      target: [idempotencyKeys.caller, idempotencyKeys.key],
      set: { ...fresh, status: null, headers: {}, sealed: null },
      setWhere: sql`${isForgotten()} or (${isLapsed})`,
    })
    .returning({ claim: idempotencyKeys.claim })
  if (claimed.length === 0) {
    const [row] = await db.select().from(idempotencyKeys).where(isRow(request))
    if (row === undefined) throw inProgress() // released just now
    return answerOf(row, request, apiKey)
  }
  const isMine = and(isRow(request), eq(idempotencyKeys.claim, claim), isNull(idempotencyKeys.status))
  return {
    async renew() {
      await db.update(idempotencyKeys).set({ claimedUntil: claimEnd() }).where(isMine)
    },
    async keep(executor, { status, headers, body }) {
      const kept = await executor
        .update(idempotencyKeys)
        .set({ status, headers, sealed: seal(body, apiKey), claimedUntil: null })
        .where(isMine)
        .returning({ key: idempotencyKeys.key })
      return kept.length > 0
    },
    async release() {
      await db.delete(idempotencyKeys).where(isMine)
    },
  }
}

/** Milliseconds between two signs of life of a claim. */
export const RENEW_EVERY = (CLAIM * 1000) / 3

export async function forgetOldAnswers(db: Database): Promise<void> {
  await db.delete(idempotencyKeys).where(isForgotten())
}

function answerOf(row: Row, request: KeyedRequest, apiKey: string): KeptAnswer {
  const { method, path, body } = request
  if (row.method !== method || row.path !== path || row.body !== body) {
    const before = `${row.method} ${row.path}`
    const what = row.path === path && row.method === method ? 'another body' : before
    throw new GraftError(
      'idempotency_key_reused',
      `This Idempotency-Key was used for ${what}: use a new one for each request.`,
    )
  }
  if (row.status === null || row.sealed === null) throw inProgress()
  const text = unseal(row.sealed, apiKey)
  if (text !== undefined) return { status: row.status, headers: row.headers, body: text }
  throw new GraftError(
    'idempotency_key_reused',
    'The request has succeeded, but its answer can only be read with the secret that asked, before the rotation.',
  )
}

function isRow({ caller, key }: KeyedRequest): SQL | undefined {
  return and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key))
}

function isSame({ method, path, body }: KeyedRequest): SQL | undefined {
  const { method: m, path: p, body: b } = idempotencyKeys
  return and(eq(m, method), eq(p, path), eq(b, body))
}

export function inProgress(): GraftError {
  return new GraftError(
    'idempotency_in_progress',
    'The request with this Idempotency-Key still runs: ask again later.',
  )
}
