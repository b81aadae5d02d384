// What predictions hold in memory: models that push each other out, and the bodies of requests.
import { DEFAULT_PROJECT } from '@graft/core/names'
import type { Prediction } from '@graft/core/wire/predictions'
import { setTraffic } from '@graft/db/endpoints'
import { modelVersions } from '@graft/db/schema'
import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { problemOf, startTestApi, streamed } from '../test-api.ts'
import { makeNetwork, publishNetwork, TEST_LABELS, type TestNetwork, testPhotos } from '../test-model.ts'

const photo = testPhotos('metal', 2)[1]!
const jpeg = (): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'image/jpeg' },
  body: new Uint8Array(photo),
})

let network: TestNetwork
beforeAll(async () => {
  network = await makeNetwork()
})
afterEach(() => vi.unstubAllEnvs())

test('with room for one model, models that take turns both answer', async () => {
  vi.stubEnv('GRAFT_MAX_MODELS_IN_MEMORY', '1')
  const small = await startTestApi()
  try {
    for (const name of ['one', 'two']) {
      const traffic = [{ model: await publishNetwork(small.context, name, network), weight: 100 }]
      await setTraffic(small.context.db, DEFAULT_PROJECT, name, { traffic }, 'key_test')
    }
    for (const name of ['one', 'two', 'one']) {
      const answer = await small.ask(`/v1/endpoints/${name}/predict`, jpeg())
      expect(((await answer.json()) as Prediction).model).toBe(`${name}@1`)
    }
    // What was pushed out is loaded again, and so checked again.
    await small.context.db
      .update(modelVersions)
      .set({ files: {} })
      .where(eq(modelVersions.labels, TEST_LABELS))
    expect((await small.ask('/v1/endpoints/one/predict', jpeg())).status).toBe(200)
    const again = await problemOf(await small.ask('/v1/endpoints/two/predict', jpeg()))
    expect(again.code).toBe('model_corrupt')
  } finally {
    await small.close()
  }
})

test('bodies past the memory that is theirs are refused, and room that is given back is used', async () => {
  vi.stubEnv('GRAFT_MAX_PREDICT_BODY_BYTES', String(photo.length * 1.5))
  const small = await startTestApi()
  try {
    const traffic = [{ model: await publishNetwork(small.context, 'one', network), weight: 100 }]
    await setTraffic(small.context.db, DEFAULT_PROJECT, 'one', { traffic }, 'key_test')
    const rest = Promise.withResolvers<Uint8Array>()
    const asked = Promise.withResolvers<void>()
    async function* slow() {
      yield photo.subarray(0, -1)
      asked.resolve()
      yield await rest.promise
    }
    const path = '/v1/endpoints/one/predict'
    const first = small.ask(
      path,
      streamed(slow(), { method: 'POST', headers: { 'content-type': 'image/jpeg' } }),
    )
    await asked.promise
    const refused = await small.ask(path, jpeg())
    expect(await problemOf(refused)).toMatchObject({ status: 503, code: 'overloaded' })
    expect(refused.headers.get('retry-after')).toBe('1')
    rest.resolve(photo.subarray(-1))
    expect((await first).status).toBe(200)
    expect((await small.ask(path, jpeg())).status).toBe(200)
  } finally {
    await small.close()
  }
})
