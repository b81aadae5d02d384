import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { forkChild } from './fork-child.ts'

const folder = mkdtempSync(join(tmpdir(), 'graft-fork-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a child is given the keys of the store, and neither the database’s nor the operator’s', async () => {
  const script = join(folder, 'tell.mjs')
  writeFileSync(script, 'process.send({ ...process.env })')
  vi.stubEnv('DATABASE_URL', 'postgres://secret')
  vi.stubEnv('GRAFT_ADMIN_KEY', 'graft_secret')
  vi.stubEnv('GRAFT_API_KEY', 'graft_secret')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'needed')
  const child = forkChild(pathToFileURL(script), { stderr: 'inherit' })
  const [environment] = await once(child, 'message')
  expect(environment).toMatchObject({ AWS_SECRET_ACCESS_KEY: 'needed' })
  expect(JSON.stringify(environment)).not.toContain('secret"')
  expect(Object.keys(environment)).not.toContain('DATABASE_URL')
})
