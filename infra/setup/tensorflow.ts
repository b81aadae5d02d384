// Puts a current TensorFlow under @tensorflow/tfjs-node-gpu: its own installer knows only TensorFlow 2.9.
//
// The binding is C++ over TensorFlow's stable C API, so it is compiled here against the library inside the
// Python wheel. Library and binding are cached outside node_modules, keyed by version and variant.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CACHE, makeOnce } from './make-once.ts'

const TENSORFLOW_VERSION = '2.21.0'
const NAPI_VERSION = 8

/** The C symbols that the binding calls are all exported by these two libraries of the wheel. */
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

const requireFromNn = createRequire(new URL('../../packages/nn/package.json', import.meta.url))
const tfjs = dirname(requireFromNn.resolve('@tensorflow/tfjs-node-gpu/package.json'))
const installed = join(tfjs, 'lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node')

class MissingTool extends Error {}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
  })
}

function requireTool(command: string, hint: string): void {
  try {
    run(command, ['--version'])
  } catch {
    throw new MissingTool(`${command} is missing, and the training engine is built with it. ${hint}`)
  }
}

/** GRAFT_ENGINE, `cpu` or `gpu`, says it where the engine is built for another machine. */
function hasGpu(): boolean {
  if (process.env.GRAFT_ENGINE) return process.env.GRAFT_ENGINE === 'gpu'
  try {
    return run('nvidia-smi', ['-L']).includes('GPU')
  } catch {
    return false
  }
}

/** Unpacks the wheel into `site/`: on a GPU machine with the CUDA libraries that the wheel's rpath looks for. */
function fetchTensorFlow(folder: string, variant: 'cpu' | 'gpu'): string {
  const site = join(folder, 'site')
  const quiet = ['--no-deps', '--no-compile', '--disable-pip-version-check', '--quiet', '--target', site]
  if (variant === 'gpu') {
    run('python3', ['-m', 'pip', 'install', ...quiet.slice(1), `tensorflow[and-cuda]==${TENSORFLOW_VERSION}`])
  } else {
    run('python3', ['-m', 'pip', 'install', ...quiet, `tensorflow-cpu==${TENSORFLOW_VERSION}`])
  }
  const library = join(site, 'tensorflow')
  const keep = new Set([...LIBRARIES, 'include'])
  for (const entry of readdirSync(library)) {
    if (!keep.has(entry)) rmSync(join(library, entry), { recursive: true })
  }
  return library
}

/** Compiles the binding; its rpath names the library's final place in the cache. */
function compileBinding(library: string, finalLibrary: string, output: string): void {
  const headers = dirname(requireFromNn.resolve('node-api-headers/package.json'))
  run('g++', [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${NAPI_VERSION}`],
    ...['-I', join(headers, 'include'), '-I', join(library, 'include')],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(tfjs, 'binding', file)),
    ...['-o', output, `-Wl,-rpath,${finalLibrary}`],
    ...LIBRARIES.map((file) => join(library, file)),
  ])
}

function build(fresh: string, cached: string, variant: 'cpu' | 'gpu'): string {
  requireTool('python3', 'Install Python 3 with pip (on Debian: apt-get install python3 python3-pip).')
  requireTool('g++', 'Install a C++ compiler (on Debian: apt-get install g++).')
  try {
    run('python3', ['-m', 'pip', '--version'])
  } catch {
    throw new MissingTool('pip is missing. Install it (on Debian: apt-get install python3-pip).')
  }
  process.stderr.write(
    `graft: building the training engine (TensorFlow ${TENSORFLOW_VERSION}, ${variant}): about a minute\n`,
  )
  const library = fetchTensorFlow(fresh, variant)
  compileBinding(library, join(cached, 'site', 'tensorflow'), join(fresh, 'tfjs_binding.node'))
  rmSync(join(library, 'include'), { recursive: true })
  chmodSync(fresh, 0o755) // an image's user loads what its root has built
  return fresh
}

try {
  if (!existsSync(installed)) {
    const variant = hasGpu() ? 'gpu' : 'cpu'
    const cached = join(
      CACHE,
      `tensorflow-${TENSORFLOW_VERSION}-${variant}-${process.platform}-${process.arch}`,
    )
    const binding = join(cached, 'tfjs_binding.node')
    makeOnce(cached, binding, (fresh) => build(fresh, cached, variant))
    mkdirSync(dirname(installed), { recursive: true })
    copyFileSync(binding, installed)
  }
} catch (error) {
  const stderr = (error as { stderr?: string }).stderr ?? ''
  process.stderr.write(`graft: ${(error as Error).message}\n${stderr}`)
  process.exit(error instanceof MissingTool ? 3 : 1)
}
