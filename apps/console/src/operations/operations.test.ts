// The pages of the operator, as an operator uses them.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jsonOf } from '@graft/api/test-api'
import { browserPath } from '@graft/api/test-browser'
import { type Deliverer, startDeliverer } from '@graft/api/webhooks/deliver'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openConsole } from '../test-console.ts'

describe.skipIf(browserPath === undefined)('operations', () => {
  vi.stubEnv('GRAFT_WEBHOOK_PRIVATE', '1')
  const shown = openConsole()
  const { signIn, heading, go } = shown
  let receiver: Server
  let deliverer: Deliverer
  let received = 0
  beforeAll(async () => {
    deliverer = startDeliverer(shown.api.context.db, shown.api.context.log)
    receiver = createServer((_, response) => {
      received += 1
      response.writeHead(204).end()
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
  })
  afterAll(async () => {
    await deliverer?.stop()
    receiver?.close()
    vi.unstubAllEnvs()
  })
  const opens = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` }
    return (await shown.api.ask('/v1/keys/self', { headers })).status === 200
  }

  test('a key is made with its scopes and end, shown once, rotated and revoked', async () => {
    const { api, page, complaints } = shown
    await signIn(['admin'])
    await go('Operations')
    await page.getByText('Make a key').click()
    await page.getByLabel('Name').fill('Camera')
    await page.getByLabel('data uploads').check()
    await page.getByLabel('Expires; left open, never').fill('2100-01-02T03:04')
    await page.getByRole('button', { name: 'Make key' }).click()
    const secret = page.getByLabel('Key “Camera”')
    const first = await secret.inputValue()
    const own = await api.ask('/v1/keys/self', { headers: { authorization: `Bearer ${first}` } })
    expect(await own.json()).toMatchObject({ name: 'Camera', scopes: ['data', 'predict'] })
    const row = page.getByRole('row', { name: 'Camera' })
    await row.getByText('2100').waitFor()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await secret.waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain(first)

    await row.getByRole('button', { name: 'Rotate' }).click()
    expect(
      await row.getByRole('button', { name: 'Leave it' }).evaluate((it) => it === document.activeElement),
    ).toBe(true)
    await row.getByRole('combobox').selectOption('not at all')
    await row.getByRole('button', { name: 'Rotate' }).click()
    const second = await secret.inputValue()
    expect([await opens(first), await opens(second)]).toEqual([false, true])

    await row.getByRole('button', { name: 'Revoke' }).click()
    await row.getByRole('button', { name: 'Leave it' }).click()
    expect(await opens(second)).toBe(true)
    await row.getByRole('button', { name: 'Revoke' }).click()
    await row.getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    expect(await opens(second)).toBe(false)
    expect(complaints).toEqual([])
  })

  test('what was asked for is found by key in the audit log, and counted by day', async () => {
    const { api, page, complaints } = shown
    const made = await (await api.ask('/v1/keys', jsonOf({ name: 'Uploader', scopes: ['data'] }))).json()
    const headers = { authorization: `Bearer ${made.key}`, 'content-type': 'application/json' }
    await api.ask('/v1/datasets', { ...jsonOf({ name: 'birds' }), headers })
    await api.ask('/v1/models', { headers })
    await signIn(['admin'], '/audit')
    await page.getByRole('combobox', { name: 'Key' }).selectOption('Uploader')
    const entries = page.getByRole('row').filter({ hasText: '/v1/' })
    await entries.first().waitFor()
    await page.getByText('POST /v1/keys').first().waitFor({ state: 'detached' })
    expect(await entries.count()).toBe(1)
    expect(await entries.getByRole('cell').allTextContents()).toEqual(
      expect.arrayContaining(['Uploader', 'POST /v1/datasets', '201']),
    )
    await page.getByLabel('Made or changed').fill('ds_none')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('No change is of these.').waitFor()

    await page.getByRole('link', { name: 'Usage' }).click()
    await heading('Usage').waitFor()
    await page.getByRole('combobox', { name: 'Key' }).selectOption('Uploader')
    const days = page.getByRole('row').filter({ hasText: 'Uploader' })
    await days.first().waitFor()
    expect((await days.getByRole('cell').allTextContents()).slice(1, 5)).toEqual(['Uploader', '2', '1', '0'])
    await page.getByLabel('To').fill('2020-01-01')
    await page.getByText('Nothing was asked for in these days.').waitFor()
    expect(complaints).toEqual([])
  })

  test('a webhook is made, its deliveries are seen and sent again, and it is deleted', async () => {
    const { api, page, complaints } = shown
    await signIn(['admin'], '/webhooks')
    await page.getByText('There is no webhook').waitFor()
    await page.getByText('Make a webhook').click()
    const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    await page.getByLabel('Address').fill('http://user@127.0.0.1/')
    await page.getByRole('button', { name: 'Make webhook' }).click()
    await page.getByRole('alert').getByText('it names a user').waitFor()
    await page.getByLabel('Address').fill(address)
    await page.getByLabel('job.cancelled').check()
    await page.getByRole('button', { name: 'Make webhook' }).click()
    expect(await page.getByLabel('What signs the events').inputValue()).toMatch(/^whsec_/)
    await page.getByRole('link', { name: address }).click()
    await page.getByText('Nothing was sent to it yet.').waitFor()

    const job = await insertJob(api.context.db, await insertDataset(api.context.db, 'set'))
    await api.ask(`/v1/fine_tuning/jobs/${job}/cancel`, { method: 'POST' })
    await page.getByText('answered 204').waitFor()
    await page.getByRole('button', { name: 'Send again' }).click()
    await page.getByText('answered 204').nth(1).waitFor()
    expect(received).toBe(2)

    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('There is no webhook').waitFor()
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([])
  })

  test('a key without the scope is told so, and asks for nothing', async () => {
    const { page, visit, complaints } = shown
    await signIn(['data'])
    for (const [path, what] of [
      ['/keys', 'Seeing and making keys'],
      ['/usage', 'Reading the usage'],
      ['/webhooks', 'Seeing and making webhooks'],
      ['/webhooks/wh_1', 'Seeing a webhook'],
      ['/audit', 'Reading the audit log'],
    ]) {
      await visit(path!)
      await page.getByText(`${what} needs an API key with the scope admin`).waitFor()
    }
    expect(complaints).toEqual([])
  })
})
