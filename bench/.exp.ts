import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { makeNetwork } from '../apps/api/src/test-model.ts'
const { onnx } = await makeNetwork()
const input = new Float32Array(3 * 224 * 224).map(() => Math.random())
const w = new Worker(new URL('./.exp-worker.ts', import.meta.url), { workerData: { onnx, threads: 2, input } })
await once(w, 'message')
const all = [1, 2, 4, 8].map((batch) => ({ batch, images: 0, ms: 0, cpu: 0 }))
for (let r = 0; r < 9; r++) for (const s of all) {
  const t = performance.now(), c = process.cpuUsage()
  const done = once(w, 'message')
  w.postMessage([1200, s.batch])
  s.images += (await done)[0]
  s.ms += performance.now() - t
  const d = process.cpuUsage(c); s.cpu += (d.user + d.system) / 1000
}
for (const s of all) console.log(s.batch, (s.images / s.ms * 1000).toFixed(1), '/s', (s.cpu / s.images).toFixed(1), 'cpu ms/image')
process.exit(0)
