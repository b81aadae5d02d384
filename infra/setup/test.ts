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
for (const brought of ['versitygw.ts', 'chromium.ts']) {
  spawnSync(process.execPath, [join(import.meta.dirname, brought)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

process.stdout.write('\n== tests\n')
const folder = mkdtempSync(join(tmpdir(), 'graft-test-'))
const report = join(folder, 'report.json')
const run = spawnSync(
  join(bin, 'vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
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
