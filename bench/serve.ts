// How fast an endpoint answers, beside a bare loop over onnxruntime-node, beside that loop behind an HTTP server and
// nothing else ("http"), and beside Python servers of the same file.
//
//   node bench/serve.ts [seconds of each measurement] [rounds] [int8]
//
// The peers run where PEER_PYTHON names an interpreter that has fastapi, uvicorn, litserve, onnxruntime, numpy and pillow.
// Rounds take turns, so that what else the machine does meets all alike; the median round counts. On a machine that
// others use too a server with more threads is given more of it: `cpu_ms_per_image`, the processor time of the serving
// process for an answer, is what such a machine measures as well as a quiet one. Prints JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeInt8Network, makeNetwork, testPhotos } from '../apps/api/src/test-model.ts'
import { TEXTBOOK_PREPROCESSING } from '../packages/core/src/preprocessing.ts'
import { openInference } from '../packages/nn/src/inference.ts'
import { decodeImage } from '../packages/vision/src/decode.ts'
import { preprocess } from '../packages/vision/src/preprocess.ts'
import { cpuMilliseconds, describeMachine } from './machine.ts'
import { KEY, startApiServer } from './start-api-server.ts'

const seconds = Number(process.argv[2] ?? 5)
const rounds = Number(process.argv[3] ?? 3)
const CONNECTIONS = [1, 8, 64]
/** Milliseconds: what a refusal's Retry-After asks for. */
const RETRY_AFTER = 1000
const photos = ['glass', 'metal', 'paper'].flatMap((label) => testPhotos(label, 10))
const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'))
const int8 = process.argv[4] === 'int8'
const onnx = int8 ? (await makeInt8Network()).int8.onnx : (await makeNetwork()).onnx

interface Figures {
  per_second: number
  p50_ms: number
  p99_ms: number
  failed: number
  cpu_ms_per_image: number
}

function figuresOf(times: number[], failed: number, elapsed: number, cpu: number): Figures {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return {
    per_second: round(times.length / (elapsed / 1000)),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    failed,
    cpu_ms_per_image: round(cpu / times.length),
  }
}
const round = (value: number) => Math.round(value * 100) / 100

/** Each connection asks again as soon as it is answered. */
async function measure(
  connections: number,
  ask: (photo: Buffer) => Promise<boolean>,
  pid: number | undefined = process.pid,
): Promise<Figures> {
  const times: number[] = []
  let failed = 0
  let asked = 0
  const cpu = await cpuMilliseconds(pid)
  const begun = performance.now()
  const end = begun + seconds * 1000
  const connection = async () => {
    while (performance.now() < end) {
      const photo = photos[asked++ % photos.length] as Buffer
      const start = performance.now()
      if (await ask(photo)) times.push(performance.now() - start)
      else {
        failed += 1
        await sleep(RETRY_AFTER)
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  return figuresOf(times, failed, performance.now() - begun, (await cpuMilliseconds(pid)) - cpu)
}

function over({ url, takesJson }: Pick<Contender, 'url' | 'takesJson'>): (photo: Buffer) => Promise<boolean> {
  const agent = new Agent({ keepAlive: true })
  const bodies = new Map(
    photos.map((photo) => [photo, takesJson ? JSON.stringify({ image: photo.toString('base64') }) : photo]),
  )
  const type = takesJson ? 'application/json' : 'image/jpeg'
  return async (photo) => {
    const body = bodies.get(photo) as Buffer | string
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': type, 'content-length': body.length }
    const asking = request(url, { method: 'POST', agent, headers })
    asking.end(body)
    const [answer] = await once(asking, 'response')
    answer.resume()
    await once(answer, 'end')
    return answer.statusCode === 200
  }
}

interface Contender {
  name: string
  url: string
  /** Photos go to it as base64 in JSON, not as they are. */
  takesJson: boolean
  pid: number | undefined
  stop: () => Promise<void>
}

async function startServer(): Promise<Contender> {
  const { url, pid, stop } = await startApiServer({ endpoints: 1, int8 })
  return { name: 'graft', url: `${url}/v1/endpoints/bench-0/predict`, takesJson: false, pid, stop }
}

interface Program {
  name: string
  command: string
  /** In this folder; it is told the network's file and a port. */
  file: string
  takesJson: boolean
}

async function startPeer({ name, command, file: program, takesJson }: Program): Promise<Contender> {
  const port = 18_000 + Math.floor(Math.random() * 1000)
  const file = join(folder, 'peer.onnx')
  await writeFile(file, onnx)
  const child: ChildProcess = spawn(command, [join(import.meta.dirname, program), file, String(port)], {
    stdio: 'inherit',
    detached: true,
  })
  const contender = { name, url: `http://127.0.0.1:${port}/predict`, takesJson, pid: child.pid }
  while (!(await over(contender)(photos[0] as Buffer).catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`${name} does not start`)
    await sleep(200)
  }
  return {
    ...contender,
    stop: async () => {
      // Its whole group: LitServe has processes of its own.
      process.kill(-(child.pid as number))
      await once(child, 'exit')
    },
  }
}

async function bare(): Promise<Figures> {
  const inference = await openInference(onnx)
  const figures = await measure(1, async (photo) => {
    const input = preprocess(await decodeImage(photo), TEXTBOOK_PREPROCESSING)
    await inference.run(input, TEXTBOOK_PREPROCESSING.crop, ['logits'])
    return true
  })
  await inference.close()
  return figures
}

/** The round of the median throughput. */
function median(all: Figures[]): Figures {
  return all.toSorted((a, b) => a.per_second - b.per_second)[all.length >> 1] as Figures
}

const python = process.env.PEER_PYTHON
const peers: Program[] = [
  { name: 'http', command: process.execPath, file: 'serve-bare.ts', takesJson: false },
]
if (python !== undefined) {
  peers.push({ name: 'fastapi', command: python, file: 'serve-fastapi.py', takesJson: false })
  peers.push({ name: 'litserve', command: python, file: 'serve-litserve.py', takesJson: true })
}
const contenders = [await startServer()]
for (const peer of peers) contenders.push(await startPeer(peer))
try {
  const found = new Map<string, Figures[]>()
  const note = (name: string, figures: Figures) => found.set(name, [...(found.get(name) ?? []), figures])
  for (const contender of contenders) await over(contender)(photos[0] as Buffer)
  for (let index = 0; index < rounds; index += 1) {
    note('bare', await bare())
    for (const connections of CONNECTIONS) {
      for (const contender of contenders) {
        note(`${contender.name} ${connections}`, await measure(connections, over(contender), contender.pid))
      }
    }
  }
  const result = Object.fromEntries([...found].map(([name, figures]) => [name, median(figures)]))
  const of = (name: string) => result[name]?.per_second ?? Number.NaN
  const ratios = Object.fromEntries(
    CONNECTIONS.map((connections) => {
      const others = ['bare', ...contenders.slice(1).map(({ name }) => `${name} ${connections}`)]
      return [
        connections,
        Object.fromEntries(
          others.map((other) => [`to ${other}`, round(of(`graft ${connections}`) / of(other))]),
        ),
      ]
    }),
  )
  const machine = await describeMachine()
  process.stdout.write(`${JSON.stringify({ machine, seconds, rounds, int8, ...result, ratios }, null, 2)}\n`)
} finally {
  for (const { stop } of contenders) await stop()
  await rm(folder, { recursive: true, force: true })
}
