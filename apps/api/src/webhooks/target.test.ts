import { afterEach, expect, test, vi } from 'vitest'
import { resolveTarget } from './target.ts'

afterEach(() => vi.unstubAllEnvs())

const address = (text: string) => ({ address: text, family: text.includes(':') ? 6 : 4 })
const resolved = (...texts: string[]) =>
  resolveTarget(new URL('https://receiver.example/hook'), async () => texts.map(address))

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.255.255',
  '192.168.1.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'fd00::1',
  'fe80::1',
  'ff02::1',
])('%s is no public address', async (text) => {
  await expect(resolved(text)).rejects.toMatchObject({ code: 'webhook_target_refused' })
})

test.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '::ffff:1.1.1.1'])(
  '%s is one',
  async (text) => {
    expect(await resolved(text)).toEqual([address(text)])
  },
)

test('one private address among public ones refuses the name', async () => {
  await expect(resolved('1.1.1.1', '127.0.0.1')).rejects.toMatchObject({ code: 'webhook_target_refused' })
})

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]/',
  'http://localhost/',
])('%s is this machine, however it is written', async (url) => {
  await expect(resolveTarget(new URL(url))).rejects.toMatchObject({ code: 'webhook_target_refused' })
})

test('the operator may allow them', async () => {
  vi.stubEnv('GRAFT_WEBHOOK_PRIVATE', '1')
  expect(await resolved('127.0.0.1')).toEqual([address('127.0.0.1')])
})
