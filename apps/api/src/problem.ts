// Makes problem+json (RFC 9457) of whatever a route throws: the one place where errors become answers.
import { type ErrorCode, type ErrorItem, GraftError, isGraftError } from '@graft/core/errors'
import type { Problem } from '@graft/core/wire/common'
import type { Context as Request } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import { ZodError } from 'zod'
import type { ApiEnv } from './context.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** Refusals that are meant: the line of the request tells their code, and no stack tells more. */
const MEANT: readonly ErrorCode[] = ['overloaded', 'deadline_exceeded', 'shutting_down']

/** What is no `GraftError` is ours to explain: the caller hears `internal`, the log gets the error with its stack. */
export function answerProblem(c: Request<ApiEnv>, log: Logger, thrown: unknown): Response {
  const error = asGraftError(thrown)
  c.set('code', error.code)
  if (error.status >= 500 && !MEANT.includes(error.code)) {
    // What asks to come again later is no fault of the program.
    const level = error.status === 503 ? 'warn' : 'error'
    log[level]({ err: thrown, method: c.req.method, path: c.req.path }, error.message)
  }
  const body = JSON.stringify(toProblem(error))
  // c.body keeps the headers that middlewares have set.
  return c.body(body, error.status as 400, { 'content-type': PROBLEM_TYPE, ...headersOf(error) })
}

export function toProblem(error: GraftError): Problem {
  const { code, status, title, message, errors } = error
  return { type: `urn:graft:error:${code}`, title, status, code, detail: message, errors }
}

/** One item for each fault that zod has found, its path in the shape `splits[2].name`. */
export function invalidRequest(error: ZodError): GraftError {
  const errors = error.issues.map(
    ({ path, code, message }): ErrorItem => ({ path: pathOf(path), code, message }),
  )
  const [first] = errors
  const where = first?.path ? `${first.path}: ` : ''
  return new GraftError(
    'invalid_request',
    `The request is not valid: ${where}${first?.message ?? ''}.`,
    errors,
  )
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}

function asGraftError(thrown: unknown): GraftError {
  if (isGraftError(thrown)) return thrown
  const ofDatabase = databaseError(thrown)
  if (ofDatabase !== undefined) return ofDatabase
  if (thrown instanceof ZodError) return invalidRequest(thrown)
  // The framework's own refusals, thrown before a route runs.
  if (thrown instanceof HTTPException && thrown.status === 415) {
    return new GraftError('unsupported_media_type', 'Send the body as application/json.')
  }
  if (thrown instanceof HTTPException && thrown.status === 400) {
    return new GraftError('invalid_json', 'The body is not JSON.')
  }
  return new GraftError('internal', 'Something went wrong in the platform; its log says what.', [], {
    cause: thrown,
  })
}

/** Of a text with the character NUL: the one that Postgres keeps in no column. */
const NUL = ['22021', '22P05']
/** SQLSTATE 08 and 57P: no connection, or one that the server ends; and the client's own words for the same. */
const AWAY = /^(08...|57P..|53300|CONNECT(ION)?_\w+|ECONN\w+|EPIPE|ETIMEDOUT)$/

/** What the database says of a statement is about the request, or about the database itself; else it is ours. */
function databaseError(thrown: unknown): GraftError | undefined {
  // drizzle wraps the driver's error.
  const cause = ((thrown as Error | undefined)?.cause ?? thrown ?? {}) as Record<string, unknown>
  const { code, constraint_name: constraint } = cause
  if (typeof code !== 'string') return undefined
  if (code === '23503' && /_project_projects_name_fk$/.test(String(constraint))) {
    return new GraftError('not_found', 'The project has been deleted meanwhile.')
  }
  if (NUL.includes(code)) {
    return new GraftError('invalid_request', 'The request holds the character NUL, which no text may.')
  }
  if (!AWAY.test(code)) return undefined
  const message = 'The database does not answer: ask again in a moment.'
  return new GraftError('database_unavailable', message, [], { cause: thrown })
}

/** RFC 9110 wants these with their statuses. */
function headersOf(error: GraftError): Record<string, string> {
  if (error.status === 401) return { 'www-authenticate': 'Bearer realm="graft"' }
  // A bucket gains at least one request in a second.
  const isEarly = error.status === 503 || error.status === 429 || error.code === 'idempotency_in_progress'
  if (isEarly) return { 'retry-after': '1' }
  return {}
}
