// Kills the training process of a job at random moments, and compares the weights that it ends with.
//
//   node bench/kill-training.ts FOLDER [kills]
//
// FOLDER is pushed to a platform of its own; one job runs unbroken, then the same job once for each kill, with a kill
// at a random moment of its time. Every one must end in the same weights, bit for bit. Prints a line of JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatasetVersion } from '../packages/core/src/wire/datasets.ts'
import type { Job } from '../packages/core/src/wire/jobs.ts'
import type { ModelVersion } from '../packages/core/src/wire/models.ts'
import { tarOf } from '../test/folder.ts'
import { json, put, startPlatform, until } from '../test/platform.ts'
import { processesOf } from '../test/processes.ts'
import { describeMachine, round } from './machine.ts'

const [folder, kills = '10'] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node bench/kill-training.ts FOLDER [kills]')
const platform = await startPlatform()
try {
  await platform.call('/v1/datasets/photos/archive', put('application/x-tar', tarOf(folder)), 202)
  const version = () => platform.call<DatasetVersion>('/v1/datasets/photos/versions/1')
  await until(version, ({ status }) => status === 'ready', 300)

  const unbroken = await run()
  // The precision that it measured, so that a measurement disturbed by a restart cannot choose another.
  const { precision } = unbroken.job.hyperparameters
  const broken: Awaited<ReturnType<typeof run>>[] = []
  for (let kill = 0; kill < Number(kills); kill += 1) {
    broken.push(await run({ precision }, Math.random() * unbroken.seconds))
    const { job, killedAfter, weights } = broken.at(-1) as (typeof broken)[number]
    const same = weights === unbroken.weights
    process.stderr.write(
      `killed after ${killedAfter} s: attempt ${job.attempt}, ${same ? 'the same' : 'OTHER'}\n`,
    )
  }
  const figures = {
    seconds_unbroken: unbroken.seconds,
    precision,
    kills: broken.map(({ killedAfter, seconds, job, weights }) => ({
      after_seconds: killedAfter,
      seconds,
      attempts: job.attempt,
      same_weights: weights === unbroken.weights,
    })),
    same_weights: broken.filter(({ weights }) => weights === unbroken.weights).length,
    machine: await describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} finally {
  await platform.stop()
}

/** One job to its end, and the hash of its model's weights. */
async function run(hyperparameters: object = {}, killAfter?: number) {
  const started = performance.now()
  const body = json({ training_dataset: 'photos@1', name: 'photos', hyperparameters })
  const { id } = await platform.call<Job>('/v1/fine_tuning/jobs', body, 201)
  const read = () => platform.call<Job>(`/v1/fine_tuning/jobs/${id}`)
  if (killAfter !== undefined) {
    await sleep(killAfter * 1000)
    for (const pid of processesOf(platform, 'trainer/src/child.ts')) process.kill(pid, 'SIGKILL')
  }
  const job = await until(read, ({ finished_at }) => finished_at !== null, 1200)
  if (job.status !== 'succeeded') throw new Error(`${id} has ${job.status}: ${job.error?.message}`)
  const model = await platform.call<ModelVersion>(`/v1/models/${job.fine_tuned_model}`)
  return {
    job,
    killedAfter: killAfter === undefined ? null : round(killAfter, 1),
    seconds: round((performance.now() - started) / 1000, 1),
    weights: model.files['model.safetensors']?.sha256,
  }
}
