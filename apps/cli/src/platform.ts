// A platform as a child process: `infra/up.ts` on a free port, with its own data folder and log.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const UP = join(import.meta.dirname, '..', '..', '..', 'infra', 'up.ts')

/** Settings that would aim the child at another platform's database, store, key or port. */
const FOREIGN = ['DATABASE_URL', 'GRAFT_STORE', 'GRAFT_ADMIN_KEY', 'GRAFT_HOST'] as const

export interface Platform {
  url: string
  /** Rejects when the platform ends without being asked to. */
  lost: Promise<never>
  /** Resolves once its processes have ended. */
  stop(): Promise<void>
}

/** What is being started can be stopped too, before it is ready. */
export interface StartingPlatform {
  ready: Promise<Platform>
  stop(): Promise<void>
}

/** @param log path of a file that takes what the platform writes to standard error */
export async function startPlatform(data: string, log: string): Promise<StartingPlatform> {
  await mkdir(dirname(log), { recursive: true })
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !FOREIGN.some((foreign) => foreign === name)),
  )
  const child = spawn(process.execPath, [UP], {
    env: { ...env, GRAFT_DATA: data, GRAFT_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches this process alone, which then stops the platform once and in order.
    detached: true,
  })
  child.stderr.pipe(createWriteStream(log))
  let said = ''
  createInterface({ input: child.stderr }).on('line', (line) => {
    said = line
  })
  const exited = once(child, 'exit')
  let stopping = false

  const stop = async () => {
    stopping = true
    child.kill('SIGTERM')
    await exited
  }
  const lost = exited.then(([code]) => {
    if (stopping) return new Promise<never>(() => {})
    throw new Error(`The platform ended with status ${code}. Its last words: ${said}`)
  })
  lost.catch(() => {}) // who waits for `ready` or `lost` hears of it
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text))
  const ready = Promise.race([line, lost]).then((text) => ({ url: text.replace(/^ready /, ''), lost, stop }))
  return { ready, stop }
}
