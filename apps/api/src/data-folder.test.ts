import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGraftError } from '@graft/core/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepAdminKey, lockDataFolder } from './data-folder.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'graft-folder-'))
})
afterAll(() => rm(root, { recursive: true }))

test('a folder is one process at a time: refused with its pid, free as soon as it is gone', async () => {
  const folder = join(root, 'shared')
  const script = `
    import { lockDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))}
    await lockDataFolder(${JSON.stringify(folder)})
    console.log('locked')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script])
  await once(holder.stdout, 'data')

  const refusal = await lockDataFolder(folder).catch((error: unknown) => error)
  expect(isGraftError(refusal, 'data_directory_in_use')).toBe(true)
  expect(String(refusal)).toContain(`process ${holder.pid}`)

  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const lock = await lockDataFolder(folder)
  await expect(lockDataFolder(folder)).rejects.toThrow(`process ${process.pid}`)
  lock.release()
  const again = await lockDataFolder(folder)
  again.release()
})

test('the admin key is made once, kept for its owner alone, and follows the one that is given', async () => {
  const made = await keepAdminKey(root, undefined)
  expect(made.length).toBeGreaterThan(40)
  expect(await keepAdminKey(root, undefined)).toBe(made)
  const file = join(root, 'admin-key')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const given = 'a-key-of-the-operator'
  expect(await keepAdminKey(root, given)).toBe(given)
  expect((await readFile(file, 'utf8')).trim()).toBe(given)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})
