// `graft push` against a running platform: what travels, and what a push that was cut off has left to do.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { DatasetVersion } from '@graft/core/wire/datasets'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, photos } from './folder.ts'
import { GRAFT, type Platform, startPlatform } from './platform.ts'

let work: string
let platform: Platform
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'graft-push-'))
  platform = await startPlatform({ data: join(work, 'data') })
})
afterAll(async () => {
  await platform.stop()
  await rm(work, { recursive: true, force: true })
})

const environment = () => ({ ...process.env, GRAFT_URL: platform.url, GRAFT_API_KEY: platform.key })
async function push(folder: string, ...words: string[]) {
  const { stdout } = await promisify(execFile)(GRAFT, ['push', folder, '--json', ...words], {
    env: environment(),
  })
  return JSON.parse(stdout) as Record<string, unknown>
}

test('adding ten images uploads ten, and an unchanged folder makes no version', async () => {
  const folder = makeFolder(join(work, 'waste'), ['glass', 'metal'], 20)
  expect(await push(folder)).toEqual({
    dataset: 'waste',
    version: 1,
    uploaded: 40,
    skipped: 0,
    status: 'ready',
  })
  expect(await push(folder)).toMatchObject({ version: 1, uploaded: 0, skipped: 40 })
  for (const path of photos('train', 'paper', 10))
    cpSync(path, join(folder, 'glass', `new-${path.split('/').at(-1)}`))
  expect(await push(folder)).toMatchObject({ version: 2, uploaded: 10, skipped: 40, status: 'ready' })
  const version = await platform.call<DatasetVersion>('/v1/datasets/waste/versions/2')
  expect(version.files).toEqual({ accepted: 50, rejected: 0, duplicate: 0 })
})

test('a push that was interrupted goes on where it was', async () => {
  const folder = makeFolder(join(work, 'cut'), ['paper', 'plastic', 'cardboard'], 200)
  const count = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  ).length
  const stored = async () =>
    (await readdir(join(platform.data, 'store', 'blobs'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && !entry.name.endsWith('~'),
    ).length
  const before = await stored()
  const child = spawn(GRAFT, ['push', folder], { env: environment(), stdio: 'ignore' })
  while ((await stored()) < before + 20) await sleep(10)
  child.kill('SIGINT')
  await once(child, 'exit')
  const { uploaded, skipped, status } = await push(folder)
  expect({ status, files: Number(uploaded) + Number(skipped) }).toEqual({ status: 'ready', files: count })
  expect(skipped).toBeGreaterThanOrEqual(20)
  expect(uploaded).toBeGreaterThan(0)
})
