import { parentPort, workerData } from 'node:worker_threads'
import { openInference } from '../packages/nn/src/inference.ts'
const { onnx, threads, input } = workerData
const s = await openInference(onnx, threads)
parentPort!.on('message', async ([ms, batch]: [number, number]) => {
  const x = new Float32Array(batch * input.length); for (let i = 0; i < batch; i++) x.set(input, i * input.length)
  const end = performance.now() + ms; let n = 0
  while (performance.now() < end) { await s.run(x.slice(), 224, ['logits']); n += batch }
  parentPort!.postMessage(n)
})
parentPort!.postMessage('ready')
