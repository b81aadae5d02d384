// A platform that is killed while it writes: what it has answered is there, and what it has not can be asked again.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, type Platform, startPlatform } from './platform.ts'

const ROUNDS = 4
/** Requests in work at once. */
const CALLERS = 6

let data: string
let platform: Platform
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'graft-writes-'))
  platform = await startPlatform({ data })
})
afterAll(async () => {
  await platform?.stop()
  await rm(data, { recursive: true, force: true })
})

/** The status of an answer that came whole, and the id in it; undefined where the connection was cut. */
async function create(name: string): Promise<{ status: number; id: string } | undefined> {
  const request = json({ name })
  const headers = { authorization: `Bearer ${platform.key}`, 'idempotency-key': name, ...request.headers }
  try {
    const answer = await fetch(`${platform.url}/v1/datasets`, { ...request, headers })
    return { status: answer.status, id: ((await answer.json()) as { id: string }).id }
  } catch {
    return undefined
  }
}

test('a write that is asked until it is answered happens once, through every kill', async () => {
  let number = 0
  const answered = new Map<string, string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const unanswered: string[] = []
    const caller = async () => {
      for (;;) {
        number += 1
        const name = `set-${number}`
        const answer = await create(name)
        if (answer === undefined) return void unanswered.push(name)
        expect(answer.status).toBe(201)
        answered.set(name, answer.id)
      }
    }
    const callers = Array.from({ length: CALLERS }, caller)
    await sleep(300 + Math.random() * 700)
    platform.process.kill('SIGKILL')
    await once(platform.process, 'exit')
    await Promise.all(callers)
    expect(unanswered.length).toBeGreaterThan(0)

    platform = await startPlatform({ data })
    for (const name of unanswered) {
      const answer = await create(name)
      expect([name, answer?.status]).toEqual([name, 201])
      answered.set(name, answer?.id ?? '')
    }
  }
  const there = new Map<string, string>()
  for (let after = ''; ; ) {
    const page = await platform.call<Page>(`/v1/datasets?limit=100${after}`)
    for (const { name, id } of page.data) there.set(name, id)
    if (!page.has_more) break
    after = `&after=${page.last_id}`
  }
  expect([...there].sort()).toEqual([...answered].sort())
})

interface Page {
  data: { name: string; id: string }[]
  has_more: boolean
  last_id: string
}
