// A Python process that answers one line for each line, started where PEER_PYTHON names an interpreter for it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'

export const PEER_PYTHON = process.env.PEER_PYTHON
export const TRAIN_PEER = join(import.meta.dirname, 'train-peer.py')

export interface Peer {
  pid: number | undefined
  /** Its first line: its versions, and what it works on. */
  greeting: { torch?: string; torchvision?: string; photos?: number }
  ask(line: string): Promise<string>
  stop(): Promise<void>
}

/** Undefined without PEER_PYTHON. */
export async function openPeer(given: string[], env: NodeJS.ProcessEnv): Promise<Peer | undefined> {
  if (PEER_PYTHON === undefined) return undefined
  const child = spawn(PEER_PYTHON, [TRAIN_PEER, ...given], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the peer has ended')
    return value
  }
  return {
    pid: child.pid,
    greeting: JSON.parse(await next()),
    async ask(line) {
      child.stdin.write(`${line}\n`)
      return await next()
    },
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}
