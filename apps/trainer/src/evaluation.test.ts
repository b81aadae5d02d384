import type { Inference } from '@graft/nn/inference'
import { openInference } from '@graft/nn/inference'
import { createRandom } from '@graft/nn/random'
import { toOnnx } from '@graft/nn/to-onnx'
import { randomWeights } from '@graft/nn/weights'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAll } from './evaluation.ts'

const SIZE = 32
let network: Inference
let running = 0
beforeAll(async () => {
  network = await openInference(toOnnx('resnet18', randomWeights('resnet18', 2, createRandom(1))))
})
afterAll(() => network.close())

const counted: Pick<Inference, 'run'> = {
  async run(...question) {
    running += 1
    return await network.run(...question).finally(() => {
      running -= 1
    })
  },
}
async function* inputs(count: number, end?: Error) {
  for (let place = 0; place < count; place += 1) yield new Float32Array(3 * SIZE * SIZE).fill(place / count)
  if (end) throw end
}

test('rows stand in the order of their inputs, also of the last, smaller batch', async () => {
  const all = await runAll(counted, inputs(9), SIZE, 'features')
  const { features } = await network.run(new Float32Array(3 * SIZE * SIZE).fill(8 / 9), SIZE, ['features'])
  expect(all.length).toBe(9 * 512)
  for (const [place, value] of features.entries()) expect(all[8 * 512 + place]).toBeCloseTo(value, 4)
})

test.each([4, 8, 9])(
  'a fault of the inputs after %i of them is thrown when nothing runs any more',
  async (count) => {
    await expect(runAll(counted, inputs(count, new Error('gone')), SIZE, 'features')).rejects.toThrow('gone')
    expect(running).toBe(0)
  },
)

test('a fault of a run is thrown once, however many wait for it', async () => {
  const broken = { run: () => Promise.reject(new Error('the runtime failed')) }
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', note)
  await expect(runAll(broken, inputs(12), SIZE, 'features')).rejects.toThrow('the runtime failed')
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
