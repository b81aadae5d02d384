import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openClient } from '../client.ts'
import { problemOf, serve } from '../test-server.ts'
import { ask } from './predict.ts'

/** An endpoint that refuses so many times, and then answers. */
async function asked(status: number, refusals: number) {
  const folder = await mkdtemp(join(tmpdir(), 'graft-predict-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const photo = join(folder, 'photo.jpg')
  await writeFile(photo, 'a photo')
  let requests = 0
  const url = await serve((request, response) => {
    request.resume()
    requests += 1
    response.statusCode = requests > refusals ? 200 : status
    response.end(JSON.stringify(requests > refusals ? { decision: 'accept' } : problemOf('overloaded')))
  })
  const answer = ask(openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' }), 'waste', photo, 1)
  return { answer, requests: () => requests }
}

test.each([429, 503])('what comes too early (%i) is asked again, four times', async (status) => {
  expect(await (await asked(status, 4)).answer).toEqual({ decision: 'accept' })
  const { answer, requests } = await asked(status, 5)
  await expect(answer).rejects.toMatchObject({ status })
  expect(requests()).toBe(5)
})

test('another refusal stands', async () => {
  const { answer, requests } = await asked(400, 1)
  await expect(answer).rejects.toMatchObject({ status: 400 })
  expect(requests()).toBe(1)
})
