// `./graft test`: every check there is, and a last line that counts them. Each static check counts as one.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const bin = join(root, 'node_modules', '.bin')

const CHECKS: [name: string, command: string, args: string[]][] = [
  ['types', 'tsc', ['--noEmit']],
  ['lint and format', 'biome', ['check', '--error-on-warnings', '.']],
]

let passed = 0
let failed = 0

for (const [name, command, args] of CHECKS) {
  process.stdout.write(`\n== ${name}\n`)
  const ok =
    spawnSync(join(bin, command), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  if (ok) passed += 1
  else failed += 1
}

// Several test files run the S3 server and the browser: brought here, they do not each bring them.
bring('versitygw.ts')
const chromium = bring('chromium.ts')
if (chromium === '') process.stdout.write('There is no Chromium: the tests of the console are skipped.\n')

process.stdout.write('\n== tests\n')
const folder = mkdtempSync(join(tmpdir(), 'graft-test-'))
const report = join(folder, 'report.json')
const run = spawnSync(
  join(bin, 'vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CHROMIUM: chromium },
  },
)
try {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<
    string,
    number
  >
  passed += numPassedTests ?? 0
  failed += numFailedTests ?? 0
} catch {
  process.stdout.write('vitest wrote no report\n')
}
rmSync(folder, { recursive: true })
// A run that fails outside its tests (a file that cannot be loaded, an unhandled error) must not look green.
if (run.status !== 0 && failed === 0) failed += 1

process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)

/** @returns what the set-up prints; empty where it has failed, which it has said */
function bring(setup: string): string {
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  return spawnSync(process.execPath, [join(import.meta.dirname, setup)], {
    stdio,
    encoding: 'utf8',
  }).stdout.trim()
}
