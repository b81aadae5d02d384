import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { engineAvailable, engineName } from './engine.ts'

const execute = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

test('names the library and the device', () => {
  expect(engineAvailable()).toBe(true)
  expect(engineName()).toMatch(/^tensorflow \d+\.\d+\.\d+ (cpu|gpu)$/)
})

test('before the set-up it says what to do', async () => {
  // The package as a registry delivers it: without the library.
  const folder = await mkdtemp(join(tmpdir(), 'graft-engine-'))
  const installed = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
  try {
    await mkdir(installed, { recursive: true })
    await writeFile(join(installed, 'package.json'), '{"name":"@tensorflow/tfjs-node-gpu"}')
    await mkdir(join(folder, 'node_modules', '@graft'))
    await symlink(here('../../core'), join(folder, 'node_modules', '@graft', 'core'))
    await cp(here('engine.ts'), join(folder, 'engine.ts'))
    const script = `
      const { engineAvailable, loadEngine } = await import('./engine.ts')
      try { loadEngine() } catch ({ code, message }) { console.log(JSON.stringify([engineAvailable(), code, message])) }`
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual([
      false,
      'engine_unavailable',
      expect.stringContaining('./graft setup'),
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
