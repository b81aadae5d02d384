// What every route and service of the API is given: the open parts of the platform, and the types of its app.
import type { ErrorCode } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Scope } from '@graft/core/wire/keys'
import type { Database } from '@graft/db/database'
import type { Queue } from '@graft/db/queue'
import type { ObjectStore } from '@graft/store/object-store'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import type { Serving } from './serving/serving.ts'
import type { UsageMeter } from './usage/usage-meter.ts'

export interface Context {
  db: Database
  store: ObjectStore
  queue: Queue
  log: Logger
  usage: UsageMeter
  serving: Serving
  /** GRAFT_DATA, absolute. */
  dataFolder: string
  /** Aborts when the shutdown begins: streams that have no end of their own end with it. */
  stopping: AbortSignal
}

/** Who asks. Set by the authentication on all but the open routes. */
export interface Caller {
  id: string
  name: string
  /** The one that the request acts in: all that it names is looked for there, and all that it makes lies there. */
  project: Project
  scopes: Scope[]
  /** Null: the platform's limit. */
  requestsPerSecond: number | null
}

/**
 * The change of a request whose body streams, and its answer, once the body has been read: what `answer` does through
 * the context's `db`, its audit entry and the answer kept for its Idempotency-Key are committed together or not at all.
 */
export type Commit = <R extends Response>(answer: () => Promise<R>) => Promise<R>

export interface ApiEnv {
  Variables: {
    key: Caller
    requestId: string
    commit: Commit
    /** Of the problem that the request is answered by. */
    code?: ErrorCode
  }
}
export type Api = OpenAPIHono<ApiEnv>
