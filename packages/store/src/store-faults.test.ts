// F6: a thousand operations on S3 through a network that fails: no wrong byte, and nothing acknowledged that is not there.
import { createHash } from 'node:crypto'
import { isGraftError } from '@graft/core/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FAULTS, type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import type { ObjectStore } from './object-store.ts'
import { openStore } from './open-store.ts'
import { openS3Store } from './s3-store.ts'
import { startVersitygw, type Versitygw } from './versitygw.ts'

const BUILD_MS = 900_000 // versitygw is built where that has not been done
const OPERATIONS = 1000
const WORKERS = 16
const SHARE = 0.1

let server: Versitygw
let proxy: FaultProxy
let throughFaults: ObjectStore
let straight: ObjectStore
beforeAll(async () => {
  server = await startVersitygw()
  proxy = await startFaultProxy(server.env.GRAFT_S3_ENDPOINT ?? '', seeded(7))
  straight = await openStore('s3://graft', server.env)
  throughFaults = await openS3Store({
    bucket: 'graft',
    prefix: '',
    region: 'us-east-1',
    endpoint: proxy.url,
    credentials: {
      accessKeyId: server.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: server.env.AWS_SECRET_ACCESS_KEY ?? '',
    },
    answerMs: 2000, // each half-open connection costs the test so much
  })
}, BUILD_MS)
afterAll(async () => {
  await throughFaults.close()
  proxy.stop()
  await straight.close()
  await server.stop()
})

/** Numerical Recipes' linear congruence: enough to choose faults by. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
const contentOf = (key: string) =>
  createHash('shake256', { outputLength: 100 + ((key.length * 7919 + Number(key.slice(1))) % 9000) })
    .update(key)
    .digest()

test('no wrong byte is read, and what was acknowledged is there', { timeout: 300_000 }, async () => {
  proxy.fail(SHARE)
  const acknowledged = new Set<string>()
  const deleted = new Set<string>()
  const outcomes = { done: 0, refused: 0 }
  let next = 0
  const operate = async (at: number) => {
    // Each worker's own objects, so that what is true of one does not change under it.
    const key = `k${Math.floor(at / 4)}`
    const kind = at % 4
    if (kind === 0) {
      await throughFaults.put(key, contentOf(key), { sha256: hashOf(contentOf(key)) })
      acknowledged.add(key)
    } else if (kind === 1 && acknowledged.has(key)) {
      expect((await throughFaults.read(key)).equals(contentOf(key)), key).toBe(true)
    } else if (kind === 2 && acknowledged.has(key)) {
      expect(await throughFaults.size(key)).toBe(contentOf(key).length)
    } else if (kind === 3 && at % 8 === 3 && acknowledged.has(key)) {
      acknowledged.delete(key) // whatever it answers: it may have happened
      await throughFaults.delete(key)
      deleted.add(key)
    } else if (kind === 3) {
      for await (const object of throughFaults.list(key)) expect(object.key.startsWith(key)).toBe(true)
    }
  }
  const worker = async () => {
    for (let group = next++; group * 4 < OPERATIONS; group = next++) {
      for (const at of [0, 1, 2, 3].map((step) => group * 4 + step)) {
        try {
          await operate(at)
          outcomes.done += 1
        } catch (error) {
          // A store that does not answer says so; anything else is a wrong answer.
          if (!isGraftError(error, 'store_unavailable')) throw error
          outcomes.refused += 1
        }
      }
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))

  expect(outcomes.done + outcomes.refused).toBe(OPERATIONS)
  expect(outcomes.done).toBeGreaterThan(OPERATIONS / 2)
  for (const fault of FAULTS) expect(proxy.counts[fault], fault).toBeGreaterThan(20)
  for (const key of acknowledged) expect((await straight.read(key)).equals(contentOf(key)), key).toBe(true)
  for (const key of deleted) expect(await straight.size(key), key).toBeUndefined()
  // What was not acknowledged is there whole, or not at all.
  for await (const { key, bytes } of straight.list('')) expect(bytes, key).toBe(contentOf(key).length)
})

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
