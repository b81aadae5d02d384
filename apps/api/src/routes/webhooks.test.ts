import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Page } from '@graft/core/wire/common'
import { claimJob, finishJob } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { webhookDeliveries } from '@graft/db/schema'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { eq, sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ingest } from '../datasets/ingest.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { type Deliverer, forgetOldDeliveries, pauseAfter, startDeliverer } from '../webhooks/deliver.ts'
import { send } from '../webhooks/send.ts'

interface Received {
  body: string
  headers: IncomingHttpHeaders
}
let api: TestApi
let deliverer: Deliverer
let receiver: Server
let url: string
/** What the receiver answers, and what it has got. */
let status = 204
let received: Received[] = []

beforeAll(async () => {
  vi.stubEnv('GRAFT_WEBHOOK_PRIVATE', '1')
  api = await startTestApi()
  deliverer = startDeliverer(api.context.db, api.context.log)
  receiver = createServer(async (request, response) => {
    received.push({ body: await text(request), headers: request.headers })
    response.writeHead(status, { location: '/elsewhere' }).end('read by nobody')
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
})
afterAll(async () => {
  await deliverer.stop()
  receiver.close()
  await api.close()
  vi.unstubAllEnvs()
})
beforeEach(() => {
  status = 204
  received = []
})

interface Hook {
  id: string
  secret: string
}
async function makeWebhook(...events: string[]): Promise<Hook> {
  const answer = await api.ask('/v1/webhooks', jsonOf({ url, events }))
  expect(answer.status).toBe(201)
  return (await answer.json()) as Hook
}
const remove = ({ id }: Hook) => api.ask(`/v1/webhooks/${id}`, { method: 'DELETE' })

interface Delivery {
  id: string
  message: string
  type: string
  status: string
  next_attempt_at: string | null
  attempts: { status: number | null; error: string | null }[]
}
async function deliveriesOf({ id }: Hook): Promise<Delivery[]> {
  return ((await (await api.ask(`/v1/webhooks/${id}/deliveries`)).json()) as Page<Delivery>).data
}
const settled = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 100 })

/** An event of type job.cancelled; answers the job's id. */
async function cancelJob(): Promise<string> {
  const id = await insertJob(api.context.db, await insertDataset(api.context.db, `set-${Math.random()}`))
  expect((await api.ask(`/v1/fine_tuning/jobs/${id}/cancel`, { method: 'POST' })).status).toBe(200)
  return id
}

test('an event is sent once, signed, and its delivery can be read', async () => {
  const hook = await makeWebhook('job.cancelled')
  const job = await cancelJob()
  await settled(() => expect(received).toHaveLength(1))
  const [{ body, headers }] = received as [Received]
  expect(new Webhook(hook.secret).verify(body, headers as Record<string, string>)).toMatchObject({
    type: 'job.cancelled',
    data: { object: 'fine_tuning.job', id: job, status: 'cancelled', error: null },
  })
  expect(() => new Webhook(hook.secret).verify(`${body} `, headers as Record<string, string>)).toThrow()
  await settled(async () =>
    expect(await deliveriesOf(hook)).toMatchObject([
      {
        type: 'job.cancelled',
        message: headers['webhook-id'],
        status: 'delivered',
        next_attempt_at: null,
        attempts: [{ status: 204, error: null }],
      },
    ]),
  )
  await remove(hook)
})

test('a receiver that fails or redirects is asked again, with the same message', async () => {
  status = 302
  const hook = await makeWebhook('job.cancelled')
  await cancelJob()
  await settled(async () => expect((await deliveriesOf(hook))[0]?.attempts).toMatchObject([{ status: 302 }]))
  const [waiting] = await deliveriesOf(hook)
  expect(waiting).toMatchObject({ status: 'pending', next_attempt_at: expect.any(String) })
  status = 200
  await api.context.db.update(webhookDeliveries).set({ nextAt: sql`now()` })
  await settled(async () =>
    expect(await deliveriesOf(hook)).toMatchObject([
      { status: 'delivered', attempts: [{ status: 302 }, { status: 200 }] },
    ]),
  )
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([waiting?.message, waiting?.message])
  await remove(hook)
})

test('after the last attempt a delivery has failed, and can be sent again by hand', async () => {
  status = 500
  const hook = await makeWebhook('job.cancelled')
  await api.context.db.transaction(async (tx) => {
    const id = await insertJob(tx as never, await insertDataset(tx as never, 'last-attempt'))
    await tx.execute(sql`update jobs set state = 'cancelled' where id = ${id}`)
    await tx.update(webhookDeliveries).set({ attempts: 9 }).where(eq(webhookDeliveries.webhookId, hook.id))
  })
  await settled(async () => expect(await deliveriesOf(hook)).toMatchObject([{ status: 'failed' }]))
  status = 200
  const [failed] = await deliveriesOf(hook)
  const answer = await api.ask(`/v1/webhooks/${hook.id}/deliveries/${failed?.id}/resend`, { method: 'POST' })
  expect(answer.status).toBe(202)
  await settled(async () => expect(await deliveriesOf(hook)).toMatchObject([{ status: 'delivered' }]))
  await remove(hook)
})

test('of several processes that deliver, one sends each event', async () => {
  const others = [1, 2].map(() => startDeliverer(api.context.db, api.context.log))
  const hook = await makeWebhook('job.cancelled')
  const jobs = await Promise.all(Array.from({ length: 12 }, cancelJob))
  await settled(async () =>
    expect((await deliveriesOf(hook)).map(({ status }) => status)).toEqual(jobs.map(() => 'delivered')),
  )
  for (const other of others) await other.stop()
  expect(received.map(({ body }) => JSON.parse(body).data.id).toSorted()).toEqual(jobs.toSorted())
  await remove(hook)
})

test('the history of deliveries is kept for its time, and what still waits longer', async () => {
  status = 500
  const hook = await makeWebhook('job.cancelled')
  await cancelJob()
  await cancelJob()
  await settled(async () =>
    expect((await deliveriesOf(hook)).flatMap(({ attempts }) => attempts)).toHaveLength(2),
  )
  const [waits, ended] = await deliveriesOf(hook)
  const { db } = api.context
  const old = { createdAt: sql`now() - interval '31 days'` }
  await db.update(webhookDeliveries).set(old)
  await db
    .update(webhookDeliveries)
    .set({ state: 'failed' })
    .where(eq(webhookDeliveries.number, Number(ended?.id)))
  await forgetOldDeliveries(db)
  expect((await deliveriesOf(hook)).map(({ id }) => id)).toEqual([waits?.id])
  await remove(hook)
})

test('every kind of change is told, in its own transaction', async () => {
  const { db } = api.context
  const hook = await makeWebhook(
    'job.succeeded',
    'job.failed',
    'dataset.version.ready',
    'dataset.version.rejected',
    'endpoint.changed',
  )
  const types = async () => (await deliveriesOf(hook)).map(({ type }) => type).reverse()

  const headers = { 'content-type': 'application/x-tar' }
  const empty = Buffer.alloc(10240)
  empty.write('ustar', 257)
  await api.ask('/v1/datasets/empty/archive', { method: 'PUT', headers, body: new Uint8Array(empty) })
  const { id: dataset_id } = (await (await api.ask('/v1/datasets/empty')).json()) as { id: string }
  await ingest(api.context, { dataset_id, version: 1 }, new AbortController().signal)
  expect(await types()).toEqual(['dataset.version.rejected'])

  const dataset = await insertDataset(db, 'pets')
  const run = async () => {
    const claimed = await claimJob(db, await insertJob(db, dataset))
    if (claimed === undefined) throw new Error('the job waits')
    return claimed.lease
  }
  const good = await run()
  await publishModel(db, good, newVersion())
  await finishJob(db, good, 'failed', { errorCode: 'diverged', errorMessage: 'It diverged.' })
  expect((await types()).at(-1)).toBe('job.failed')
  await api.ask('/v1/endpoints/pets', jsonOf({ traffic: [{ model: 'pets@1', weight: 100 }] }, 'PUT'))
  expect((await types()).at(-1)).toBe('endpoint.changed')

  await expect(
    db.transaction(async (tx) => {
      await finishJob(tx, await run(), 'failed')
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  expect(await types()).toEqual(['dataset.version.rejected', 'job.failed', 'endpoint.changed'])
  await settled(() => expect(received).toHaveLength(3))
  expect(received.map(({ body }) => JSON.parse(body).data)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ dataset: 'empty', version: 1, status: 'rejected' }),
      expect.objectContaining({ status: 'failed', error: { code: 'diverged', message: 'It diverged.' } }),
      expect.objectContaining({ name: 'pets', revision: 1, actor: 'key_admin' }),
    ]),
  )
  await remove(hook)
})

test('a webhook for this machine is refused where the operator does not allow it', async () => {
  vi.stubEnv('GRAFT_WEBHOOK_PRIVATE', '')
  const answer = await api.ask('/v1/webhooks', jsonOf({ url, events: ['job.failed'] }))
  expect(await problemOf(answer)).toMatchObject({ status: 422, code: 'webhook_target_refused' })
  const message = { id: 'msg_1', type: 'job.failed', occurredAt: new Date(), data: {} }
  const outcome = await send({ url, secret: 'whsec_AAAA' }, message)
  expect(outcome).toMatchObject({ status: null, error: expect.stringContaining('127.0.0.1') })
  expect(received).toEqual([])
  vi.stubEnv('GRAFT_WEBHOOK_PRIVATE', '1')
})

test('it connects to the address that was checked, and asks for the name once', async () => {
  const target = { url: url.replace('127.0.0.1', 'receiver.invalid'), secret: 'whsec_AAAA' }
  const message = { id: 'msg_1', type: 'job.failed', occurredAt: new Date(), data: {} }
  const resolve = vi.fn(async () => [{ address: '127.0.0.1', family: 4 }])
  expect(await send(target, message, resolve)).toMatchObject({ status: 204 })
  expect(resolve.mock.calls).toEqual([['receiver.invalid']])
  expect(received[0]?.headers.host).toMatch(/^receiver\.invalid:/)
})

test('a receiver that does not answer is given up after its time', async () => {
  vi.stubEnv('GRAFT_WEBHOOK_SECONDS', '0.2')
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const target = { url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`, secret: 'whsec_AAAA' }
  const message = { id: 'msg_1', type: 'job.failed', occurredAt: new Date(), data: {} }
  expect(await send(target, message)).toMatchObject({ status: null, error: 'No answer within 0.2 s.' })
  vi.stubEnv('GRAFT_WEBHOOK_SECONDS', '')
  silent.closeAllConnections()
  silent.close()
})

test.each(['ftp://example.com/', 'example.com', 'https://user:password@example.com/'])(
  'the URL %s is invalid',
  async (bad) => {
    const answer = await api.ask('/v1/webhooks', jsonOf({ url: bad, events: ['job.failed'] }))
    expect(await problemOf(answer)).toMatchObject({ status: 400, code: 'invalid_request' })
  },
)

test('the pauses grow, over three days', () => {
  const pauses = Array.from({ length: 10 }, (_, index) => pauseAfter(index + 1, 0))
  expect(pauses.at(-1)).toBeUndefined()
  expect(pauses.slice(0, -1)).toEqual(pauses.slice(0, -1).toSorted((a, b) => Number(a) - Number(b)))
  expect(pauses.slice(0, -1).reduce<number>((sum, pause) => sum + Number(pause), 0)).toBeGreaterThan(
    3 * 86_400,
  )
  expect(pauseAfter(1, 1)).toBeCloseTo(5.5)
})
