// Kills the trainer in every phase of its jobs, and looks for what was lost, doubled, or left behind.
//
//   node bench/kill-trainer.ts [kills] [phase]
//
// The API with its Postgres, and a trainer in a process of its own that is started anew after each kill, as a supervisor
// does; small jobs wait in line, all for one model and one endpoint. Of three kills two take the trainer, the third the
// process that trains; half of them fall at random, half wait for a phase (all of them for the one that is named). What
// no row names is collected meanwhile. In the end the jobs are read by HTTP, and database, store and processes are
// looked through. Prints a line of JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { collectGarbage } from '../apps/api/src/datasets/collect-garbage.ts'
import { collectModelFiles } from '../apps/api/src/models/collect-files.ts'
import type { DatasetVersion } from '../packages/core/src/wire/datasets.ts'
import type { Job } from '../packages/core/src/wire/jobs.ts'
import { type OpenDatabase, openDatabase } from '../packages/db/src/database.ts'
import { openStore } from '../packages/store/src/open-store.ts'
import { makeFolder, tarOf } from '../test/folder.ts'
import { json, put, ROOT, until } from '../test/platform.ts'
import { askFor, faultsLeft, faultsOfJobs } from './job-faults.ts'
import { lookFor, PHASES, type Phase } from './job-phase.ts'
import { describeMachine, median, round } from './machine.ts'
import { type StartedServer, startApiServer } from './start-api-server.ts'

const EPOCHS = 3
const JOB = {
  training_dataset: 'photos@1',
  name: 'photos',
  deploy: 'photos',
  hyperparameters: { epochs: EPOCHS, image_size: 64, batch_size: 8, precision: 'float32' },
}
/** They take turns: on so few images `auto` publishes its probe, which stays the best, and `seed` its last epoch. */
const TURNS = ['auto', 'seed'] as const
/** Jobs that wait or run, so that a trainer always finds one. */
const WAITING = 4
/** Of how many kills one takes the process that trains, instead of the trainer. */
const CHILD_OF = 3
/** Kills between two collections. */
const COLLECT_EVERY = 10
interface Kill {
  victim: 'trainer' | 'child'
  phase: Phase
  /** The job that it hit, if any, and by what attempt it was held. */
  job: string | undefined
  attempt: number
  at: number
  /** Seconds until the job's message waited for a trainer again, and until it had another attempt, or its end. */
  untilWaiting?: number
  untilNext?: number
}

await bench()

async function bench(): Promise<void> {
  const kills = Number(process.argv[2] ?? 150)
  const server = await startApiServer()
  const { db, close } = openDatabase(server.databaseUrl, 4)
  const storePath = join(server.folder, 'store')
  const store = await openStore(`file:${storePath}`)
  const parts = { db, store, dataFolder: server.folder }
  const trainers = await keepTrainers(server, storePath)
  const jobs: string[] = []
  const ask = askFor(server)
  try {
    const archive = put(
      'application/x-tar',
      tarOf(makeFolder(join(server.folder, 'photos'), ['glass', 'paper'], 12)),
    )
    await ask('/v1/datasets/photos/archive', archive)
    const version = () => ask<DatasetVersion>('/v1/datasets/photos/versions/1')
    await until(version, ({ status }) => status === 'ready')
    trainers.start()
    const makeJob = async () => {
      const body = json({ ...JOB, recipe: TURNS[jobs.length % TURNS.length] })
      jobs.push((await ask<Job>('/v1/fine_tuning/jobs', body)).id)
    }
    const read = (id = '') => ask<Job>(`/v1/fine_tuning/jobs/${id}`)
    const isOver = ({ finished_at }: Job) => finished_at !== null
    await makeJob()
    const first = await until(() => read(jobs[0]), isOver, 300)
    const unbroken = (Date.parse(first.finished_at ?? '') - Date.parse(first.started_at ?? '')) / 1000

    const done: Kill[] = []
    const watching = watchRetries(db, done)
    while (done.length < kills) {
      while ((await openJobs(db)) < WAITING) await makeJob()
      const kind = done.length % CHILD_OF === CHILD_OF - 1 ? 'child' : 'trainer'
      const aimed =
        PHASES.find((phase) => phase === process.argv[3]) ??
        (done.length % 2 === 0 ? PHASES[(done.length / 2) % PHASES.length] : undefined)
      if (aimed === undefined) await sleep(Math.random() * 1000 * unbroken)
      const moment = await lookFor(db, storePath, trainers.startedAt(), aimed)
      const children = trainers.children()
      const victim = kind === 'child' && children.length > 0 ? 'child' : 'trainer'
      done.push({ victim, ...moment, at: Date.now() })
      process.stderr.write(`${done.length} ${victim} ${moment.phase}${aimed ? `, aimed at ${aimed}` : ''}\n`)
      if (victim === 'trainer') await trainers.kill()
      else for (const pid of children) killIfThere(pid)
      if (done.length % COLLECT_EVERY === 0) {
        await collectGarbage(parts)
        await collectModelFiles(parts)
      }
    }
    for (const id of jobs) await until(() => read(id), isOver, 600)
    // Messages of killed trainers come back after their jobs have ended, and find nothing to do.
    await until(
      () => messagesLeft(db),
      (left) => left === 0,
      300,
    )
    await watching.stop()
    await trainers.stop()

    const faults = [
      ...(await faultsOfJobs(ask, parts, jobs, EPOCHS)),
      ...(await faultsLeft(parts, storePath)),
    ]
    faults.push(...trainers.orphans().map((pid) => `process ${pid} is left`))
    const ended = await Promise.all(jobs.map(read))
    const count = (wanted: (kill: Kill) => boolean) => done.filter(wanted).length
    const timesOf = (victim: Kill['victim'], what: 'untilWaiting' | 'untilNext') => {
      const seconds = done.filter((kill) => kill.victim === victim).flatMap((kill) => kill[what] ?? [])
      return { median: round(median(seconds), 1), most: round(Math.max(...seconds), 1) }
    }
    // The network's runtime leaves empty files of its own there.
    const left = readdirSync(trainers.temporary).filter((name) => name.startsWith('graft-'))
    const figures = {
      kills: {
        trainer: count(({ victim }) => victim === 'trainer'),
        child: count(({ victim }) => victim === 'child'),
      },
      phases: Object.fromEntries(PHASES.map((phase) => [phase, count((kill) => kill.phase === phase)])),
      jobs: jobs.length,
      ended: Object.fromEntries(
        [...Map.groupBy(ended, ({ status, error }) => error?.code ?? status)].map(([end, of]) => [
          end,
          of.length,
        ]),
      ),
      attempts: ended.reduce((sum, { attempt }) => sum + attempt, 0),
      faults: faults.length,
      temporary_folders_left: left.length,
      seconds_unbroken: round(unbroken, 1),
      seconds_until_it_waits_again: timesOf('trainer', 'untilWaiting'),
      seconds_until_its_next_attempt: {
        trainer: timesOf('trainer', 'untilNext'),
        child: timesOf('child', 'untilNext'),
      },
      machine: await describeMachine(),
    }
    for (const fault of faults) process.stderr.write(`FAULT ${fault}\n`)
    process.stdout.write(`${JSON.stringify(figures)}\n`)
  } finally {
    await trainers.stop()
    await close()
    await server.stop()
  }
}

/** One trainer at a time, and a temporary folder of theirs. */
async function keepTrainers({ databaseUrl, folder }: StartedServer, storePath: string) {
  const temporary = join(folder, 'tmp-of-trainers')
  await mkdir(temporary)
  const log = await open(join(folder, 'trainer.log'), 'a')
  const had = new Set<number>()
  let trainer: ChildProcess | undefined
  let startedAt = 0
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    GRAFT_STORE: `file:${storePath}`,
    TMPDIR: temporary,
  }
  const start = () => {
    startedAt = Date.now()
    const args = [join(ROOT, 'apps/trainer/src/main.ts')]
    trainer = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', log.fd] })
  }
  const end = async (signal: NodeJS.Signals) => {
    if (trainer === undefined) return
    const ended = once(trainer, 'exit')
    trainer.kill(signal)
    await ended
    trainer = undefined
  }
  const children = () => {
    const found = childrenOf(trainer?.pid ?? 0)
    for (const pid of found) had.add(pid)
    return found
  }
  return {
    temporary,
    start,
    startedAt: () => startedAt,
    children,
    async kill() {
      children()
      await end('SIGKILL')
      start()
    },
    stop: () => end('SIGTERM'),
    /** A number is given again: only what has our folder in its environment is ours. */
    orphans: () => [...had].filter((pid) => environmentOf(pid).includes(temporary)),
  }
}

/** From /proc, for `ps` takes longer than a publication. */
function childrenOf(parent: number): number[] {
  try {
    const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').map(Number)
    return pids.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer/src/child.ts'))
  } catch {
    return [] // it has ended
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended by itself meanwhile
  }
}

type Db = OpenDatabase['db']

async function openJobs(db: Db): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    `select count(*)::int from jobs where state in ('queued', 'running', 'publishing')`,
  )
  return row?.count ?? 0
}

async function messagesLeft(db: Db): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    `select count(*)::int from pgboss.job where state < 'completed'`,
  )
  return row?.count ?? 0
}

/** Notes when each job that was hit could go on, and when it did. */
function watchRetries(db: Db, kills: Kill[]) {
  let isOver = false
  const watched = (async () => {
    while (!isOver) {
      for (const kill of kills.filter(({ job, untilNext }) => job !== undefined && untilNext === undefined)) {
        const [row] = await db.execute<{ waits: boolean; next: boolean }>(
          `select attempt > ${kill.attempt} or finished_at is not null as next,
             not exists (select from pgboss.job where name = 'fine-tune' and state = 'active'
               and data ->> 'job_id' = j.id and started_on <= to_timestamp(${kill.at / 1000})) as waits
           from jobs j where id = '${kill.job}'`,
        )
        const seconds = (Date.now() - kill.at) / 1000
        if (row?.waits) kill.untilWaiting ??= seconds
        if (row?.next) kill.untilNext = seconds
      }
      await sleep(250)
    }
  })()
  return {
    async stop() {
      isOver = true
      await watched
    },
  }
}
