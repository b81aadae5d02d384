// `./graft demo`: the whole story on this machine, on a platform of its own that ends with it.
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { Job } from '@graft/core/wire/jobs'
import { type Client, openClient } from './client.ts'
import { ask } from './commands/predict.ts'
import { push } from './commands/push.ts'
import { announce, createJob, requireSuccess } from './commands/train.ts'
import { describeFailure } from './failure.ts'
import { followJob } from './follow-job.ts'
import { startPlatform } from './platform.ts'
import { openOutput, percent, table } from './terminal.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const EXAMPLES = join(ROOT, 'examples', 'recycling')
const DATA = join(ROOT, '.graft', 'demo')
const LOG = join(DATA, 'graft.log')
/** Of data set, model and endpoint. */
const NAME = 'recycling'
/** Which test photos of each label are shown: those so far along the folder. */
const SHOWN = [0.25, 0.75]

const output = openOutput(false)
const since = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`

const keep = readKeep()
const started = performance.now()
output.note('Starting a platform for the demo ...')
const platform = await startPlatform(DATA, LOG)
/** The story is told to its end: what comes after it, an interrupt among it, is no failure. */
let told = false
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    interrupted = true
    output.note('Stopping ...')
    await platform.stop()
    process.exit(told ? 0 : 1)
  })
}
try {
  const { url, lost } = await platform.ready
  output.note(`It runs at ${url} (${since(started)}); its log: ${LOG}`)
  await Promise.race([tell(openClient({ GRAFT_URL: url, GRAFT_DATA: DATA })), lost])
  told = true
  if (keep) {
    output.note(`The platform stays at ${url} until Ctrl-C (or: kill ${process.pid}).`)
    await lost
  }
} catch (error) {
  process.exitCode = 1
  if (!interrupted) output.note(`error: ${reasonOf(error)}\nThe platform's log: ${LOG}`)
}
await platform.stop()

function reasonOf(error: unknown): string {
  const lines = describeFailure(error) ?? [error instanceof Error ? error.message : String(error)]
  return lines.join('\n')
}

/** Upload, training, answers. */
async function tell(client: Client): Promise<void> {
  const { dataset, version } = await push(client, EXAMPLES, { name: NAME, wait: true }, output)
  const photos = await testPhotos()
  const job = await trainAndTry(client, `${dataset}@${version}`, photos)

  let right = 0
  const rows: string[][] = []
  for (const { path, label } of photos) {
    const [best] = (await ask(client, NAME, path)).predictions
    if (best?.label === label) right += 1
    const verdict = best?.label === label ? 'right' : `wrong, it is ${label}`
    rows.push([relative(ROOT, path), best?.label ?? '-', percent(best?.confidence), verdict])
  }
  output.print('')
  for (const line of table([
    ['photo', 'answer', 'confidence', `${right} of ${photos.length} right`],
    ...rows,
  ])) {
    output.print(line)
  }
  const accuracy = percent(job.metrics.test_accuracy)
  output.print(`\n${job.fine_tuned_model}: ${accuracy} of all test photos right, ${since(started)} in all.`)
  output.print(`\nThe same with curl${keep ? '' : ' (while a demo runs that was started with --keep)'}:\n`)
  output.print(curlCommand(client.url, photos[0]?.path ?? ''))
}

/** Follows the job, and asks the first model as soon as the endpoint has it. */
async function trainAndTry(client: Client, dataset: string, photos: readonly Photo[]): Promise<Job> {
  const created = await createJob(client, dataset, { name: NAME, deploy: NAME })
  output.note(announce(created))
  const start = performance.now()
  let [photo] = photos
  const job = await followJob(client, created.id, output, async ({ data }) => {
    if (typeof data.model !== 'string' || photo === undefined) return
    const { model, predictions } = await ask(client, NAME, photo.path)
    const [best] = predictions
    output.note(`The first model, ${model}, answers ${since(start)} after the upload:`)
    output.note(`  ${relative(ROOT, photo.path)}  ${best?.label}  ${percent(best?.confidence)}`)
    photo = undefined
  })
  requireSuccess(job)
  return job
}

interface Photo {
  path: string
  label: string
}

async function testPhotos(): Promise<Photo[]> {
  const photos: Photo[] = []
  for (const label of (await readdir(join(EXAMPLES, 'test'))).sort()) {
    const folder = join(EXAMPLES, 'test', label)
    const names = (await readdir(folder)).sort()
    for (const share of SHOWN) {
      photos.push({ path: join(folder, names[Math.floor(share * names.length)] ?? ''), label })
    }
  }
  return photos
}

function curlCommand(url: string, photo: string): string {
  return [
    `  curl -H "Authorization: Bearer $(cat ${quoted(join(DATA, 'admin-key'))})" -H 'Content-Type: image/jpeg' \\`,
    `    --data-binary @${quoted(photo)} ${url}/v1/endpoints/${NAME}/predict`,
  ].join('\n')
}

/** For a shell, whatever the checkout's path holds. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

function readKeep(): boolean {
  try {
    return parseArgs({ options: { keep: { type: 'boolean', default: false } } }).values.keep
  } catch (error) {
    output.note(`${(error as Error).message}\nusage: graft demo [--keep]`)
    process.exit(2)
  }
}
