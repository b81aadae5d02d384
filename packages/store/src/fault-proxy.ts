// For tests: an HTTP proxy before a real server that fails as networks and stores do, by a seeded plan.
import { once } from 'node:events'
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * `lost`: the server has acted, and its answer never comes; `half_open`: nothing is heard any more, until the asker's
 * patience ends; `cut`: the body ends early; `slow`: the answer comes in pieces.
 */
export const FAULTS = ['500', '503', 'slow', 'cut', 'half_open', 'lost'] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultProxy {
  url: string
  counts: Record<Fault | 'none', number>
  /** From now on each request fails in each way with this share. */
  fail(share: number): void
  stop(): void
}

const SLOW_MS = 15

/** @param random 0 to 1, from a seed */
export async function startFaultProxy(target: string, random: () => number): Promise<FaultProxy> {
  let share = 0
  const counts = {
    none: 0,
    ...(Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>),
  }
  const server = createServer(async (asked, answer) => {
    const fault = FAULTS[Math.floor(random() / (share || 1e-9))]
    counts[fault ?? 'none'] += 1
    try {
      await pass(asked, answer, fault, target)
    } catch {
      answer.destroy() // one side has gone away
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    fail: (next) => {
      share = next
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  fault: Fault | undefined,
  target: string,
) {
  const body: Buffer[] = []
  for await (const chunk of asked) body.push(chunk)
  if (fault === 'half_open') return
  if (fault === '500' || fault === '503') return void answer.writeHead(Number(fault)).end()
  // The host is signed, so it stays the one that was asked.
  const onward = forward(new URL(asked.url ?? '/', target), { method: asked.method, headers: asked.headers })
  onward.end(Buffer.concat(body))
  const [answered] = (await once(onward, 'response')) as [IncomingMessage]
  const said: Buffer[] = []
  for await (const chunk of answered) said.push(chunk)
  const bytes = Buffer.concat(said)
  if (fault === 'lost') return void answer.destroy()
  answer.writeHead(answered.statusCode ?? 502, answered.headers)
  if (fault === 'cut' && bytes.length > 1) {
    answer.write(bytes.subarray(0, bytes.length >> 1), () => answer.destroy())
  } else if (fault === 'slow') {
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 4)) {
      answer.write(bytes.subarray(at, at + Math.ceil(bytes.length / 4)))
      await sleep(SLOW_MS)
    }
    answer.end()
  } else answer.end(bytes)
}
