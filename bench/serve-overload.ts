// What an endpoint does when it is asked five times as much as it can answer.
//
//   node bench/serve-overload.ts [seconds of the overload]
//
// Requests come at a rate, whether or not those before them are answered: first what it can answer at most is found,
// then it is asked for half of that (normal), for five times that, and for half again. Prints JSON: for each phase the
// answers a second, the times of answers and of refusals, and how soon after the overload answers are as before.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { testPhotos } from '../apps/api/src/test-model.ts'
import type { ApiServer } from './api-server.ts'
import { describeMachine, round } from './machine.ts'

const seconds = Number(process.argv[2] ?? 60)
const SHORT = Math.min(20, seconds)
const OVERLOAD = 5
const NORMAL = 0.5
const KEY = 'the-admin-key-of-the-bench'
const photos = ['glass', 'metal', 'paper'].flatMap((label) => testPhotos(label, 10))
const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'))
const child = fork(new URL('./api-server.ts', import.meta.url), [folder, KEY, '1'])
const [{ url: address }] = (await once(child, 'message')) as [ApiServer]
const url = `${address}/v1/endpoints/bench-0/predict`
const agent = new Agent({ keepAlive: true })

interface Answer {
  /** 0: none came. */
  status: number
  /** Milliseconds since the phase began, and until the answer. */
  at: number
  took: number
  retryAfter: boolean
}

async function ask(index: number, begun: number): Promise<Answer> {
  const photo = photos[index % photos.length] as Buffer
  const start = performance.now()
  const asking = request(url, {
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${KEY}`,
      'content-type': 'image/jpeg',
      'content-length': photo.length,
    },
  })
  asking.end(photo)
  const [status, retryAfter] = await once(asking, 'response').then(
    async ([answer]) => {
      answer.resume()
      await once(answer, 'end')
      return [answer.statusCode as number, answer.headers['retry-after'] !== undefined] as const
    },
    () => [0, false] as const,
  )
  return { status, at: start - begun, took: performance.now() - start, retryAfter }
}

/** Answers a second of clients that ask again once they are answered. */
async function findPeak(): Promise<number> {
  const begun = performance.now()
  let answered = 0
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      while (performance.now() - begun < SHORT * 1000) {
        if ((await ask(index + answered, begun)).status === 200) answered += 1
      }
    }),
  )
  return answered / ((performance.now() - begun) / 1000)
}

async function phase(rate: number, duration: number): Promise<Answer[]> {
  const asked: Promise<Answer>[] = []
  const begun = performance.now()
  while (performance.now() - begun < duration * 1000) {
    // As many as are due by now: a timer that comes late sends what it has missed.
    while (asked.length < ((performance.now() - begun) / 1000) * rate) asked.push(ask(asked.length, begun))
    await sleep(1)
  }
  return await Promise.all(asked)
}

const at = (sorted: readonly number[], share: number) =>
  round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0, 1)

function describe(answers: readonly Answer[], duration: number) {
  const timesOf = (statuses: readonly number[]) =>
    answers
      .filter(({ status }) => statuses.includes(status))
      .map(({ took }) => took)
      .sort((a, b) => a - b)
  const good = timesOf([200])
  const refusals = timesOf([429, 503])
  return {
    asked_per_second: round(answers.length / duration, 1),
    answered_per_second: round(good.length / duration, 1),
    p50_ms: at(good, 0.5),
    p99_ms: at(good, 0.99),
    refused: refusals.length,
    refusal_p99_ms: at(refusals, 0.99),
    refused_without_retry_after: answers.filter(
      ({ status, retryAfter }) => [429, 503].includes(status) && !retryAfter,
    ).length,
    failed: answers.length - good.length - refusals.length,
  }
}

try {
  await ask(0, 0)
  const peak = await findPeak()
  const normal = describe(await phase(peak * NORMAL, SHORT), SHORT)
  const overload = describe(await phase(peak * OVERLOAD, seconds), seconds)
  const after = await phase(peak * NORMAL, SHORT)
  const late = after.filter(({ status, took }) => status !== 200 || took > 2 * normal.p99_ms)
  process.stdout.write(
    `${JSON.stringify(
      {
        machine: await describeMachine(),
        seconds,
        peak_per_second: round(peak, 1),
        normal,
        overload,
        after: describe(after, SHORT),
        normal_again_after_seconds: round((late.at(-1)?.at ?? 0) / 1000, 1),
        goodput_to_peak: round(overload.answered_per_second / peak, 2),
        p99_to_normal: round(overload.p99_ms / normal.p99_ms, 2),
      },
      null,
      2,
    )}\n`,
  )
} finally {
  agent.destroy()
  child.send('stop')
  await once(child, 'exit')
  await rm(folder, { recursive: true, force: true })
}
