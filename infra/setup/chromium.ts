// Finds a Chromium for the tests, or brings one, and prints the path of a program that starts it.
//
// CHROMIUM names it, or it is on the path. Else it comes from npm, where it is packaged for Linux x64 with the few
// libraries that a bare machine lacks, all compressed: unpacked once into the cache, keyed by version. Elsewhere nothing
// is printed.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CACHE, makeOnce } from './make-once.ts'

const PACKAGE = '@sparticuz/chromium'
const VERSION = '153.0.0'

const cached = join(CACHE, `chromium-${VERSION}`)
const program = join(cached, 'start')

/** Beside it are its libraries and fonts. */
const START = `#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" FONTCONFIG_PATH="$here/fonts"
exec "$here/chromium" "$@"
`
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(cached, 'fonts')}</dir>
  <cachedir>${join(cached, 'fonts-cache')}</cachedir>
</fontconfig>
`

function findInstalled(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env.PATH ?? '').split(delimiter)
  return (
    process.env.CHROMIUM ??
    folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync)
  )
}

function run(command: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options })
}

function unpack(fresh: string): string {
  process.stderr.write(`graft: bringing Chromium ${VERSION}, the browser of the tests\n`)
  const quiet = [
    '--fetch-retries=1',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--save-exact',
  ]
  run('npm', ['install', '--prefix', fresh, ...quiet, `${PACKAGE}@${VERSION}`])
  const unpacked = join(fresh, 'unpacked')
  mkdirSync(unpacked)
  // It unpacks into the temporary folder; the libraries too where it takes itself to run on a bare machine.
  run(process.execPath, ['-e', `import('${PACKAGE}').then(({ default: it }) => it.executablePath())`], {
    cwd: fresh,
    env: { ...process.env, TMPDIR: unpacked, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' },
  })
  writeFileSync(join(unpacked, 'fonts', 'fonts.conf'), FONTS)
  writeFileSync(join(unpacked, 'start'), START, { mode: 0o755 })
  return unpacked
}

try {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64'
  const installed = findInstalled()
  if (installed === undefined && isPackaged) makeOnce(cached, program, unpack)
  const found = installed ?? (isPackaged ? program : undefined)
  if (found) process.stdout.write(`${found}\n`)
} catch (error) {
  process.stderr.write(`graft: ${(error as Error).message}\n`) // with what the failed command has said
  process.exit(1)
}
