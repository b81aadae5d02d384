import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, expect, test } from 'vitest'
import { openUploadFiles } from './upload-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'graft-upload-'))
afterAll(() => rmSync(folder, { recursive: true }))

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
function heldBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}

test('an upload holds no more memory the longer it is', async () => {
  const chunks = 20_000
  const before = heldBytes()
  let held = 0
  async function* body() {
    for (let chunk = 0; chunk < chunks; chunk += 1) yield Buffer.alloc(10)
    held = heldBytes() - before
  }
  await openUploadFiles(folder).append('up_long', 0, 10 * chunks, body())
  expect(held).toBeLessThan(4 * 2 ** 20) // a few hundred bytes for each chunk would be more
})
