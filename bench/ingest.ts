// How fast a running platform takes data in, beside loops that only judge or decode the same images, and beside tar.
//
//   node bench/ingest.ts [files]
//
// Prints a line of JSON: files a second of an uploaded tar until its version is ready, of the bare loops and of tar, the
// time of a push of the unchanged folder, and the peak of the platform's memory.
import { execFile, execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { DatasetVersion } from '../packages/core/src/wire/datasets.ts'
import { inspectImage } from '../packages/vision/src/decode.ts'
import { tarOf } from '../test/folder.ts'
import { GRAFT, put, ROOT, startPlatform, until } from '../test/platform.ts'
import { describeMachine, peakMegabytes } from './machine.ts'

const count = Number(process.argv[2] ?? 20_000)
const SIDE = 96
const LABELS = ['glass', 'metal', 'paper', 'plastic', 'cardboard']
const sharp = createRequire(join(ROOT, 'packages/vision/package.json'))('sharp')

const work = await mkdtemp(join(tmpdir(), 'graft-bench-'))
const folder = join(work, 'small')
await makePhotos()
const tar = tarOf(folder)
const platform = await startPlatform({ data: join(work, 'data') })
try {
  const upload = await timed(async () => {
    await platform.call('/v1/datasets/small/archive', put('application/x-tar', tar), 202)
    const version = () => platform.call<DatasetVersion>('/v1/datasets/small/versions/1')
    const { status } = await until(version, (found) => found.status !== 'ingesting', 1800)
    if (status !== 'ready') throw new Error(`the version is ${status}`)
  })
  const peak = await peakMegabytes(platform.process.pid)
  const bare = await timed(() => eachFile(inspectImage))
  const sharpAlone = await timed(() => eachFile((bytes) => sharp(bytes).raw().toBuffer()))
  await mkdir(join(work, 'unpacked'))
  const unpacked = await timed(async () => {
    execFileSync('tar', ['-C', join(work, 'unpacked'), '-x'], { input: tar })
  })
  const push = () => promisify(execFile)(GRAFT, ['push', folder, '--json'], { env: environment() })
  const first = await timed(push)
  const unchanged = await timed(push)
  const figures = {
    files: count,
    megabytes: Math.round(tar.length / 1e6),
    ingested_per_second: Math.round(count / upload),
    bare_judging_per_second: Math.round(count / bare),
    bare_sharp_per_second: Math.round(count / sharpAlone),
    unpacked_by_tar_per_second: Math.round(count / unpacked),
    push_of_known_files_seconds: Number(first.toFixed(2)),
    push_unchanged_seconds: Number(unchanged.toFixed(2)),
    peak_rss_megabytes: peak,
    machine: await describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} finally {
  await platform.stop()
  await rm(work, { recursive: true, force: true })
}

/** Small photos, each another piece of one of the example photos. */
async function makePhotos(): Promise<void> {
  const examples = join(ROOT, 'examples/recycling/train')
  for (const label of LABELS) {
    await mkdir(join(folder, label), { recursive: true })
    const names = (await readdir(join(examples, label))).sort()
    for (let at = 0; at < count / LABELS.length; at += 1) {
      const source = await readFile(join(examples, label, names[at % names.length] ?? ''))
      const { width = 0, height = 0 } = await sharp(source).metadata()
      const place = Math.floor(at / names.length) * 7
      const piece = {
        left: place % (width - SIDE),
        top: (place * 3) % (height - SIDE),
        width: SIDE,
        height: SIDE,
      }
      await writeFile(join(folder, label, `${at}.jpg`), await sharp(source).extract(piece).jpeg().toBuffer())
    }
  }
}

/** As many at once as an ingest has. */
async function eachFile(work: (bytes: Buffer) => Promise<unknown>): Promise<void> {
  const paths = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const left = paths.values()
  const worker = async () => {
    for (const path of left) await work(await readFile(path))
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function environment() {
  return { ...process.env, GRAFT_URL: platform.url, GRAFT_API_KEY: platform.key }
}
