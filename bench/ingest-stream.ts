// What memory a running platform needs to take in a large archive, or several at once, made while they are sent.
//
//   node bench/ingest-stream.ts [photos] [kilobytes of each] [archives]
//
// Photos of the example, enlarged to about so many bytes, each made another file by what stands behind its end. Prints a
// line of JSON: the peak of the platform's memory, how it grew, and how long it took.
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatasetVersion } from '../packages/core/src/wire/datasets.ts'
import { ROOT, startPlatform } from '../test/platform.ts'
import { describeMachine, peakMegabytes, residentMegabytes, round } from './machine.ts'

const count = Number(process.argv[2] ?? 100_000)
const kilobytes = Number(process.argv[3] ?? 100)
const archives = Number(process.argv[4] ?? 1)
const LABELS = ['glass', 'metal', 'paper', 'plastic', 'cardboard']
const BASES_OF_A_LABEL = 40
/** Milliseconds between two looks at the memory. */
const LOOK_EVERY = 10_000
const sharp = createRequire(join(ROOT, 'packages/vision/package.json'))('sharp')
const { pack } = createRequire(join(ROOT, 'packages/vision/package.json'))('tar-stream')

const bases = await makeBases()
let sent = 0
// An unlimited quota: the platform's own is smaller than what is sent.
const platform = await startPlatform({ env: { GRAFT_MAX_STORED_BYTES: String(1e12) } })
const { pid } = platform.process
const resident: number[] = [await residentMegabytes(pid)]
const looking = setInterval(async () => resident.push(await residentMegabytes(pid)), LOOK_EVERY)
try {
  const begun = performance.now()
  const names = Array.from({ length: archives }, (_, index) => `large-${index}`)
  await Promise.all(names.map(send))
  const received = performance.now()
  const receiving = await peakMegabytes(pid)
  for (const name of names) await untilReady(name)
  const figures = {
    photos: count,
    archives,
    gigabytes: round(sent / 1e9, 2),
    receiving_seconds: round((received - begun) / 1000, 0),
    judging_seconds: round((performance.now() - received) / 1000, 0),
    peak_rss_megabytes_of_receiving: receiving,
    peak_rss_megabytes: await peakMegabytes(pid),
    resident_megabytes: resident,
    machine: await describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} finally {
  clearInterval(looking)
  await platform.stop()
}

async function send(name: string): Promise<void> {
  const answer = await fetch(`${platform.url}/v1/datasets/${name}/archive`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${platform.key}`, 'content-type': 'application/x-tar' },
    body: Readable.toWeb(Readable.from(archive())) as ReadableStream<Uint8Array>,
    duplex: 'half',
  } as RequestInit)
  if (answer.status !== 202) throw new Error(await answer.text())
}

async function untilReady(name: string): Promise<void> {
  for (;;) {
    const { status, error } = await platform.call<DatasetVersion>(`/v1/datasets/${name}/versions/1`)
    if (status === 'ready') return
    if (status !== 'ingesting') throw new Error(`the version is ${status}: ${error?.message}`)
    await sleep(1000)
  }
}

async function makeBases(): Promise<Buffer[]> {
  const all = LABELS.map(async (label) => {
    const folder = join(ROOT, 'examples/recycling/train', label)
    const names = (await readdir(folder)).sort().slice(0, BASES_OF_A_LABEL)
    return await Promise.all(
      names.map(async (name) => {
        const photo = sharp(await readFile(join(folder, name))).resize(1000)
        for (let quality = 95; ; quality -= 5) {
          const bytes: Buffer = await photo.jpeg({ quality }).toBuffer()
          if (bytes.length <= kilobytes * 1000 || quality === 20) return bytes
        }
      }),
    )
  })
  return (await Promise.all(all)).flat()
}

function archive(): AsyncIterable<Uint8Array> {
  const tar = pack()
  const write = async () => {
    for (let index = 0; index < count; index += 1) {
      const base = bases[index % bases.length] as Buffer
      const label = LABELS[Math.floor(((index % bases.length) / bases.length) * LABELS.length)]
      const bytes = Buffer.alloc(kilobytes * 1000)
      base.copy(bytes)
      bytes.writeUInt32BE(index, bytes.length - 4)
      sent += bytes.length
      const entry = new Promise((done) => tar.entry({ name: `${label}/${index}.jpg` }, bytes, done))
      await entry
    }
    tar.finalize()
  }
  void write()
  return tar
}
