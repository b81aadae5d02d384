// Asks an endpoint about the example's photos: as fast as it answers, or at a rate, whether or not it has answered.
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { testPhotos } from '../apps/api/src/test-model.ts'
import { round } from './machine.ts'
import { KEY } from './start-api-server.ts'

export interface Answer {
  /** 0: none came. */
  status: number
  /** Milliseconds since the phase began, and until the answer. */
  at: number
  took: number
  retryAfter: boolean
}

export interface Load {
  /** About the photo of that number; `begun` is when its phase has. */
  ask(index: number, begun: number): Promise<Answer>
  /** Answers a second of eight clients that ask again once they are answered. */
  findPeak(seconds: number): Promise<number>
  /** So many requests a second. */
  atRate(rate: number, seconds: number): Promise<Answer[]>
  close(): void
}

export function openLoad(url: string): Load {
  const photos = ['glass', 'metal', 'paper'].flatMap((label) => testPhotos(label, 10))
  const agent = new Agent({ keepAlive: true })

  async function ask(index: number, begun: number): Promise<Answer> {
    const photo = photos[index % photos.length] as Buffer
    const start = performance.now()
    const headers = {
      authorization: `Bearer ${KEY}`,
      'content-type': 'image/jpeg',
      'content-length': photo.length,
    }
    const asking = request(url, { method: 'POST', agent, headers })
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

  return {
    ask,
    async findPeak(seconds) {
      const begun = performance.now()
      let answered = 0
      await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          while (performance.now() - begun < seconds * 1000) {
            if ((await ask(index + answered, begun)).status === 200) answered += 1
          }
        }),
      )
      return answered / ((performance.now() - begun) / 1000)
    },
    async atRate(rate, seconds) {
      const asked: Promise<Answer>[] = []
      const begun = performance.now()
      while (performance.now() - begun < seconds * 1000) {
        // As many as are due by now: a timer that comes late sends what it has missed.
        while (asked.length < ((performance.now() - begun) / 1000) * rate)
          asked.push(ask(asked.length, begun))
        await sleep(1)
      }
      return await Promise.all(asked)
    },
    close: () => agent.destroy(),
  }
}

export function quantile(sorted: readonly number[], share: number): number {
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0, 1)
}

export function describeAnswers(answers: readonly Answer[], seconds: number) {
  const timesOf = (statuses: readonly number[]) =>
    answers
      .filter(({ status }) => statuses.includes(status))
      .map(({ took }) => took)
      .sort((a, b) => a - b)
  const good = timesOf([200])
  const refusals = timesOf([429, 503])
  return {
    asked_per_second: round(answers.length / seconds, 1),
    answered_per_second: round(good.length / seconds, 1),
    p50_ms: quantile(good, 0.5),
    p99_ms: quantile(good, 0.99),
    refused: refusals.length,
    refusal_p99_ms: quantile(refusals, 0.99),
    refused_without_retry_after: answers.filter(
      ({ status, retryAfter }) => [429, 503].includes(status) && !retryAfter,
    ).length,
    failed: answers.map(({ status }) => status).filter((status) => ![200, 429, 503].includes(status)),
  }
}
