// `./graft demo`: the whole story on this machine, on a platform of its own that ends with it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import type { Prediction } from '@graft/core/wire'
import { type Client, openClient } from './client.ts'
import { push } from './commands/push.ts'
import { train } from './commands/train.ts'
import { type Output, openOutput, percent, table } from './terminal.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const EXAMPLES = join(ROOT, 'examples', 'recycling')
const DATA = join(ROOT, '.graft', 'demo')
const LOG = join(DATA, 'graft.log')
const NAME = 'recycling'
/** Test photos of each label that are shown. */
const SHOWN = 2

const keep = process.argv.includes('--keep')
const output = openOutput(false)
const started = performance.now()
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`

await mkdir(DATA, { recursive: true })
const platform = spawn(process.execPath, [join(ROOT, 'infra', 'up.ts')], {
  env: { ...process.env, GRAFT_DATA: DATA, GRAFT_PORT: process.env.GRAFT_PORT ?? '0' },
  stdio: ['ignore', 'pipe', 'pipe'],
})
platform.stderr.pipe(createWriteStream(LOG))
process.on('SIGINT', () => platform.kill('SIGTERM'))
try {
  await tell(openClient({ GRAFT_URL: await readyUrl(platform), GRAFT_DATA: DATA }), output)
  if (keep) {
    output.note('The platform stays until Ctrl-C.')
    await once(platform, 'exit')
  }
} catch (error) {
  output.note(`error: ${(error as Error).message}\nThe platform's log: ${LOG}`)
  process.exitCode = 1
} finally {
  await stop(platform)
}

async function tell(client: Client, output: Output): Promise<void> {
  output.note(`The platform runs at ${client.url} (${seconds()}). Its log: ${relative(process.cwd(), LOG)}`)
  const { dataset, version } = await push(client, EXAMPLES, NAME, output)
  const pushed = performance.now()
  let answered = false
  const job = await train(client, `${dataset}@${version}`, { name: NAME, deploy: NAME }, output, (event) => {
    if (answered || event.data.model === undefined) return
    answered = true
    const after = ((performance.now() - pushed) / 1000).toFixed(1)
    output.note(`  A first model is live ${after} s after the upload; better ones replace it.`)
  })

  const rows: string[][] = []
  const test = join(EXAMPLES, 'test')
  for (const label of (await readdir(test)).sort()) {
    for (const name of (await readdir(join(test, label))).sort().slice(0, SHOWN)) {
      const path = join(test, label, name)
      const [best] = (await ask(client, path)).predictions
      const right = best?.label === label ? 'right' : `wrong: it is ${label}`
      rows.push([relative(ROOT, path), best?.label ?? '-', percent(best?.confidence), right])
    }
  }
  output.print('')
  for (const line of table([['photo', 'answer', 'confidence', ''], ...rows])) output.print(line)
  output.print(
    `\n${job.fine_tuned_model}: test accuracy ${percent(job.metrics.test_accuracy)} (${seconds()} in all)`,
  )
  output.print(`\nThe same with curl${keep ? '' : ' (start with --keep, and the platform stays)'}:\n`)
  output.print(
    `  curl -H "Authorization: Bearer $(cat ${join(DATA, 'admin-key')})" -H 'Content-Type: image/jpeg' \\`,
  )
  output.print(
    `    --data-binary @${join(ROOT, rows[0]?.[0] ?? '')} ${client.url}/v1/endpoints/${NAME}/predict\n`,
  )
}

async function ask(client: Client, path: string): Promise<Prediction> {
  const response = await client.request(`/v1/endpoints/${NAME}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: new Uint8Array(await readFile(path)),
  })
  return (await response.json()) as Prediction
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the platform was started with its output piped')
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    once(child, 'exit').then(() => ''),
  ])
  if (line.startsWith('ready ')) return line.slice('ready '.length)
  throw new Error('The platform did not start.')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
