import type { Page } from '@graft/core/wire/common'
import type { Endpoint, EndpointRevision } from '@graft/core/wire/endpoints'
import { claimJob } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { endpointRevisions } from '@graft/db/schema'
import { insertDataset, insertJob, newVersion } from '@graft/db/test-rows'
import { asc } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  const { db } = api.context
  const dataset = await insertDataset(db, 'pets')
  for (const _ of [1, 2, 3]) {
    const claimed = await claimJob(db, await insertJob(db, dataset))
    await publishModel(db, claimed!.lease, newVersion())
  }
})
afterAll(() => api.close())

const put = (name: string, model: string, more: object = {}) =>
  api.ask(`/v1/endpoints/${name}`, jsonOf({ traffic: [{ model, weight: 100 }], ...more }, 'PUT'))
const read = (path: string) => api.ask(`/v1/endpoints/${path}`)
const back = (name: string) => api.ask(`/v1/endpoints/${name}/rollback`, { method: 'POST' })
async function answerOf<T = Endpoint>(answer: Response): Promise<T> {
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}
const modelOf = async (answer: Response) => (await answerOf(answer)).traffic[0]?.model

test('an endpoint is made with its first traffic, and each change is a revision', async () => {
  const made = await answerOf(await put('pets', 'pets@1', { threshold: 0.7 }))
  expect(made).toMatchObject({
    object: 'endpoint',
    name: 'pets',
    revision: 1,
    traffic: [{ model: 'pets@1', weight: 100 }],
    threshold: 0.7,
    url: '/v1/endpoints/pets/predict',
  })
  expect(await answerOf(await read('pets'))).toEqual(made)
  expect(await answerOf(await put('pets', 'pets@2'))).toMatchObject({
    id: made.id,
    revision: 2,
    threshold: 0,
  })
})

test('a bare name and an alias mean a version at the time of asking', async () => {
  expect(await modelOf(await put('newest', 'pets'))).toBe('pets@3')
  const alias = { version: 2 }
  expect((await api.ask('/v1/models/pets/aliases/champion', jsonOf(alias, 'PUT'))).status).toBe(200)
  expect(await modelOf(await put('newest', 'pets@champion'))).toBe('pets@2')
  alias.version = 1
  await api.ask('/v1/models/pets/aliases/champion', jsonOf(alias, 'PUT'))
  expect(await modelOf(await read('newest'))).toBe('pets@2')
})

test('a rollback returns to the split before, as a new revision', async () => {
  await put('back', 'pets@1', { threshold: 0.5 })
  expect(await problemOf(await back('back'))).toMatchObject({ status: 409, code: 'state_conflict' })
  await put('back', 'pets@2')
  expect(await answerOf(await back('back'))).toMatchObject({
    revision: 3,
    traffic: [{ model: 'pets@1' }],
    threshold: 0.5,
  })
  expect(await modelOf(await read('back'))).toBe('pets@1')
  expect(await problemOf(await back('nowhere'))).toMatchObject({ status: 404, code: 'not_found' })
})

test('a split, its thresholds, shadow and idle time are kept, and come back with a rollback', async () => {
  const settings = {
    traffic: [
      { model: 'pets@1', weight: 90 },
      { model: 'pets@2', weight: 10 },
    ],
    threshold: 0.4,
    thresholds: { cat: 0.8 },
    shadow: 'pets@3',
    idle_timeout_seconds: 60,
  }
  const put = (body: object) => api.ask('/v1/endpoints/canary', jsonOf(body, 'PUT'))
  expect(await answerOf(await put({ ...settings, shadow: 'pets' }))).toMatchObject(settings)
  expect(await answerOf(await put({ traffic: [{ model: 'pets@2', weight: 1 }] }))).toMatchObject({
    thresholds: {},
    shadow: null,
    idle_timeout_seconds: null,
  })
  expect(await answerOf(await back('canary'))).toMatchObject(settings)
})

test('at a time the endpoint is what it was then', async () => {
  const before = new Date(Date.now() - 60_000).toISOString()
  const first = await answerOf(await put('history', 'pets@1'))
  await put('history', 'pets@2')
  const then = encodeURIComponent(first.updated_at)
  expect(await answerOf(await read(`history?at=${then}`))).toEqual(first)
  expect(await modelOf(await read('history'))).toBe('pets@2')
  expect(await problemOf(await read(`history?at=${before}`))).toMatchObject({ code: 'not_found' })
  const faulty = await problemOf(await read('history?at=yesterday'))
  expect(faulty).toMatchObject({ code: 'invalid_request', errors: [{ path: 'at' }] })
})

test('revisions are listed with who made them, the newest first and page by page', async () => {
  await put('told', 'pets@1', { threshold: 0.5 })
  await put('told', 'pets@2')
  await back('told')
  const first = await answerOf<Page<EndpointRevision>>(await read('told/revisions?limit=2'))
  expect(first).toMatchObject({ has_more: true, last_id: '2' })
  expect(first.data.map(({ revision, threshold }) => [revision, threshold])).toEqual([
    [3, 0.5],
    [2, 0],
  ])
  const rest = await answerOf<Page<EndpointRevision>>(await read('told/revisions?limit=2&after=2'))
  expect(rest).toMatchObject({ has_more: false, data: [{ revision: 1, actor: 'key_admin' }] })
  expect(rest.data[0]?.traffic).toEqual([{ model: 'pets@1', weight: 100 }])
  expect(await problemOf(await read('nowhere/revisions'))).toMatchObject({ code: 'not_found' })
})

test('every change names who made it', async () => {
  await put('audited', 'pets@1')
  const rows = await api.context.db.select().from(endpointRevisions).orderBy(asc(endpointRevisions.createdAt))
  expect(rows.at(-1)).toMatchObject({ actor: 'key_admin', traffic: [{ model: 'pets@1', weight: 100 }] })
})

test.each<[string, string, unknown, string]>([
  ['an unknown model', 'one', { traffic: [{ model: 'none@1', weight: 100 }] }, 'not_found'],
  ['an unknown version', 'one', { traffic: [{ model: 'pets@9', weight: 100 }] }, 'not_found'],
  [
    'a version named twice',
    'one',
    {
      traffic: [
        { model: 'pets@3', weight: 1 },
        { model: 'pets', weight: 1 },
      ],
    },
    'invalid_request',
  ],
  [
    'a threshold of a label that no model has',
    'one',
    { traffic: [{ model: 'pets@1', weight: 1 }], thresholds: { unicorn: 0.5 } },
    'invalid_request',
  ],
  ['an unknown shadow', 'one', { traffic: [{ model: 'pets@1', weight: 1 }], shadow: 'pets@9' }, 'not_found'],
  ['a bad name', 'Pets', { traffic: [{ model: 'pets@1', weight: 100 }] }, 'invalid_name'],
  ['no traffic', 'one', { traffic: [] }, 'invalid_request'],
  [
    'a threshold above one',
    'one',
    { traffic: [{ model: 'pets@1', weight: 100 }], threshold: 2 },
    'invalid_request',
  ],
])('%s is refused, and no endpoint is left', async (_, name, body, code) => {
  expect(await problemOf(await api.ask(`/v1/endpoints/${name}`, jsonOf(body, 'PUT')))).toMatchObject({ code })
  expect((await read('one')).status).toBe(404)
})

test('endpoints are listed by name, page by page', async () => {
  const names: string[] = []
  let after = ''
  do {
    const page = await answerOf<Page<Endpoint>>(await api.ask(`/v1/endpoints?limit=2${after}`))
    names.push(...page.data.map(({ name }) => name))
    after = page.has_more ? `&after=${page.last_id}` : ''
  } while (after !== '')
  expect(names).toEqual(['audited', 'back', 'canary', 'history', 'newest', 'pets', 'told'])
})

test('who may predict may read endpoints, and only who may deploy changes them', async () => {
  const answer = await api.ask('/v1/keys', jsonOf({ name: 'camera', scopes: ['predict'] }))
  const { key } = (await answer.json()) as { key: string }
  const headers = { authorization: `Bearer ${key}` }
  expect((await api.ask('/v1/endpoints/pets', { headers })).status).toBe(200)
  const init = jsonOf({ traffic: [{ model: 'pets@1', weight: 100 }] }, 'PUT')
  const put = { ...init, headers: { ...init.headers, ...headers } }
  for (const refused of [
    await api.ask('/v1/endpoints/pets', put),
    await api.ask('/v1/endpoints/pets/rollback', { method: 'POST', headers }),
    await api.ask('/v1/models/pets', { headers }),
    await api.ask('/v1/fine_tuning/jobs', { headers }),
  ]) {
    expect(await problemOf(refused)).toMatchObject({ status: 403, code: 'forbidden' })
  }
})
