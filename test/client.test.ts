// The examples of docs/client.md, run as they stand there against one platform.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, photos, zipOf } from './folder.ts'
import { type Platform, ROOT, startPlatform } from './platform.ts'

/** Here, so that the example finds the client as any package of the workspace does. */
const work = mkdtempSync(join(import.meta.dirname, '.client-'))
const page = readFileSync(join(ROOT, 'docs/client.md'), 'utf8')

let platform: Platform
beforeAll(async () => {
  const folder = makeFolder(join(work, 'photos'), ['glass', 'paper'], 12)
  writeFileSync(join(work, 'recycling.zip'), zipOf(folder))
  copyFileSync(photos('test', 'glass', 1)[0] ?? '', join(work, 'photo.jpg'))
  platform = await startPlatform()
})
afterAll(async () => {
  await platform?.stop()
  rmSync(work, { recursive: true, force: true })
})

/** Writes the page's only block of a language into a file and runs it; the last line that it prints. */
async function run(language: string, program: string): Promise<string> {
  const [, code] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page) ?? []
  const file = join(work, `example.${language === 'python' ? 'py' : language}`)
  writeFileSync(file, code ?? '')
  const env = { ...process.env, GRAFT_URL: platform.url, GRAFT_API_KEY: platform.key }
  const { stdout } = await promisify(execFile)(program, [file], { cwd: work, env })
  return stdout.trim().split('\n').at(-1) ?? ''
}

test('TypeScript: from an archive to an answer', async () => {
  expect(await run('ts', process.execPath)).toMatch(/^recycling@\d+ (glass|paper) 0\.\d+$/)
})

test('Python: from an archive to an answer', async () => {
  expect(await run('python', 'python3')).toMatch(/^recycling@\d+ (glass|paper) 0\.\d+$/)
})
