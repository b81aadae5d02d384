import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
/** No network, but onnxruntime has started when it says so. */
const OPEN = `import { openInference } from ${here('./inference.ts')}
await openInference(new Uint8Array(8)).catch(() => {})
await new Promise((resolve) => setTimeout(resolve, 500))`
const START_THREAD = `import ${here('./no-telemetry.ts')}
import { Worker } from 'node:worker_threads'
new Worker(new URL('open.mjs', import.meta.url))`

test.each([
  ['a process', OPEN],
  ['a thread', START_THREAD],
])('%s that loads onnxruntime leaves nothing in the home folder', async (_, program) => {
  const folder = await mkdtemp(join(tmpdir(), 'graft-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const home = join(folder, 'home')
  await mkdir(home)
  await writeFile(join(folder, 'open.mjs'), OPEN)
  await writeFile(join(folder, 'program.mjs'), program)
  const {
    ORT_DISABLE_TELEMETRY: _own,
    XDG_CACHE_HOME: _cache,
    NODE_COMPILE_CACHE: _compiled,
    ...env
  } = process.env
  await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')], {
    env: { ...env, HOME: home, TMPDIR: home },
  })
  expect(await readdir(home)).toEqual([])
})
