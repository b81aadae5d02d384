// Projects: what the operator does with them, and that of two the names, images, events and quotas are apart.
import { hash } from 'node:crypto'
import { requireProject } from '@graft/core/names'
import type { Page } from '@graft/core/wire/common'
import type { Endpoint } from '@graft/core/wire/endpoints'
import type { ProjectRecord } from '@graft/core/wire/keys'
import type { Prediction } from '@graft/core/wire/predictions'
import { blobs, idempotencyKeys, projectBlobs, projects } from '@graft/db/schema'
import { blobKey } from '@graft/store/object-store'
import { openStore } from '@graft/store/open-store'
import { startVersitygw } from '@graft/store/versitygw'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { tarOf } from '../../../../packages/vision/fixtures/archives.ts'
import { createApp } from '../app.ts'
import { sentKey } from '../datasets/blobs.ts'
import { collectGarbage } from '../datasets/collect-garbage.ts'
import { ingest } from '../datasets/ingest.ts'
import { jsonOf, problemOf, startTestApi, type TestApi } from '../test-api.ts'
import { makeNetwork, publishNetwork, testPhotos } from '../test-model.ts'
import { makeProject, within } from '../test-project.ts'
import { pushPhotos } from '../test-things.ts'
import { openRoom } from '../usage/stored-bytes.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

async function answerOf<T>(answer: Response, status = 200): Promise<T> {
  expect(answer.status, await answer.clone().text()).toBe(status)
  return (await answer.json()) as T
}
const photoOf = (label: string, at: number) => {
  const photo = testPhotos(label, at + 1)[at]!
  return { photo, sha256: hash('sha256', photo) }
}

test('the operator makes, bounds, lists and deletes projects', async () => {
  const made = await answerOf<ProjectRecord>(await api.ask('/v1/projects', jsonOf({ name: 'brief' })), 201)
  expect(made).toMatchObject({ object: 'project', name: 'brief', stored_bytes: 0, stored_bytes_limit: null })
  const again = await api.ask('/v1/projects', jsonOf({ name: 'brief' }))
  expect(await problemOf(again)).toMatchObject({ status: 409, code: 'already_exists' })
  const limit = await api.ask('/v1/projects/brief', jsonOf({ stored_bytes_limit: 10 }, 'PATCH'))
  expect(await answerOf(limit)).toMatchObject({ stored_bytes_limit: 10 })
  const { data } = await answerOf<Page<ProjectRecord>>(await api.ask('/v1/projects'))
  expect(data.map(({ name }) => name)).toEqual(['brief', 'default'])
  expect((await api.ask('/v1/projects/brief', { method: 'DELETE' })).status).toBe(204)
  const gone = await api.ask('/v1/projects/brief', { method: 'DELETE' })
  expect(await problemOf(gone)).toMatchObject({ status: 404, code: 'not_found' })
})

test('a project in which anything lies is not deleted, and default never', async () => {
  const { ask } = await makeProject(api, 'full')
  const remove = (name: string) => api.ask(`/v1/projects/${name}`, { method: 'DELETE' })
  const refused = await problemOf(await remove('full'))
  expect(refused).toMatchObject({ status: 409, code: 'state_conflict' })
  expect(refused.detail).toContain('api keys')
  expect((await ask('/v1/datasets')).status).toBe(200)
  expect(await problemOf(await remove('default'))).toMatchObject({ code: 'state_conflict' })
})

test('the name of a project in which anything was done is not given again', async () => {
  const made = await makeProject(api, 'leavers')
  const { id } = await answerOf<{ id: string }>(await made.ask('/v1/keys/self'))
  expect((await made.ask(`/v1/keys/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await api.ask('/v1/projects/leavers', { method: 'DELETE' })).status).toBe(204)
  const again = await problemOf(await api.ask('/v1/projects', jsonOf({ name: 'leavers' })))
  expect(again).toMatchObject({ status: 409, code: 'already_exists' })
  expect((await api.ask('/v1/datasets', within('leavers'))).status).toBe(404)
})

test('what is made in a project while it is deleted hears that it is gone', async () => {
  await answerOf(await api.ask('/v1/projects', jsonOf({ name: 'fading' })), 201)
  let asked: Promise<Response> | undefined
  await api.context.db.transaction(async (tx) => {
    await tx.delete(projects).where(eq(projects.name, requireProject('fading')))
    asked = api.ask('/v1/datasets', within('fading', jsonOf({ name: 'late' })))
    // Its insert waits for this transaction.
    await vi.waitFor(async () => {
      const waiting = sql`select 1 from pg_locks join pg_stat_activity using (pid)
        where not granted and datname = current_database()`
      expect(await api.context.db.execute(waiting)).not.toHaveLength(0)
    })
  })
  expect(await problemOf(await asked!)).toMatchObject({ status: 404, code: 'not_found' })
})

test('only the operator acts in a project that a header names', async () => {
  const { ask } = await makeProject(api, 'named')
  await answerOf(await api.ask('/v1/datasets', within('named', jsonOf({ name: 'there' }))), 201)
  expect((await ask('/v1/datasets/there')).status).toBe(200)
  expect((await api.ask('/v1/datasets/there')).status).toBe(404)
  expect((await ask('/v1/datasets/there', within('named'))).status).toBe(200)
  for (const other of ['default', 'nowhere']) {
    const refused = await problemOf(await ask('/v1/datasets', within(other)))
    expect(refused).toMatchObject({ status: 403, code: 'forbidden' })
  }
  const nowhere = await problemOf(await api.ask('/v1/datasets', within('nowhere')))
  expect(nowhere).toMatchObject({ status: 404, code: 'not_found' })
})

test('what the operator does with a project stands in the audit log of default alone', async () => {
  const { ask } = await makeProject(api, 'watching')
  await answerOf(await api.ask('/v1/projects', within('watching', jsonOf({ name: 'rival' }))), 201)
  const gone = await api.ask('/v1/projects/rival', within('watching', { method: 'DELETE' }))
  expect(gone.status).toBe(204)
  type Entry = { method: string; path: string }
  const seen = async (each: TestApi['ask']) =>
    (await answerOf<Page<Entry>>(await each('/v1/audit?limit=2'))).data.map(({ path }) => path)
  expect(await seen(ask)).toEqual(['/v1/keys'])
  expect(await seen(api.ask)).toEqual(['/v1/projects/rival', '/v1/projects'])
})

test('an admin of a project administers its keys alone', async () => {
  const { ask } = await makeProject(api, 'governed')
  const { id } = await answerOf<{ id: string }>(
    await ask('/v1/keys', jsonOf({ name: 'second', scopes: ['data'] })),
    201,
  )
  const { data } = await answerOf<Page<{ id: string; project: string }>>(await ask('/v1/keys'))
  expect(data.map(({ project }) => project)).toEqual(['governed', 'governed'])
  for (const other of ['key_admin', 'key_none']) {
    expect((await ask(`/v1/keys/${other}`, { method: 'DELETE' })).status).toBe(404)
  }
  expect((await ask(`/v1/keys/${id}`, { method: 'DELETE' })).status).toBe(204)
})

test('an Idempotency-Key of the operator means another request in another project', async () => {
  await makeProject(api, 'once')
  const init = jsonOf({ name: 'same' })
  const headers = { ...(init.headers as Record<string, string>), 'idempotency-key': 'k-projects' }
  const ask = (project: string) => api.ask('/v1/datasets', within(project, { ...init, headers }))
  for (const project of ['once', 'default']) expect((await ask(project)).status).toBe(201)
  expect((await ask('once')).headers.get('idempotency-replayed')).toBe('true')
  const kept = eq(idempotencyKeys.key, 'k-projects')
  expect(await api.context.db.select().from(idempotencyKeys).where(kept)).toHaveLength(2)
})

test('two projects have models and endpoints of the same names, and each answers with its own', async () => {
  const { project, ask } = await makeProject(api, 'twin')
  const network = await makeNetwork()
  const LABELS = ['one', 'two', 'three']
  expect(await publishNetwork(api.context, 'waste', network)).toBe('waste@1')
  expect(await publishNetwork(api.context, 'waste', { ...network, labels: LABELS }, project)).toBe('waste@1')
  const traffic = [{ model: 'waste@1', weight: 1 }]
  const image = photoOf('glass', 0).photo.toString('base64')
  const labels: string[][] = []
  for (const each of [api.ask, ask]) {
    await answerOf(await each('/v1/endpoints/waste', jsonOf({ traffic }, 'PUT')))
    const answer = await answerOf<Prediction>(await each('/v1/endpoints/waste/predict', jsonOf({ image })))
    labels.push(answer.predictions.map(({ label }) => label).sort())
  }
  expect(labels).toEqual([['glass', 'metal', 'paper'], LABELS.toSorted()])
  // A change in one is no change in the other.
  await publishNetwork(api.context, 'waste', network)
  await answerOf(
    await api.ask('/v1/endpoints/waste', jsonOf({ traffic: [{ model: 'waste@2', weight: 1 }] }, 'PUT')),
  )
  expect(await answerOf<Endpoint>(await ask('/v1/endpoints/waste'))).toMatchObject({ revision: 1, traffic })
})

test('an event is told in its own project alone', async () => {
  const { ask } = await makeProject(api, 'told')
  const hook = { url: 'https://example.com/', events: ['dataset.version.rejected'] }
  const made = [api.ask, ask].map(async (each) => {
    const { id } = await answerOf<{ id: string }>(await each('/v1/webhooks', jsonOf(hook)), 201)
    return async () =>
      (await answerOf<Page<{ data: object }>>(await each(`/v1/webhooks/${id}/deliveries`))).data
  })
  const [ofDefault, ofProject] = await Promise.all(made)
  await pushPhotos(ask, 'lonely', [{ path: 'glass/1.jpg', photo: photoOf('glass', 5).photo }])
  await judged(ask, 'lonely')
  expect(await ofProject!()).toMatchObject([{ data: { dataset: 'lonely', status: 'rejected' } }])
  expect(await ofDefault!()).toEqual([])
})

async function missing(ask: TestApi['ask'], sha256: string) {
  const answer = await ask('/v1/blobs/missing', jsonOf({ sha256: [sha256] }))
  return (await answerOf<{ missing: { url: string; headers: Record<string, string> }[] }>(answer)).missing
}

test("who knows the hash of another project's image has nothing of it until it has sent the bytes", async () => {
  const { project, ask } = await makeProject(api, 'curious')
  const { photo, sha256 } = photoOf('metal', 0)
  await pushPhotos(api.ask, 'secret')
  expect(await missing(api.ask, sha256)).toEqual([])
  expect(await missing(ask, sha256)).toHaveLength(1)
  const push = (bytes: number) =>
    ask('/v1/datasets/stolen/versions', jsonOf({ files: [{ path: 'metal/1.jpg', sha256, bytes }] }))
  expect(await problemOf(await push(photo.length))).toMatchObject({ status: 409, code: 'blobs_missing' })

  // A file that is said to be too large is asked for no bytes, and so gets none.
  await answerOf(await push(10 ** 9), 202)
  expect(await judged(ask, 'stolen')).toMatchObject([{ reason: { code: 'image_too_large' } }])
  const path = `/v1/datasets/stolen/versions/1/files/${sha256}`
  for (const each of [path, `${path}/thumbnail`]) expect((await ask(each)).status).toBe(404)

  await pushPhotos(ask, 'bought', [{ path: 'metal/1.jpg', photo }])
  expect(await missing(ask, sha256)).toEqual([])
  // Whatever has let a list pass: the ingest asks again who has sent what it names.
  await api.context.db.delete(projectBlobs).where(eq(projectBlobs.project, project))
  await judged(ask, 'bought')
  const version = await answerOf(await ask('/v1/datasets/bought/versions/1'))
  expect(version).toMatchObject({ status: 'rejected', error: { code: 'blobs_missing' } })
})

async function judged(ask: TestApi['ask'], dataset: string): Promise<object[]> {
  const { id } = await answerOf<{ id: string }>(await ask(`/v1/datasets/${dataset}`))
  await ingest(api.context, { dataset_id: id, version: 1 }, new AbortController().signal)
  return (await answerOf<Page<object>>(await ask(`/v1/datasets/${dataset}/versions/1/files`))).data
}

test('what one project has sent stays for it, whatever another deletes', async () => {
  const { project, ask } = await makeProject(api, 'keeper')
  const { photo, sha256 } = photoOf('paper', 0)
  const { db, store } = api.context
  for (const each of [api.ask, ask]) await pushPhotos(each, 'shared', [{ path: 'paper/1.jpg', photo }])
  await judged(ask, 'shared')
  const rows = () => db.select().from(projectBlobs).where(eq(projectBlobs.sha256, sha256))
  expect(await rows()).toHaveLength(2)
  // The version of `default` is not ingested, so nothing of it goes; its upload is given up.
  const old = { claimedAt: sql`now() - interval '2 days'` }
  await db.execute(sql`update dataset_versions set state = 'rejected' where state = 'ingesting'`)
  await db.update(projectBlobs).set(old)
  await db.update(blobs).set(old)
  await collectGarbage(api.context)
  expect(await rows()).toMatchObject([{ project }])
  expect((await store.read(blobKey(sha256))).equals(photo)).toBe(true)
  expect(await missing(api.ask, sha256)).toHaveLength(1)
  expect(await missing(ask, sha256)).toEqual([])
})

test('bytes that another project has sent are written again, so the time tells nothing of them', async () => {
  const { project, ask } = await makeProject(api, 'timing')
  const { store, serving } = api.context
  const photos = [photoOf('metal', 6), photoOf('metal', 7)]
  await pushPhotos(
    api.ask,
    'timed',
    photos.map(({ photo }, at) => ({ path: `metal/${at}.jpg`, photo })),
  )
  const [captured, uploaded] = photos.map(({ photo, sha256 }) => ({ photo, key: blobKey(sha256) }))
  // What is gone from the store comes back only where it is written.
  for (const { key } of [captured!, uploaded!]) await store.delete(key)
  await serving.captures.storeImages(project, [captured!.photo])
  expect(await store.size(captured!.key)).toBe(captured!.photo.length)
  await answerOf(
    await ask('/v1/datasets/timed/archive', {
      method: 'PUT',
      headers: { 'content-type': 'application/x-tar' },
      body: new Uint8Array(await tarOf([{ name: 'metal/1.jpg', data: uploaded!.photo }])),
    }),
    202,
  )
  await judged(ask, 'timed')
  expect(await store.size(uploaded!.key)).toBe(uploaded!.photo.length)
})

test('past the quota of a project it may send no more, and others may', async () => {
  const { project, ask } = await makeProject(api, 'bounded')
  const { photo, sha256 } = photoOf('glass', 1)
  const put = (each: TestApi['ask']) => {
    const headers = { 'content-type': 'application/octet-stream' }
    return each(`/v1/blobs/${sha256}`, { method: 'PUT', headers, body: new Uint8Array(photo) })
  }
  for (const each of [api.ask, ask]) expect((await put(each)).status).toBe(201)
  const limit = (most: number | null) =>
    api.ask('/v1/projects/bounded', jsonOf({ stored_bytes_limit: most }, 'PATCH'))
  expect(await answerOf(await limit(photo.length))).toMatchObject({ stored_bytes: photo.length })
  // The sum is believed for a while: another process finds it at once.
  const room = openRoom(api.context.db)
  await expect(room.require(project)).rejects.toMatchObject({ code: 'store_full' })
  await room.require(requireProject('default'))
  await limit(photo.length + 1)
  await openRoom(api.context.db).require(project)
})

test('bytes that go straight to S3 are those of the project that sends them', async () => {
  const { env, stop } = await startVersitygw()
  const store = await openStore('s3://graft/projects', env)
  const { db } = api.context
  const app = createApp({ ...api.context, store })
  const askers = []
  for (const name of ['sender', 'guesser']) {
    const { key } = await makeProject(api, name)
    const headers = { authorization: `Bearer ${key}` }
    askers.push(((path, init = {}) =>
      app.request(path, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), ...headers },
      })) as TestApi['ask'])
  }
  const [sender, guesser] = askers as [TestApi['ask'], TestApi['ask']]
  try {
    const { photo, sha256 } = photoOf('paper', 3)
    const [target] = await missing(sender, sha256)
    const { url, headers } = target!
    expect((await fetch(url, { method: 'PUT', headers, body: new Uint8Array(photo) })).ok).toBe(true)
    expect(await missing(guesser, sha256)).toHaveLength(1)
    expect(await missing(sender, sha256)).toEqual([])
    expect((await store.read(blobKey(sha256))).equals(photo)).toBe(true)
    // A store that ignores the checksum of an address would have taken other bytes for the hash.
    const forged = sentKey(requireProject('guesser'), sha256)
    await store.put(forged, Buffer.from('other bytes'))
    expect(await missing(guesser, sha256)).toHaveLength(1)
    expect(await store.size(forged)).toBeUndefined()
    expect((await store.read(blobKey(sha256))).equals(photo)).toBe(true)
    const isSent = and(eq(projectBlobs.sha256, sha256), eq(projectBlobs.project, requireProject('sender')))
    expect(await db.select().from(projectBlobs).where(isSent)).toHaveLength(1)
  } finally {
    await store.close()
    await stop()
  }
}, 900_000)
