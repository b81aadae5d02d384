// Speaks to a platform over its public HTTP API.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Page, type Problem, problemSchema } from '@graft/core/wire'

/** The platform's answer to a request that it refused, or that never reached it. */
export class RequestError extends Error {
  readonly problem: Pick<Problem, 'code' | 'errors'>

  constructor(message: string, problem: Pick<Problem, 'code' | 'errors'>) {
    super(message)
    this.problem = problem
  }
}

export interface Client {
  url: string
  /** The answer, whatever its body. @throws RequestError */
  request(path: string, init?: RequestInit): Promise<Response>
  /** The answer's JSON. @throws RequestError */
  get<T>(path: string): Promise<T>
  send<T>(method: 'POST' | 'PUT', path: string, body?: unknown): Promise<T>
  /** All rows of a list, page by page. */
  list<T>(path: string): AsyncGenerator<T>
}

/**
 * Aims at GRAFT_URL with GRAFT_API_KEY; without them at the platform on this machine, with the admin key in its
 * data folder.
 */
export function openClient(env: NodeJS.ProcessEnv = process.env): Client {
  const url = (env.GRAFT_URL || `http://127.0.0.1:${env.GRAFT_PORT || 8080}`).replace(/\/+$/, '')
  const key = env.GRAFT_API_KEY || readAdminKey(env)

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
    const response = await fetch(url + path, { ...init, headers }).catch((error: Error) => {
      const reason = (error.cause as Error | undefined)?.message || error.message
      throw new RequestError(
        `${url} does not answer (${reason}). Does the platform run? Start it with: graft up`,
        {
          code: 'service_unreachable' as Problem['code'],
          errors: [],
        },
      )
    })
    if (response.ok) return response
    throw await refusal(response)
  }
  const get = async <T>(path: string) => (await (await request(path)).json()) as T

  return {
    url,
    request,
    get,
    async send<T>(method: 'POST' | 'PUT', path: string, body?: unknown) {
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

function readAdminKey(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return readFileSync(join(env.GRAFT_DATA || '.graft/data', 'admin-key'), 'utf8').trim()
  } catch {
    return undefined // the platform will say that a key is missing
  }
}

async function refusal(response: Response): Promise<RequestError> {
  const text = await response.text()
  const parsed = problemSchema.safeParse(parseJson(text))
  if (parsed.success) return new RequestError(parsed.data.detail, parsed.data)
  return new RequestError(`${response.url} answered ${response.status}: ${text.slice(0, 200)}`, {
    code: 'internal',
    errors: [],
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
