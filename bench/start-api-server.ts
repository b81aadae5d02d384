// Starts servers of the benchmarks, each a process of its own with a folder of its own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiServer, ApiServerOptions } from './api-server.ts'

export const KEY = 'the-admin-key-of-the-bench'

export interface StartedServer extends ApiServer {
  pid: number
  folder: string
  hasEnded(): boolean
  /** Ends it, waits for its end, and deletes its folder. */
  stop(): Promise<void>
  /** As a supervisor ends it, by SIGTERM. @returns seconds until it has ended; its folder stays until `stop` */
  terminate(): Promise<number>
}

interface StartOptions extends Omit<ApiServerOptions, 'folder' | 'key'> {
  env?: NodeJS.ProcessEnv
}

export async function startApiServer({ env = {}, ...options }: StartOptions = {}): Promise<StartedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'))
  const given = JSON.stringify({ ...options, folder, key: KEY } satisfies ApiServerOptions)
  const child = fork(new URL('./api-server.ts', import.meta.url), [given], {
    env: { ...process.env, ...env },
  })
  const ended = once(child, 'exit')
  const ready = await Promise.race([once(child, 'message'), ended.then(() => undefined)])
  if (ready === undefined) throw new Error('the server has ended before it was ready')
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  return {
    ...(ready[0] as ApiServer),
    pid: child.pid ?? 0,
    folder,
    hasEnded,
    async stop() {
      if (child.connected) child.send('stop')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
    async terminate() {
      const begun = performance.now()
      child.kill('SIGTERM')
      await ended
      return (performance.now() - begun) / 1000
    },
  }
}
