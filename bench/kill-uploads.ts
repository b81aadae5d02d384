// Kills the API at random moments of uploads, and looks for what was lost, half there, or left behind.
//
//   node bench/kill-uploads.ts [uploads]
//
// Archives, folders by their blobs, and archives in pieces (tus) take turns; each upload gets a SIGKILL at a random
// moment between its first byte and the end of its ingest. The next API goes on on the same data. In the end every
// acknowledged byte is read again, every version is looked through, and the garbage is collected. Prints a line of JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { collectGarbage } from '../apps/api/src/datasets/collect-garbage.ts'
import type { Page } from '../packages/core/src/wire/common.ts'
import type { DatasetFile, DatasetVersion } from '../packages/core/src/wire/datasets.ts'
import { openDatabase } from '../packages/db/src/database.ts'
import { startPostgres } from '../packages/db/src/embedded-postgres.ts'
import { blobKey } from '../packages/store/src/object-store.ts'
import { openStore } from '../packages/store/src/open-store.ts'
import { scrub } from '../packages/store/src/scrub.ts'
import { tarOf } from '../packages/vision/fixtures/archives.ts'
import { ROOT } from '../test/platform.ts'
import { describeMachine, median, round } from './machine.ts'

const KEY = 'the-key-of-the-bench'
const KINDS = ['archive', 'blobs', 'tus'] as const
const LABELS = ['glass', 'metal'] as const
const PHOTOS_OF_A_LABEL = 12
const PIECE = 128 * 1024
/** Milliseconds between two pieces that are sent: a network is slower than the loopback. */
const PAUSE = 5
const sharp = createRequire(join(ROOT, 'packages/vision/package.json'))('sharp')

type Kind = (typeof KINDS)[number]
interface Photo {
  name: string
  data: Buffer
  sha256: string
}
interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: unknown
  duplex?: string
}

interface Sent {
  kind: Kind
  /** Of the data set. */
  name: string
  photos: Photo[]
  /** The archive of them. */
  tar: Buffer
  told: Acknowledged
}
/** What the platform has said that it has. */
interface Acknowledged {
  blobs: string[]
  /** Of a version: its number, and the sha256 that it must have. */
  version?: { number: number; sha256?: string }
  tus?: { path: string; offset: number }
}

let server: ChildProcess
let url = ''

await bench()

async function bench(): Promise<void> {
  const uploads = Number(process.argv[2] ?? 100)
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'))
  const postgres = await startPostgres(join(folder, 'postgres'))
  const start = () => startServer(folder, postgres.url)
  try {
    await start()
    const unbroken = {} as Record<Kind, number>
    for (const [at, kind] of KINDS.entries()) {
      const began = performance.now()
      await send(await makeUpload(kind, `unbroken-${kind}`, uploads + at))
      await settled(`unbroken-${kind}`)
      unbroken[kind] = performance.now() - began
    }

    const sent: Sent[] = []
    const starts: number[] = []
    for (let at = 0; at < uploads; at += 1) {
      const upload = await makeUpload(KINDS[at % KINDS.length] ?? 'archive', `upload-${at}`, at)
      sent.push(upload)
      const sending = send(upload).catch(() => {}) // its connection is cut
      await sleep(Math.random() * unbroken[upload.kind])
      server.kill('SIGKILL')
      await Promise.all([once(server, 'exit'), sending])
      const killed = performance.now()
      await start()
      starts.push((performance.now() - killed) / 1000)
    }

    const faults: string[] = []
    const counts = { blobs: 0, versions: 0, tus_bytes: 0, unacknowledged_versions: 0 }
    for (const upload of sent) {
      const { name, tar, told } = upload
      for (const sha256 of told.blobs)
        if (!(await isThere(sha256))) faults.push(`${name}: blob ${sha256} is lost`)
      counts.blobs += told.blobs.length
      if (told.tus && told.version === undefined) {
        const offset = await offsetOf(told.tus.path)
        if (offset < told.tus.offset)
          faults.push(`${name}: ${told.tus.offset} bytes were told, ${offset} are there`)
        counts.tus_bytes += told.tus.offset
        // What was cut goes on, and must become the archive that was meant.
        await sendPieces(told.tus.path, tar, offset, told)
      }
      const versions = await settled(name)
      if (told.version && !versions.some(({ version }) => version === told.version?.number))
        faults.push(`${name}: its acknowledged version is lost`)
      if (told.version) counts.versions += 1
      else counts.unacknowledged_versions += versions.length
      for (const version of versions) faults.push(...(await faultsOf(version, upload)))
    }

    server.kill('SIGKILL')
    await once(server, 'exit')
    const left = await sweep(folder, postgres.url)
    faults.push(...left.faults)
    await start()
    // What the collection has left is still all that versions name.
    for (const upload of sent)
      for (const version of await settled(upload.name)) faults.push(...(await faultsOf(version, upload)))
    const figures = {
      kills: uploads,
      seconds_unbroken: Object.fromEntries(KINDS.map((kind) => [kind, round(unbroken[kind] / 1000, 2)])),
      acknowledged: counts,
      faults: faults.length,
      swept: left.swept,
      seconds_to_start_again: round(median(starts), 2),
      machine: await describeMachine(),
    }
    for (const fault of faults) process.stderr.write(`${fault}\n`)
    process.stdout.write(`${JSON.stringify(figures)}\n`)
  } finally {
    server?.kill('SIGKILL')
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function startServer(folder: string, databaseUrl: string): Promise<void> {
  const env = { GRAFT_DATA: folder, GRAFT_PORT: '0', GRAFT_ADMIN_KEY: KEY, DATABASE_URL: databaseUrl }
  server = spawn(process.execPath, [join(ROOT, 'apps/api/src/main.ts')], {
    env: { ...process.env, ...env, GRAFT_STORE: `file:${join(folder, 'store')}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = await once(
    createInterface({ input: server.stdout as NonNullable<typeof server.stdout> }),
    'line',
  )
  url = String(line).replace('ready ', '')
}

/** Photos that no other upload has. */
async function makePhotos(upload: number): Promise<Photo[]> {
  const photos: Photo[] = []
  for (const label of LABELS) {
    const names = (await readdir(join(ROOT, 'examples/recycling/train', label))).sort()
    for (const name of names.slice(0, PHOTOS_OF_A_LABEL)) {
      const source = sharp(join(ROOT, 'examples/recycling/train', label, name))
      const data: Buffer = await source
        .extract({ left: upload, top: upload, width: 120, height: 190 })
        .png()
        .toBuffer()
      photos.push({ name: `${label}/${name}.png`, data, sha256: sha256Of(data) })
    }
  }
  return photos
}

async function makeUpload(kind: Kind, name: string, at: number): Promise<Sent> {
  const photos = await makePhotos(at)
  return { kind, name, photos, tar: await tarOf(photos), told: { blobs: [] } }
}

async function send({ kind, name, photos, tar, told }: Sent): Promise<void> {
  if (kind === 'archive') {
    const body = Readable.toWeb(Readable.from(slowly(tar)))
    const init = { method: 'PUT', headers: { 'content-type': 'application/x-tar' }, body, duplex: 'half' }
    const { version } = (await (await ask(`/v1/datasets/${name}/archive`, init)).json()) as DatasetVersion
    told.version = { number: version, sha256: sha256Of(tar) }
  } else if (kind === 'blobs') {
    for (const { sha256, data } of photos) {
      await ask(`/v1/blobs/${sha256}`, { method: 'PUT', body: new Uint8Array(data) })
      told.blobs.push(sha256)
    }
    const files = photos.map(({ name: path, sha256, data }) => ({ path, sha256, bytes: data.length }))
    const answer = await ask(`/v1/datasets/${name}/versions`, { method: 'POST', ...jsonOf({ files }) })
    told.version = { number: ((await answer.json()) as DatasetVersion).version }
  } else {
    const answer = await ask('/v1/uploads', {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(tar.length),
        'upload-metadata': `dataset ${Buffer.from(name).toString('base64')}`,
      },
    })
    await sendPieces(answer.headers.get('location') ?? '', tar, 0, told)
  }
}

async function sendPieces(path: string, tar: Buffer, from: number, told: Acknowledged): Promise<void> {
  for (let offset = from; offset < tar.length; offset = told.tus?.offset ?? offset) {
    const answer = await ask(path, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(tar.subarray(offset, offset + PIECE)),
    })
    told.tus = { path, offset: Number(answer.headers.get('upload-offset')) }
    const version = answer.headers.get('graft-version')
    if (version !== null) told.version = { number: Number(version), sha256: sha256Of(tar) }
    await sleep(PAUSE)
  }
}

async function offsetOf(path: string): Promise<number> {
  const answer = await ask(path, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } })
  return Number(answer.headers.get('upload-offset'))
}

/** The versions of a data set, once each is judged; none where it was never made. */
async function settled(name: string): Promise<DatasetVersion[]> {
  for (;;) {
    const answer = await fetch(`${url}/v1/datasets/${name}/versions`, {
      headers: { authorization: `Bearer ${KEY}` },
    })
    if (answer.status === 404) return []
    const { data } = (await answer.json()) as Page<DatasetVersion>
    if (data.every(({ status }) => status !== 'ingesting')) return data
    await sleep(100)
  }
}

/** A version holds all that was sent, byte for byte, or it should not be there. */
async function faultsOf(version: DatasetVersion, { kind, photos, tar }: Sent): Promise<string[]> {
  const name = `${version.dataset}@${version.version}`
  if (version.status !== 'ready') return [`${name} is ${version.status}: ${version.error?.message}`]
  const faults: string[] = []
  if (kind !== 'blobs' && version.archive_sha256 !== sha256Of(tar))
    faults.push(`${name} is made of other bytes`)
  const path = `/v1/datasets/${version.dataset}/versions/${version.version}/files`
  const { data } = (await (await ask(`${path}?limit=100`)).json()) as Page<DatasetFile>
  for (const photo of photos) {
    if (!data.some((file) => file.path === photo.name && file.sha256 === photo.sha256))
      faults.push(`${name} lacks ${photo.name}`)
    const bytes = Buffer.from(await (await ask(`${path}/${photo.sha256}`)).arrayBuffer())
    if (sha256Of(bytes) !== photo.sha256) faults.push(`${name} has other bytes for ${photo.name}`)
  }
  return faults
}

async function isThere(sha256: string): Promise<boolean> {
  const answer = await ask('/v1/blobs/missing', { method: 'POST', ...jsonOf({ sha256: [sha256] }) })
  return ((await answer.json()) as { missing: unknown[] }).missing.length === 0
}

/** As after a day: every time is over, and what no row names must go. */
async function sweep(folder: string, databaseUrl: string) {
  const faults: string[] = []
  const root = join(folder, 'store')
  const unfinished = (await filesBelow(root)).filter((path) => path.endsWith('~'))
  const dayBefore = new Date(Date.now() - 48 * 3600_000)
  for (const path of unfinished) await utimes(path, dayBefore, dayBefore)
  const store = await openStore(`file:${root}`)
  const { blobs, damaged } = await scrub(store)
  for (const { key, message } of damaged) faults.push(`${key}: ${message}`)

  process.env.GRAFT_BLOB_SECONDS = '0.001'
  process.env.GRAFT_UPLOAD_SECONDS = '0.001'
  const { db, close } = openDatabase(databaseUrl, 2)
  await db.execute(`update uploads set expires_at = now() - interval '1 day'`)
  const uploads = await countOf(store.list('uploads/'))
  await collectGarbage({ db, store, dataFolder: folder })
  const named = await db.execute<{ sha256: string }>(
    `select distinct sha256 from dataset_files where status <> 'rejected'`,
  )
  await close()
  const kept = new Set(named.map(({ sha256 }) => blobKey(sha256)))
  let after = 0
  for await (const { key } of store.list('blobs/')) {
    after += 1
    if (!kept.has(key)) faults.push(`${key} is named by nothing`)
  }
  const rest = (await filesBelow(root)).filter(
    (path) => path.endsWith('~') || path.includes('/store/uploads/'),
  )
  for (const path of [...rest, ...(await filesBelow(join(folder, 'uploads')))]) faults.push(`${path} is left`)
  return { faults, swept: { unfinished_files: unfinished.length, blobs: blobs - after, archives: uploads } }
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of items) count += 1
  return count
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function ask(path: string, init: Asked = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${KEY}`, ...init.headers }
  const answer = await fetch(url + path, { ...init, headers } as RequestInit)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}

async function* slowly(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield new Uint8Array(bytes.subarray(at, at + PIECE))
    await sleep(PAUSE)
  }
}

function jsonOf(body: unknown) {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
