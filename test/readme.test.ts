// The README's curl steps, run as they stand there.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Platform, ROOT, startPlatform } from './platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

test('the steps take a folder to an answer', async () => {
  const section = readFileSync(join(ROOT, 'README.md'), 'utf8')
    .split('### The same with curl')[1]
    ?.split('\n## ')[0]
  // The first block aims at a platform on the usual port with the usual data; the test aims at its own.
  const [, ...steps] = [...(section ?? '').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '')
  expect(steps).toHaveLength(3)
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', steps.join('\n')], {
    cwd: ROOT,
    env: { ...process.env, GRAFT_URL: platform.url, GRAFT_API_KEY: platform.key },
    maxBuffer: 1 << 26,
  })
  const answer = JSON.parse(stdout.slice(stdout.lastIndexOf('{"id":"pred_')))
  expect(answer).toMatchObject({ endpoint: 'recycling', model: expect.stringMatching(/^recycling@\d+$/) })
  expect(answer.predictions).toHaveLength(5)
})
