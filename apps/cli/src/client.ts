// Speaks to a platform over its public HTTP API.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorOf, RequestError } from '@graft/client/request-error'
import type { Page } from '@graft/core/wire/common'

/** Code of a request that was never answered; every other code is the platform's own. */
const UNREACHABLE = 'unreachable'

/** True where the same request may succeed a little later: no answer, or one that says that it is too early. */
export const isTransient = (error: RequestError): boolean => [0, 502, 503, 504].includes(error.status)

export interface Client {
  /** Without a slash at its end. */
  url: string
  /** The answer, whatever its body. @throws RequestError */
  request(path: string, init?: RequestInit): Promise<Response>
  /** The answer's JSON. @throws RequestError */
  get<T>(path: string): Promise<T>
  send<T>(method: 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown): Promise<T>
  /** All rows of a list, page by page. */
  list<T>(path: string): AsyncGenerator<T>
}

/**
 * Aims at GRAFT_URL with GRAFT_API_KEY; without them at the platform on this machine, with the admin key in its
 * data folder. That key acts in the project that GRAFT_PROJECT names; every other key has its own.
 */
export function openClient(env: NodeJS.ProcessEnv = process.env): Client {
  const url = (env.GRAFT_URL || `http://127.0.0.1:${env.GRAFT_PORT || 8080}`).replace(/\/+$/, '')
  const keyFile = join(env.GRAFT_DATA || '.graft/data', 'admin-key')
  const key = env.GRAFT_API_KEY || readKey(keyFile)

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
    if (env.GRAFT_PROJECT) headers.set('graft-project', env.GRAFT_PROJECT)
    const response = await fetch(url + path, { ...init, headers }).catch((error: Error) => {
      throw new RequestError(0, UNREACHABLE, unreachable(url, error))
    })
    if (response.ok) return response
    const error = await errorOf(response)
    if (response.status !== 401 || key !== undefined) throw error
    const hint = `Set GRAFT_API_KEY, or GRAFT_DATA to the platform's data folder: there is no ${keyFile}.`
    throw new RequestError(401, error.code, `${error.message} ${hint}`)
  }
  const get = async <T>(path: string) => (await (await request(path)).json()) as T

  return {
    url,
    request,
    get,
    async send<T>(method: 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown) {
      const json = { 'content-type': 'application/json' }
      const init = body === undefined ? { method } : { method, headers: json, body: JSON.stringify(body) }
      return (await (await request(path, init)).json()) as T
    },
    async *list<T>(path: string) {
      let cursor = ''
      for (;;) {
        const page: Page<T> = await get(`${path}${path.includes('?') ? '&' : '?'}limit=100${cursor}`)
        yield* page.data
        if (!page.has_more) return
        cursor = `&after=${encodeURIComponent(page.last_id ?? '')}`
      }
    },
  }
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch {
    return undefined // the platform will say that a key is missing
  }
}

function unreachable(url: string, error: Error): string {
  const cause = error.cause as NodeJS.ErrnoException | undefined
  if (!/^https?:\/\//.test(url)) return `${url} is no address: GRAFT_URL begins with http:// or https://.`
  const reason = cause?.message || cause?.code || error.message
  const hint = cause?.code === 'ECONNREFUSED' ? ' Is the platform running? Start it with: ./graft up' : ''
  return `${url} does not answer: ${reason}.${hint}`
}
