import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import type { ModelFile } from '@graft/core/wire/models'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { openStore } from '@graft/store/open-store'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  makeInt8Network,
  makeNetwork,
  storeNetwork,
  TEST_LABELS,
  type TestNetwork,
  testPhotos,
} from '../test-model.ts'
import { createGate } from './gate.ts'
import { loadModel, openInferenceThreads } from './load-model.ts'
import { createPreparer } from './preparer.ts'

let folder: string
let store: ObjectStore
let network: TestNetwork
const preparer = createPreparer(1)
const turn = createGate(2)
const log = pino({ level: 'silent' })
const threads = openInferenceThreads()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-load-'))
  store = await openStore(`file:${folder}`)
  network = await makeNetwork()
})
afterAll(async () => {
  await preparer.close()
  await threads.close()
  await rm(folder, { recursive: true })
})

const load = (files: Record<string, ModelFile>, preprocessing = TEXTBOOK_PREPROCESSING) =>
  loadModel({ store, preparer, threads, turn, width: 2, log }, 'waste@1', {
    labels: TEST_LABELS,
    preprocessing,
    files,
  })
const corrupt = (message: RegExp) => ({ code: 'model_corrupt', message: expect.stringMatching(message) })

/** The network's files, with another golden file beside them. */
async function withGolden(golden: unknown): Promise<Record<string, ModelFile>> {
  const files = await storeNetwork({ store }, crypto.randomUUID(), network)
  const key = `golden/${crypto.randomUUID()}.json`
  return { ...files, 'golden.json': { key, ...(await store.put(key, Buffer.from(JSON.stringify(golden)))) } }
}

test('a model that reproduces its golden examples gives each input its own row', async () => {
  const model = await load(await storeNetwork({ store }, 'good', network))
  const input = new Float32Array(3 * 224 * 224)
  const inputs = [input, input.map(() => 1), input.slice()]
  const [first, second, third] = await Promise.all(inputs.map((each) => model.run(each, ['features'])))
  expect(first!.row.logits).toHaveLength(3)
  expect(first!.row.features).toHaveLength(512)
  expect(second!.row.logits).not.toEqual(first!.row.logits)
  for (const [index, logit] of third!.row.logits.entries()) {
    expect(logit).toBeCloseTo(first!.row.logits[index]!, 4)
  }
  await model.close()
})

test('a file is answered as the input that is made of it, and what is no plain JPEG has no row', async () => {
  const model = await load(await storeNetwork({ store }, 'files', network))
  const [photo] = testPhotos('glass', 1)
  const { value: input } = await preparer.prepare(photo!, TEXTBOOK_PREPROCESSING)
  const cut = photo!.subarray(0, photo!.length - 200)
  const [prepared, file, broken] = await Promise.all([
    model.run(input, []),
    model.runFile(photo!, []),
    model.runFile(cut, []),
  ])
  expect(broken.row).toBeUndefined()
  for (const [index, logit] of file.row!.logits.entries()) {
    expect(logit).toBeCloseTo(prepared.row.logits[index]!, 4)
  }
  expect((await model.runFile(cut, [])).row).toBeUndefined()
  await model.close()
})

test('a model that is asked for more than it answers opens copies, which answer as it does', async () => {
  const model = await load(await storeNetwork({ store }, 'crowded', network))
  const input = new Float32Array(3 * 224 * 224)
  const alone = await model.run(input.slice(), [])
  expect(alone.abreast).toBe(1)
  const before = model.bytes()
  const seen = new Set<number>()
  const caller = async () => {
    for (let asked = 0; asked < 400 && !seen.has(2); asked += 1) {
      const { row, abreast } = await model.run(input.slice(), [])
      seen.add(abreast)
      for (const [index, logit] of row.logits.entries()) {
        expect(logit).toBeCloseTo(alone.row.logits[index]!, 4)
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, caller))
  expect(seen).toEqual(new Set([1, 2]))
  expect(model.bytes()).toBe(3 * before)
  expect((await model.run(input.slice(), [])).abreast).toBe(1)
  await model.close()
})

test('a golden logit that is not reproduced is corrupt', async () => {
  const [first, ...rest] = network.golden.examples
  const off = { ...first!, logits: first!.logits.map((value, index) => value + (index === 1 ? 0.01 : 0)) }
  await expect(load(await withGolden({ examples: [...rest, off] }))).rejects.toMatchObject(
    corrupt(/is off by/),
  )
  const short = { ...first!, logits: first!.logits.slice(1) }
  await expect(load(await withGolden({ examples: [short] }))).rejects.toMatchObject(corrupt(/is off by/))
})

test('another preprocessing than the trainer used is corrupt', async () => {
  const files = await storeNetwork({ store }, 'other-input', network)
  const preprocessing = { ...TEXTBOOK_PREPROCESSING, resize: { mode: 'short_side', size: 256 } as const }
  await expect(load(files, preprocessing)).rejects.toMatchObject(corrupt(/is off by/))
})

test('a model without golden examples, or with none of their images, is corrupt', async () => {
  await expect(load(await withGolden({ examples: [] }))).rejects.toMatchObject(corrupt(/no golden/))
  await expect(load(await withGolden('nothing'))).rejects.toMatchObject(corrupt(/another shape/))
  const sha256 = '0'.repeat(64)
  const gone = await withGolden({ examples: [{ sha256, logits: [0, 0, 0] }] })
  await expect(load(gone)).rejects.toMatchObject(corrupt(new RegExp(blobKey(sha256))))
})

test('bytes that do not hash to what the row says are corrupt', async () => {
  const files = await storeNetwork({ store }, 'changed', network)
  const file = files['model.onnx']!
  const bytes = Buffer.from(network.onnx)
  bytes[bytes.length >> 1]! ^= 1
  await store.put(file.key, bytes)
  await expect(load(files)).rejects.toMatchObject(corrupt(/bytes do not hash to/))
  await store.delete(file.key)
  await expect(load(files)).rejects.toMatchObject(corrupt(/model\.onnx/))
  const { 'model.onnx': _, ...without } = files
  await expect(load(without)).rejects.toMatchObject(corrupt(/has no model\.onnx/))
})

test('bytes that are no network are corrupt', async () => {
  const files = await storeNetwork({ store }, 'text', { ...network, onnx: Buffer.from('no network') })
  await expect(load(files)).rejects.toMatchObject(corrupt(/ONNX file cannot be loaded/))
})

test('a file in eight bits answers; where its golden examples are not reproduced, the one in float32 does', async () => {
  const int8 = await makeInt8Network()
  const [example] = int8.int8.golden.examples
  const preprocessed = await preparer.prepare(int8.photos[0]!, TEXTBOOK_PREPROCESSING)
  const model = await load(await storeNetwork({ store }, 'int8', int8))
  expect(model).toMatchObject({ precision: 'int8', declined: undefined })
  const { row } = await model.run(preprocessed.value.slice(), ['logits'])
  expect([...row.logits]).toEqual(example!.logits.map((logit) => expect.closeTo(logit, 4)))
  expect([...row.logits]).not.toEqual(network.golden.examples[0]!.logits.map((l) => expect.closeTo(l, 4)))
  await model.close()

  const foreign = { ...int8, int8: { ...int8.int8, golden: network.golden } }
  const exact = await load(await storeNetwork({ store }, 'foreign', foreign))
  expect(exact).toMatchObject({ precision: 'float32', declined: { code: 'model_corrupt' } })
  const answer = await exact.run(preprocessed.value, ['logits'])
  expect([...answer.row.logits]).toEqual(network.golden.examples[0]!.logits.map((l) => expect.closeTo(l, 4)))
  await exact.close()
})
