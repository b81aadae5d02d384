// A process of its own for what runs the network: it has the store's keys, which it needs, and none that open more.
import { type ChildProcess, fork } from 'node:child_process'

/** Variables that open the database, or the platform as its operator. */
const SECRETS = ['DATABASE_URL', 'GRAFT_ADMIN_KEY', 'GRAFT_API_KEY']

/** Its channel carries what `structuredClone` can; its standard error is read by who asks for `pipe`. */
export function forkChild(script: URL, { stderr }: { stderr: 'pipe' | 'inherit' }): ChildProcess {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRETS.includes(name)))
  return fork(script, { env, serialization: 'advanced', stdio: ['ignore', 'ignore', stderr, 'ipc'] })
}
