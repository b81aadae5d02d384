// The exported folder as somebody gets it: unpacked where there is no Graft, and its examples run.
import { execFile, execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { softmax } from '@graft/nn/inference'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'
import { makeInt8Network, makeNetwork, publishNetwork, TEST_LABELS, type TestNetwork } from '../test-model.ts'

const PYTHON = process.env.PEER_PYTHON ?? 'python3'
const hasRuntime = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import numpy, onnxruntime, PIL'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

let api: TestApi
let network: TestNetwork
let folder: string
let work: string
beforeAll(async () => {
  api = await startTestApi()
  network = await makeNetwork()
  work = await mkdtemp(join(tmpdir(), 'graft-export-'))
  folder = await unpack('waste', network)
  for (const [index, photo] of network.photos.entries()) await writeFile(join(work, `${index}.jpg`), photo)
})
afterAll(async () => {
  await api.close()
  await rm(work, { recursive: true, force: true })
})

/** Publishes the network, and unpacks its export. */
async function unpack(name: string, given: TestNetwork): Promise<string> {
  await publishNetwork(api.context, name, given)
  const answer = await api.ask(`/v1/models/${name}/export.zip`)
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${name}-1.zip"`)
  await writeFile(join(work, `${name}.zip`), Buffer.from(await answer.arrayBuffer()))
  execFileSync('python3', ['-m', 'zipfile', '-e', join(work, `${name}.zip`), work])
  return join(work, `${name}-1`)
}

/** What a program says of each photo, and what the network of the platform says of it. */
async function run(program: string, file: string, { golden } = network) {
  const photos = network.photos.map((_, index) => join(work, `${index}.jpg`))
  const { stdout } = await promisify(execFile)(program, [join(folder, file), ...photos], { cwd: work })
  const said = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  return golden.examples.map(({ logits }, index) => {
    const shares = softmax(logits)
    const confidence = Math.max(...shares)
    const [, label, text] = said[index] ?? []
    return {
      ...{ label, expected: TEST_LABELS[shares.indexOf(confidence)] },
      difference: Math.abs(Number(text) - confidence),
    }
  })
}

test('the zip holds network, labels, preprocessing, card and examples', async () => {
  expect((await readdir(folder)).sort()).toEqual([
    'README.md',
    'classify.py',
    'classify.ts',
    'labels.json',
    'model.onnx',
    'preprocessing.json',
  ])
  const head = await api.ask('/v1/models/waste/export.zip', { method: 'HEAD' })
  expect(head.headers.get('content-type')).toBe('application/zip')
})

test('the TypeScript example answers as the platform does', async () => {
  const require = createRequire(import.meta.url)
  await mkdir(join(work, 'node_modules'))
  for (const name of ['sharp', 'onnxruntime-node']) {
    const root = join(
      dirname(require.resolve(name)).split(`/node_modules/${name}/`)[0] ?? '',
      'node_modules',
      name,
    )
    await symlink(root, join(work, 'node_modules', name))
  }
  for (const { label, expected, difference } of await run(process.execPath, 'classify.ts')) {
    expect(label).toBe(expected)
    expect(difference).toBeLessThan(1e-3)
  }
})

test.runIf(hasRuntime)('the Python example answers as the platform does', async () => {
  for (const { label, expected, difference } of await run(PYTHON, 'classify.py')) {
    expect(label).toBe(expected)
    expect(difference).toBeLessThan(1e-3)
  }
})

test('a model that answers in eight bits is exported as it answers', async () => {
  const rounded = await makeInt8Network()
  folder = await unpack('rounded', rounded)
  expect(await readdir(folder)).toContain('model-int8.onnx')
  // A float that differs in its last bit may be rounded to another step.
  for (const { label, expected, difference } of await run(process.execPath, 'classify.ts', {
    ...rounded,
    ...rounded.int8,
  })) {
    expect(label).toBe(expected)
    expect(difference).toBeLessThan(1e-2)
  }
})
