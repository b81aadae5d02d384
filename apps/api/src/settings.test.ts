import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('an empty environment means this machine, and state below .graft/data', () => {
  expect(readSettings({})).toEqual({
    host: '127.0.0.1',
    port: 8080,
    dataFolder: resolve('.graft/data'),
    databaseUrl: undefined,
    store: `file:${resolve('.graft/data/store')}`,
    adminKey: undefined,
  })
})

test('each setting is read from its variable', () => {
  const env = {
    GRAFT_HOST: '0.0.0.0',
    GRAFT_PORT: '0',
    GRAFT_DATA: '/srv/graft',
    DATABASE_URL: 'postgres://db/graft',
    GRAFT_STORE: 's3://bucket/graft',
    GRAFT_ADMIN_KEY: 'sixteen-or-more-characters',
  }
  expect(readSettings(env)).toEqual({
    host: '0.0.0.0',
    port: 0,
    dataFolder: '/srv/graft',
    databaseUrl: 'postgres://db/graft',
    store: 's3://bucket/graft',
    adminKey: 'sixteen-or-more-characters',
  })
})

test.each([
  ['GRAFT_PORT', '80a'],
  ['GRAFT_PORT', '65536'],
  ['GRAFT_ADMIN_KEY', 'short'],
  ['GRAFT_ADMIN_KEY', 'with a space in the middle'],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(name)
})
