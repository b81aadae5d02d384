// Starts the real platform for a test, and speaks to it over HTTP alone.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

export const ROOT = join(import.meta.dirname, '..')
export const GRAFT = join(ROOT, 'graft')

export interface Platform {
  url: string
  key: string
  /** Its GRAFT_DATA. */
  data: string
  process: ChildProcess
  /** All that it wrote to standard error. */
  log(): string
  /** GET, or another method with a body; the answer's JSON. Throws on a status that is not expected. */
  call<T = Record<string, unknown>>(path: string, init?: RequestInit, status?: number): Promise<T>
  stop(): Promise<number | null>
}

/** Starts `./graft up` on a free port, with its data in `data` or a temporary folder. */
export async function startPlatform({
  data,
  env = {},
}: {
  data?: string
  env?: Record<string, string>
} = {}): Promise<Platform> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'graft-acceptance-')))
  const child = spawn(GRAFT, ['up'], {
    env: { ...process.env, GRAFT_PORT: '0', GRAFT_DATA: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const lines = createInterface({ input: child.stdout })
  const ready = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) => {
      throw new Error(`./graft up ended with ${code}:\n${log}`)
    }),
    sleep(120_000, undefined, { ref: false }).then(() => {
      throw new Error(`./graft up is not ready after two minutes:\n${log}`)
    }),
  ])
  const url = /^ready (http:\/\/127\.0\.0\.1:\d+)$/.exec(ready)?.[1]
  if (url === undefined) throw new Error(`./graft up printed ${JSON.stringify(ready)}`)
  const key = (await readFile(join(folder, 'admin-key'), 'utf8')).trim()

  return {
    url,
    key,
    data: folder,
    process: child,
    log: () => log,
    async call(path, init = {}, status) {
      const headers = { authorization: `Bearer ${key}`, ...init.headers }
      const response = await fetch(url + path, { ...init, headers })
      const body = await response.text()
      const expected = status === undefined ? response.ok : response.status === status
      if (!expected) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${body}`)
      return JSON.parse(body)
    },
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      if (data === undefined) await rm(folder, { recursive: true, force: true })
      return child.exitCode
    },
  }
}

/** Asks until the answer is as wanted. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (Date.now() > end)
      throw new Error(`not within ${seconds} s; the last answer: ${JSON.stringify(answer)}`)
    await sleep(250)
  }
}

/** A request with a JSON body. */
export function json(body: unknown, method = 'POST'): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

export function put(type: string, body: Buffer): RequestInit {
  return { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(body) }
}
