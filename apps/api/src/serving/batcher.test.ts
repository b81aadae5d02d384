import type { OutputName } from '@graft/nn/inference'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createBatcher, type Row, type RunBatch } from './batcher.ts'
import { createGate } from './gate.ts'

/** A runtime that runs when told to, and a record of its batches; a row's logits are its image, 0 is no image. */
function runtime(most = 4, turn = createGate(1), width = 1, cores = 1) {
  const batches: { inputs: number[]; outputs: readonly OutputName[]; end: PromiseWithResolvers<void> }[] = []
  const runBatch: RunBatch = async (inputs, outputs) => {
    const end = Promise.withResolvers<void>()
    batches.push({ inputs: inputs.map(([value]) => value!), outputs, end })
    await end.promise
    const rows = inputs.map(([value]): Row | undefined =>
      value ? { logits: Float32Array.of(value) } : undefined,
    )
    return { rows, prepared: 5 * inputs.length }
  }
  const copies = { isOpen: false, opened: 0 }
  const runner = {
    runBatch,
    cores,
    copies: {
      open: () => {
        copies.opened += 1
      },
      runBatch: () => (copies.isOpen ? runBatch : undefined),
    },
  }
  const batcher = createBatcher(runner, turn, width, most)
  const run = (value: number, outputs: OutputName[] = [], signal?: AbortSignal) =>
    batcher.run(Float32Array.of(value), outputs, signal)
  const runBulk = (value: number) => batcher.run(Float32Array.of(value), [], undefined, 'bulk')
  const runFile = (value: number) => batcher.runFile(Uint8Array.of(value), [])
  const end = async (index: number) => {
    batches[index]!.end.resolve()
    await new Promise(setImmediate)
  }
  return { batches, copies, run, runFile, takesFiles: batcher.takesFiles, runBulk, end }
}

test('an image runs at once when the runtime is idle, and those that come meanwhile are the next batches', async () => {
  const { batches, run, end } = runtime()
  const all = [1, 2, 3, 4, 5, 6].map((value) => run(value))
  expect(batches.map(({ inputs }) => inputs)).toEqual([[1]])
  await end(0)
  await end(1)
  await end(2)
  expect(batches.map(({ inputs }) => inputs)).toEqual([[1], [2, 3, 4, 5], [6]])
  const answers = await Promise.all(all)
  expect(answers.map(({ row, batch }) => [row.logits[0], batch])).toEqual([
    [1, 1],
    [2, 4],
    [3, 4],
    [4, 4],
    [5, 4],
    [6, 1],
  ])
})

test('a model with more than a batch waits for the others that have come before its rest', async () => {
  const turn = createGate(1)
  const one = runtime(1, turn)
  const two = runtime(1, turn)
  const all = [one.run(1), one.run(2), one.run(3), two.run(4)]
  await one.end(0)
  await one.end(1)
  expect([one.batches.length, two.batches.length]).toEqual([2, 1])
  await two.end(0)
  await one.end(2)
  await Promise.all(all)
})

test('whoever asks overtakes the bulk, in this model and in others', async () => {
  const turn = createGate(1)
  const one = runtime(8, turn)
  const two = runtime(8, turn)
  const bulk = [1, 2, 3, 4, 5, 6, 7].map((value) => one.runBulk(value))
  const asked = [one.run(8), two.run(9)]
  await one.end(0)
  await one.end(1)
  await two.end(0)
  await Promise.all(asked)
  expect(one.batches.map(({ inputs }) => inputs)).toEqual([[1], [8], [2, 3, 4, 5]])
  await one.end(2)
  await one.end(3)
  await Promise.all(bulk)
  expect(one.batches.at(-1)?.inputs).toEqual([6, 7])
})

test('with copies open, batches run side by side, and an image that is alone has all of the cores', async () => {
  const { batches, copies, run, end } = runtime(1, createGate(2), 2)
  copies.isOpen = true
  const alone = run(1)
  const others = [run(2), run(3), run(4)]
  expect(batches.map(({ inputs }) => inputs)).toEqual([[1]])
  await end(0)
  expect(batches.map(({ inputs }) => inputs)).toEqual([[1], [2], [3]])
  await end(1)
  await end(2)
  await end(3)
  expect((await alone).abreast).toBe(1)
  expect((await Promise.all(others)).map(({ abreast }) => abreast)).toEqual([2, 2, 2])
  const last = run(5)
  await end(4)
  expect((await last).abreast).toBe(1)
})

test('of few images none of the copies takes what another could run beside it', async () => {
  const { batches, copies, run, end } = runtime(4, createGate(2), 2)
  copies.isOpen = true
  const all = [1, 2, 3].map((value) => run(value))
  await end(0)
  expect(batches.map(({ inputs }) => inputs)).toEqual([[1], [2], [3]])
  await end(1)
  await end(2)
  await Promise.all(all)
})

test('a file shares a batch with inputs, its making is told apart, and one that is no image has no row', async () => {
  const { runFile, run, end } = runtime()
  const all = [run(1), runFile(2), runFile(0), run(3)]
  await end(0)
  await end(1)
  const answers = await Promise.all(all)
  expect(answers.map(({ row }) => row?.logits[0])).toEqual([1, 2, undefined, 3])
  expect(answers.map(({ prepared }) => prepared)).toEqual([5, 5, 5, 5])
})

test('files are taken while nothing runs, and by copies of one core', async () => {
  const one = runtime(1, createGate(2), 2)
  expect(one.takesFiles()).toBe(true)
  const first = one.run(1)
  expect(one.takesFiles()).toBe(false)
  one.copies.isOpen = true
  expect(one.takesFiles()).toBe(true)
  await one.end(0)
  await first
  const wide = runtime(1, createGate(2), 2, 8)
  wide.copies.isOpen = true
  const second = wide.run(1)
  expect(wide.takesFiles()).toBe(false)
  await wide.end(0)
  await second
  expect(wide.takesFiles()).toBe(true)
})

test('copies are opened once each batch has left images behind for a second', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { copies, run, end } = runtime(1)
  const all = Array.from({ length: 6 }, (_, index) => run(index + 1))
  await end(0)
  vi.advanceTimersByTime(999)
  await end(1)
  expect(copies.opened).toBe(0)
  vi.advanceTimersByTime(1)
  await end(2)
  expect(copies.opened).toBe(1)
  for (const index of [3, 4, 5]) await end(index)
  await Promise.all(all)
})

test('what is given up while it waits is not run', async () => {
  const { batches, run, end } = runtime()
  const first = run(1)
  const left = new AbortController()
  const gone = run(2, [], left.signal)
  const last = run(3)
  left.abort(new Error('left'))
  const refusal = expect(gone).rejects.toThrow('left')
  await end(0)
  await end(1)
  await Promise.all([first, last, refusal])
  expect(batches.map(({ inputs }) => inputs)).toEqual([[1], [3]])
})

test('a batch asks for the outputs that any of it needs', async () => {
  const { batches, run, end } = runtime()
  const all = [run(1), run(2, ['features']), run(3, ['feature_map', 'features'])]
  await end(0)
  await end(1)
  await Promise.all(all)
  expect(batches.map(({ outputs }) => outputs)).toEqual([['logits'], ['logits', 'features', 'feature_map']])
})

test('a failed run fails its own images, and the next batch runs', async () => {
  const { batches, run, end } = runtime()
  const first = run(1)
  const second = run(2)
  batches[0]!.end.reject(new Error('no'))
  await expect(first).rejects.toThrow('no')
  await end(1)
  expect((await second).row.logits[0]).toBe(2)
})
