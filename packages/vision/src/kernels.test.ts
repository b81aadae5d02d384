import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { reserve } from './kernels.ts'

test('kernels.wasm is what assembly/kernels.ts compiles to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graft-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const built = join(folder, 'kernels.wasm')
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js')
  const options = ['assembly/kernels.ts', '--config', 'asconfig.json', '--outFile', built]
  await promisify(execFile)(process.execPath, [compiler, ...options], {
    cwd: join(import.meta.dirname, '..'),
  })
  expect(await readFile(built)).toEqual(await readFile(join(import.meta.dirname, 'kernels.wasm')))
})

test('areas lie one after the other with sixteen bytes between them, and the memory grows for them', () => {
  const { bytes, places } = reserve(1, 16, 100_000, 5)
  expect(places).toEqual([0, 32, 64, 100_080])
  expect(bytes.length).toBeGreaterThanOrEqual(100_080 + 5 + 16)
})

test('the memory of a huge image is not kept for those after it', () => {
  expect(reserve(100 * 1024 ** 2).bytes.length).toBeGreaterThan(100 * 1024 ** 2)
  expect(reserve(1000).bytes.length).toBeLessThan(1024 ** 2)
})
