// How fast a network answers in eight bits beside the same in float32, in turns, by all threads.
//
//   node bench/int8.ts [runs]
//
// Prints a line of JSON: for each size of batch the fastest run (ms an image), which other work has disturbed least, and
// the processor time (ms an image) over all runs.
import { makeInt8Network } from '../apps/api/src/test-model.ts'
import { TEXTBOOK_PREPROCESSING } from '../packages/core/src/preprocessing.ts'
import { openInference } from '../packages/nn/src/inference.ts'
import { describeMachine, round } from './machine.ts'

const runs = Number(process.argv[2] ?? 40)
const { crop } = TEXTBOOK_PREPROCESSING
const { onnx, int8 } = await makeInt8Network()
const contenders = {
  float32: { inference: await openInference(onnx) },
  int8: { inference: await openInference(int8.onnx) },
}
const figures: Record<string, Record<string, { best_ms: number; cpu_ms: number }>> = {}
for (const batch of [1, 2, 4, 8]) {
  const images = new Float32Array(batch * 3 * crop * crop).map((_, index) => Math.sin(index))
  const found = Object.entries(contenders).map(([name, { inference }]) => ({
    ...{ name, inference },
    ...{ best: Number.POSITIVE_INFINITY, cpu: 0 },
  }))
  for (let run = -1; run < runs; run += 1) {
    for (const contender of found) {
      const [before, started] = [process.cpuUsage(), performance.now()]
      await contender.inference.run(images, crop, ['logits'])
      if (run < 0) continue // in the first run memory is taken
      const { user, system } = process.cpuUsage(before)
      contender.best = Math.min(contender.best, performance.now() - started)
      contender.cpu += (user + system) / 1000
    }
  }
  figures[`batch_${batch}`] = Object.fromEntries(
    found.map(({ name, best, cpu }) => [
      name,
      { best_ms: round(best / batch, 1), cpu_ms: round(cpu / runs / batch, 1) },
    ]),
  )
}
for (const { inference } of Object.values(contenders)) await inference.close()
process.stdout.write(`${JSON.stringify({ ...figures, machine: await describeMachine() })}\n`)
