import type { Page } from '@graft/core/wire/common'
import type { JobEvent, JobProgress } from '@graft/core/wire/jobs'
import { appendEvent } from '@graft/db/job-events'
import { claimJob, finishJob, type Lease, recordProgress } from '@graft/db/job-lease'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
let dataset: string
beforeEach(async () => {
  api = await startTestApi()
  dataset = await insertDataset(api.context.db, 'pets')
})
afterEach(async () => {
  api.stopping.abort()
  await api.close()
  vi.unstubAllEnvs()
})

const PROGRESS: JobProgress = {
  phase: 'training',
  epoch: 1,
  epochs: 3,
  step: 4,
  steps: 30,
  loss: 0.5,
  images_per_second: 60,
  eta_seconds: 10,
}

/** A running job that has said `count` things: `event 1`, `event 2`, and so on. */
async function startJob(count: number): Promise<Lease> {
  const claimed = await claimJob(api.context.db, await insertJob(api.context.db, dataset))
  const { lease } = claimed!
  for (let number = 1; number <= count; number += 1) await say(lease, number)
  return lease
}
async function say({ jobId, attempt }: Lease, number: number): Promise<void> {
  const event = {
    level: 'info',
    type: number % 2 ? 'message' : 'metrics',
    message: `event ${number}`,
  } as const
  await appendEvent(api.context.db, jobId, event, attempt)
}
const end = (lease: Lease) => finishJob(api.context.db, lease, 'cancelled')
const ask = ({ jobId }: Pick<Lease, 'jobId'>, query = '', headers: Record<string, string> = {}) =>
  api.ask(`/v1/fine_tuning/jobs/${jobId}/events${query}`, { headers })

interface Message {
  id?: string
  event?: string
  data: string
}

/** The stream's messages as they come; its pings as `{ event: 'ping' }`. */
async function* messagesOf(answer: Response): AsyncGenerator<Message> {
  let rest = ''
  for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop()!
    for (const block of blocks) {
      if (block === ': ping') yield { event: 'ping', data: '' }
      else yield Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)))
    }
  }
}
const stream = (lease: Pick<Lease, 'jobId'>, headers: Record<string, string> = {}, query = '') =>
  ask(lease, query, { accept: 'text/event-stream', ...headers })

test('a list goes page by page, in order', async () => {
  const lease = await startJob(5)
  const first = (await (await ask(lease, '?limit=2')).json()) as Page<JobEvent>
  expect(first).toMatchObject({ object: 'list', has_more: true, last_id: '2' })
  expect(first.data).toMatchObject([
    { id: 1, object: 'fine_tuning.job.event', level: 'info', type: 'message', message: 'event 1', data: {} },
    { id: 2, type: 'metrics', message: 'event 2' },
  ])
  const rest = (await (await ask(lease, `?after=${first.last_id}`)).json()) as Page<JobEvent>
  expect(rest).toMatchObject({ has_more: false, last_id: '5' })
  expect(rest.data.map(({ id }) => id)).toEqual([3, 4, 5])
})

test('a stream tells what was, what comes and how the job ends, and ends with it', async () => {
  const lease = await startJob(2)
  const answer = await stream(lease)
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const messages = messagesOf(answer)
  const next = async () => (await messages.next()).value
  expect(await next()).toMatchObject({ id: '1', event: 'message' })
  const second = (await next()) as Message
  expect(second).toMatchObject({ id: '2', event: 'metrics' })
  expect(JSON.parse(second.data)).toMatchObject({ id: 2, message: 'event 2' })

  await recordProgress(api.context.db, lease, PROGRESS)
  const progress = (await next()) as Message
  expect(progress).toMatchObject({ event: 'progress' })
  expect(progress.id).toBeUndefined()
  expect(JSON.parse(progress.data)).toEqual(PROGRESS)

  await say(lease, 3)
  expect(await next()).toMatchObject({ id: '3' })
  await end(lease)
  const last = (await next()) as Message
  expect(last).toMatchObject({ event: 'end' })
  expect(last.id).toBeUndefined()
  expect(JSON.parse(last.data)).toMatchObject({ id: lease.jobId, status: 'cancelled' })
  expect((await messages.next()).done).toBe(true)
})

test('a stream resumes after the last event that its client has seen', async () => {
  const lease = await startJob(250)
  await end(lease)
  const idsOf = async (answer: Response) => {
    const messages: Message[] = []
    for await (const message of messagesOf(answer)) messages.push(message)
    expect(messages.at(-1)?.event).toBe('end')
    return messages.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]))
  }
  expect(await idsOf(await stream(lease))).toEqual(Array.from({ length: 250 }, (_, index) => index + 1))
  expect(await idsOf(await stream(lease, { 'last-event-id': '248' }))).toEqual([249, 250])
  expect(await idsOf(await stream(lease, {}, '?after=249'))).toEqual([250])
  expect(await idsOf(await stream(lease, { 'last-event-id': '250' }))).toEqual([])
})

test('an idle stream is pinged', async () => {
  vi.stubEnv('GRAFT_SSE_PING_SECONDS', '0.01')
  const messages = messagesOf(await stream(await startJob(0)))
  expect((await messages.next()).value).toEqual({ event: 'ping', data: '' })
})

test('a stream ends when the server stops', async () => {
  const messages = messagesOf(await stream(await startJob(1)))
  expect((await messages.next()).value).toMatchObject({ id: '1' })
  api.stopping.abort()
  expect((await messages.next()).done).toBe(true)
})

test('fifty streams of jobs that do nothing cost the database as much as one', async () => {
  const leases = await Promise.all(Array.from({ length: 5 }, () => startJob(1)))
  const streams = await Promise.all(
    leases.flatMap((lease) => Array.from({ length: 10 }, () => stream(lease))),
  )
  const all = streams.map((answer) => messagesOf(answer))
  for (const messages of all) expect((await messages.next()).value).toMatchObject({ id: '1' })
  // The first look tells each what is known already.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const reads = vi.spyOn(api.context.db, 'select')
  await new Promise((resolve) => setTimeout(resolve, 2000))
  expect(reads.mock.calls.length).toBeLessThanOrEqual(5)
  expect(reads.mock.calls.length).toBeGreaterThan(0)
  await say(leases[3]!, 2)
  for (const messages of all.slice(30, 40)) expect((await messages.next()).value).toMatchObject({ id: '2' })
})

test('a client that goes ends the reading of the database', async () => {
  const lease = await startJob(1)
  const reads = vi.spyOn(api.context.db, 'select')
  const answer = await stream(lease)
  const reader = answer.body!.getReader()
  await reader.read()
  await reader.cancel()
  const before = reads.mock.calls.length
  await new Promise((resolve) => setTimeout(resolve, 1200))
  expect(reads.mock.calls.length).toBeLessThanOrEqual(before + 2)
})

test.each<[string, string, Record<string, string>, string]>([
  [
    'a Last-Event-ID that is no number',
    '',
    { accept: 'text/event-stream', 'last-event-id': 'x' },
    'invalid_request',
  ],
  ['a cursor that is no number', '?after=x', {}, 'invalid_request'],
])('%s is refused', async (_, query, headers, code) => {
  expect(await problemOf(await ask(await startJob(0), query, headers))).toMatchObject({ code })
})

test('an unknown job has no events, as a list or as a stream', async () => {
  for (const answer of [await ask({ jobId: 'ftjob_none' }), await stream({ jobId: 'ftjob_none' })]) {
    expect(await problemOf(answer)).toMatchObject({ status: 404, code: 'not_found' })
  }
})
