// Canaries, with real models: a good one that reaches all of the traffic, and bad ones that lose what they had.

import { DEFAULT_PROJECT } from '@graft/core/names'
import type { Canary } from '@graft/core/wire/canary'
import type { Page } from '@graft/core/wire/common'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { Prediction } from '@graft/core/wire/predictions'
import { canaries } from '@graft/db/schema'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { moveCanaries } from '../endpoints/canary-loop.ts'
import { askEndpoint } from '../serving/ask-model.ts'
import { openServing } from '../serving/serving.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, TEST_LABELS, type TestNetwork, testPhotos } from '../test-model.ts'

let api: TestApi
let network: TestNetwork
let stable: string
/** Answers as the stable one does. */
let good: string
/** Gives each image another label. */
let different: string
/** Does not reproduce its golden examples, so it is never served. */
let broken: string
beforeAll(async () => {
  api = await startTestApi()
  network = await makeNetwork()
  const publish = (change: Partial<TestNetwork> = {}) =>
    publishNetwork(api.context, 'waste', { ...network, ...change })
  stable = await publish()
  good = await publish()
  different = await publish({ labels: [...TEST_LABELS.slice(1), TEST_LABELS[0]!] })
  const [first, ...rest] = network.golden.examples
  broken = await publish({ golden: { examples: [{ ...first!, logits: [9, 9, 9] }, ...rest] } })
})
afterAll(() => api.close())

const photo = testPhotos('glass', 1)[0]!.toString('base64')
const QUICK = { minutes_per_step: 0, min_requests: 4 }

async function answerOf<T>(answer: Response, status = 200): Promise<T> {
  expect(answer.status, await answer.clone().text()).toBe(status)
  return (await answer.json()) as T
}
async function serve(name: string, more: object = {}): Promise<Endpoint> {
  const body = { traffic: [{ model: stable, weight: 7 }], ...more }
  return await answerOf(await api.ask(`/v1/endpoints/${name}`, jsonOf(body, 'PUT')))
}
const ask = (name: string, body: object) => api.ask(`/v1/endpoints/${name}/canary`, jsonOf(body))
const start = async (name: string, body: object) => answerOf<Canary>(await ask(name, body), 201)
const read = async (name: string) => answerOf<Canary>(await api.ask(`/v1/endpoints/${name}/canary`))
const endpoint = async (name: string, query = '') =>
  answerOf<Endpoint>(await api.ask(`/v1/endpoints/${name}${query}`))
const sharesOf = ({ traffic }: Endpoint) =>
  Object.fromEntries(traffic.map(({ model, weight }) => [model, Math.round(weight)]))

/** Asks until the canary has been asked so often, by a key that leads to it. */
async function predict(name: string, model: string, count: number): Promise<Prediction[]> {
  const { traffic } = await endpoint(name)
  expect(traffic.some((share) => share.model === model)).toBe(true)
  const answers: Prediction[] = []
  for (let at = 0; answers.length < count; at++) {
    const path = `/v1/endpoints/${name}/predict?routing_key=${at}`
    const answer = await answerOf<Prediction>(await api.ask(path, jsonOf({ image: photo })))
    if ((answer.fallback?.instead_of ?? answer.model) === model) answers.push(answer)
  }
  return answers
}
/** Asks until the present step has so many comparisons: they run behind the answers, and a busy machine skips some. */
async function prove(name: string, model: string, count: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const { share, steps } = await read(name)
        const step = steps.find((one) => one.share === share)!
        if (step.compared < count) await predict(name, model, 1)
        return step.compared
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThanOrEqual(count)
}
const look = () => moveCanaries(api.context)

test('a good version is raised step by step to all of the traffic, and the history tells of each', async () => {
  await serve('good', { threshold: 0.25 })
  const steps = [40, 70, 100]
  const begun = await start('good', { model: good, steps, ...QUICK })
  expect(begun).toMatchObject({ status: 'running', model: good, share: 40, min_requests: 4 })
  const states = [await endpoint('good')]
  expect(states[0]).toMatchObject({ revision: 2, canary: { id: begun.id, model: good, share: 40 } })
  expect(sharesOf(states[0]!)).toEqual({ [stable]: 60, [good]: 40 })

  await look()
  expect(await read('good')).toMatchObject({ share: 40, reason: '0 of 4 images have come.' })
  for (const _ of steps) {
    await prove('good', good, 4)
    await look()
    states.push(await endpoint('good'))
  }
  expect(states.map(({ revision }) => revision)).toEqual([2, 3, 4, 5])
  expect(sharesOf(states[1]!)).toEqual({ [stable]: 30, [good]: 70 })
  expect(sharesOf(states[2]!)).toEqual({ [good]: 100 })
  expect(states[3]).toMatchObject({ canary: null, traffic: [{ model: good }], threshold: 0.25 })
  const ended = await read('good')
  expect(ended).toMatchObject({ status: 'succeeded', share: 100 })
  expect(ended.steps).toMatchObject(steps.map((share) => ({ share, failed: 0, disagreed: 0 })))
  for (const { answered, compared } of ended.steps) {
    expect(answered).toBeGreaterThanOrEqual(compared)
    expect(compared).toBeGreaterThanOrEqual(4)
  }
  expect(ended.finished_at).not.toBeNull()

  const then = await endpoint('good', `?at=${encodeURIComponent(states[1]!.updated_at)}`)
  expect(then).toEqual(states[1])
  const audit = await answerOf<Page<{ method: string; request_id: string; key: { id: string } }>>(
    await api.ask(`/v1/audit?resource=${begun.id}`),
  )
  expect(audit.data.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'PUT', 'POST'])
  expect(audit.data[0]).toMatchObject({ request_id: `${begun.id}/5`, key: { id: 'key_admin' } })
  // It has ended: nobody looks at it any more.
  await look()
  expect((await endpoint('good')).revision).toBe(5)
})

test('one that disagrees is rolled back by itself, before it has had its least requests', async () => {
  const before = await serve('disagreeing', { threshold: 0.3, thresholds: { glass: 0.5 } })
  await start('disagreeing', {
    model: different,
    steps: [50, 100],
    ...QUICK,
    min_requests: 10,
    max_disagreement: 0.2,
  })
  await prove('disagreeing', different, 3)
  await look()
  expect(await read('disagreeing')).toMatchObject({
    status: 'rolled_back',
    reason: expect.stringMatching(
      /^(\d) of \1 answers differ from those of the traffic before, more than 20 %/,
    ),
    share: 50,
  })
  const after = await endpoint('disagreeing')
  expect(sharesOf(after)).toEqual({ [stable]: 7 })
  expect(after).toMatchObject({ revision: 3, threshold: before.threshold, thresholds: before.thresholds })
})

test('one that cannot be loaded is rolled back, and no request is lost to it', async () => {
  await serve('broken')
  await start('broken', { model: broken, steps: [50, 100], ...QUICK })
  const answers = await predict('broken', broken, 1)
  expect(answers[0]).toMatchObject({ model: stable, fallback: { instead_of: broken, code: 'model_corrupt' } })
  await look()
  expect(await read('broken')).toMatchObject({ status: 'rolled_back', steps: [{ failed: 1 }, { failed: 0 }] })
  expect(sharesOf(await endpoint('broken'))).toEqual({ [stable]: 7 })
})

test('images that are none are no fault of the canary', async () => {
  await serve('blameless')
  await start('blameless', { model: good, steps: [99, 100], ...QUICK })
  const junk = Buffer.from('no image').toString('base64')
  await api.ask('/v1/endpoints/blameless/predict', jsonOf({ images: Array(8).fill(junk) }))
  await look()
  expect(await read('blameless')).toMatchObject({
    status: 'running',
    steps: [{ failed: 0 }, { failed: 0 }],
  })
})

test('an answer that comes too late for its caller counts nowhere', async () => {
  await serve('late')
  await start('late', { model: good, steps: [99, 100], ...QUICK })
  const { serving } = api.context
  const state = await serving.endpoints.find(DEFAULT_PROJECT, 'late')
  const caller = new AbortController()
  const question = { images: [Buffer.from(photo, 'base64')], visit: serving.admission.enter() }
  const asked = askEndpoint(serving, state!, { ...question, signal: caller.signal }, () => caller.abort())
  await expect(asked).rejects.toThrow('aborted')
  await look()
  expect(await read('late')).toMatchObject({ steps: [{ answered: 0, failed: 0 }, { answered: 0 }] })
})

test("a step lasts its minutes by the database's clock", async () => {
  await serve('patient')
  const { id } = await start('patient', { model: good, steps: [60, 100], ...QUICK, minutes_per_step: 10 })
  await prove('patient', good, 4)
  await look()
  expect(await read('patient')).toMatchObject({ share: 60, reason: 'The step lasts 10 minutes.' })
  await api.context.db
    .update(canaries)
    .set({ stepSince: sql`clock_timestamp() - interval '10 minutes'` })
    .where(eq(canaries.id, id))
  await look()
  expect(await read('patient')).toMatchObject({ share: 100, status: 'running' })
})

test('of several processes one acts, and each counts', async () => {
  await serve('many')
  await start('many', { model: good, steps: [50, 100], ...QUICK })
  await prove('many', good, 4)
  // As other processes of the platform, or this one after a restart.
  const others = Array.from({ length: 3 }, () => openServing(api.context))
  try {
    await Promise.all(
      [api.context, ...others.map((serving) => ({ ...api.context, serving }))].map((context) =>
        moveCanaries(context),
      ),
    )
  } finally {
    for (const other of others) await other.close()
  }
  expect(await read('many')).toMatchObject({ share: 100, status: 'running' })
  expect(await endpoint('many')).toMatchObject({ revision: 3 })
})

test('cancelled, the traffic returns; changed by somebody else, that stands', async () => {
  await serve('cancelled')
  await start('cancelled', { model: good, ...QUICK })
  expect(await problemOf(await ask('cancelled', { model: different }))).toMatchObject({
    code: 'state_conflict',
  })
  const cancel = (name: string) => api.ask(`/v1/endpoints/${name}/canary/cancel`, { method: 'POST' })
  expect(await answerOf(await cancel('cancelled'))).toMatchObject({ status: 'cancelled', share: 5 })
  expect(await endpoint('cancelled')).toMatchObject({ canary: null, traffic: [{ model: stable }] })
  expect(await problemOf(await cancel('cancelled'))).toMatchObject({ code: 'state_conflict' })

  await serve('changed')
  await start('changed', { model: good, ...QUICK })
  await serve('changed', { traffic: [{ model: different, weight: 1 }] })
  await look()
  expect(await read('changed')).toMatchObject({ status: 'superseded', reason: expect.stringMatching(/^Rev/) })
  expect(await endpoint('changed')).toMatchObject({ revision: 3, traffic: [{ model: different }] })
  // Another one can begin, also where nobody has looked since.
  await start('changed', { model: good, ...QUICK })
  await serve('changed')
  await start('changed', { model: good, ...QUICK })
})

test('what a canary may return to is neither archived nor deleted', async () => {
  const before = await publishNetwork(api.context, 'held', network)
  await serve('held', { traffic: [{ model: before, weight: 1 }] })
  await publishNetwork(api.context, 'held', network)
  await start('held', { model: good, steps: [100], ...QUICK })
  expect(sharesOf(await endpoint('held'))).toEqual({ [good]: 100 })
  const remove = () => api.ask(`/v1/models/${before}`, { method: 'DELETE' })
  expect(await problemOf(await remove())).toMatchObject({ code: 'state_conflict' })
})

test.each<[string, object, string]>([
  ['steps that fall', { steps: [50, 20, 100] }, 'invalid_request'],
  ['steps that do not end at all of it', { steps: [50] }, 'invalid_request'],
  ['a model that is not there', { model: 'waste@99' }, 'not_found'],
  ['a model that has traffic already', { model: 'waste@1' }, 'state_conflict'],
  ['no share at all', { max_error_rate: 2 }, 'invalid_request'],
])('%s: refused, and nothing changes', async (_, change, code) => {
  await serve('strict')
  const { revision } = await endpoint('strict')
  expect(await problemOf(await ask('strict', { model: good, ...change }))).toMatchObject({ code })
  expect(await endpoint('strict')).toMatchObject({ revision, canary: null })
  expect(await problemOf(await api.ask('/v1/endpoints/strict/canary'))).toMatchObject({ code: 'not_found' })
})

test('an endpoint that is not there has no canary', async () => {
  for (const answer of [
    await ask('nowhere', { model: good }),
    await api.ask('/v1/endpoints/nowhere/canary'),
    await api.ask('/v1/endpoints/nowhere/canary/cancel', { method: 'POST' }),
  ]) {
    expect(await problemOf(answer)).toMatchObject({ code: 'not_found' })
  }
})
