// Whether the memory of a server stays flat while its models come and go.
//
//   node bench/serve-memory.ts [endpoints] [seconds]
//
// Each endpoint has a model of its own, far more than stay loaded, and is asked at random: nearly every request loads a
// model and pushes another out. Prints a line of JSON: the server's resident memory over the time, in MB.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testPhotos } from '../apps/api/src/test-model.ts'
import type { ApiServer } from './api-server.ts'
import { residentMegabytes } from './machine.ts'

const endpoints = Number(process.argv[2] ?? 200)
const seconds = Number(process.argv[3] ?? 600)
const SAMPLES = 12
const KEY = 'the-admin-key-of-the-bench'
const [photo] = testPhotos('glass', 1)
const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'))
const child = fork(new URL('./api-server.ts', import.meta.url), [folder, KEY, String(endpoints)])
try {
  const [{ url }] = (await once(child, 'message')) as [ApiServer]
  const begun = performance.now()
  const resident: number[] = []
  let answered = 0
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'image/jpeg' }
  while (resident.length < SAMPLES) {
    const place = Math.floor(Math.random() * endpoints)
    const init = { method: 'POST', headers, body: photo as BodyInit }
    const answer = await fetch(`${url}/v1/endpoints/bench-${place}/predict`, init)
    if (!answer.ok) throw new Error(await answer.text())
    await answer.arrayBuffer()
    answered += 1
    const due = ((resident.length + 1) * seconds * 1000) / SAMPLES
    if (performance.now() - begun >= due) resident.push(await residentMegabytes(child.pid))
  }
  process.stdout.write(`${JSON.stringify({ endpoints, seconds, answered, resident_megabytes: resident })}\n`)
} finally {
  child.send('stop')
  await once(child, 'exit')
  await rm(folder, { recursive: true, force: true })
}
