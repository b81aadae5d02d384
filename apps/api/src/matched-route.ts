// Which route a request has met, in the words of the OpenAPI document.
import type { Context as Request } from 'hono'
import { matchedRoutes } from 'hono/route'

/**
 * Undefined where no route takes the request: what holds for every request is registered for all methods.
 * @example matchedRoute(c) // '/v1/keys/{id}'
 */
export function matchedRoute(c: Request): string | undefined {
  const last = matchedRoutes(c).at(-1)
  if (last === undefined || last.method === 'ALL') return undefined
  return toTemplate(last.path)
}

/** @example toTemplate('/v1/keys/:id') // '/v1/keys/{id}' */
export function toTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

/** Routes that are asked with POST and change nothing. */
const READING = /\/(predict|embed|infer|missing)$/

/** A job that is only asked for: it holds no transaction while a trainer measures, and makes no job. */
export function isDryRun(c: Request, route: string): boolean {
  return route === '/v1/fine_tuning/jobs' && c.req.query('dry_run') === 'true'
}

/** Whether the request changes something when it succeeds. */
export function isWrite(method: string, route: string): boolean {
  return ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method.toUpperCase()) && !READING.test(route)
}
