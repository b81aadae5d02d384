// `./graft up`: the whole platform on one machine until SIGTERM. Postgres and the trainer run in processes of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockDataFolder } from '@graft/api/data-folder'
import { readSettings } from '@graft/api/settings'
import { onShutdown, type Phase, runPhases } from '@graft/api/shutdown'
import { startApi } from '@graft/api/start-api'
import { GraftError, isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { startPostgres } from '@graft/db/embedded-postgres'
import { type Logger, pino } from 'pino'

const TRAINER = join(import.meta.dirname, '..', 'apps', 'trainer', 'src', 'main.ts')
/** Milliseconds before a trainer that has ended is started again. */
const RESTART_DELAY = 1000

const log = pino({ name: 'up' }, process.stderr)
/** What has been started, as the phases that end it: the newest first. */
const phases: Phase[] = []
const seconds = limit('shutdownSeconds')

const started = start()
// Also while it starts: then what has been started by the end of that is stopped.
onShutdown(log, async () => {
  await started.catch(() => {})
  await runPhases(log, phases, seconds)
})
try {
  process.stdout.write(`ready ${await started}\n`)
} catch (error) {
  log.level = 'warn' // the reason stands alone
  await runPhases(log, phases, seconds)
  process.stderr.write(`graft up: ${isExpected(error) ? error.message : (error as Error).stack}\n`)
  process.exit(isExpected(error) ? 2 : 1)
}

async function start(): Promise<string> {
  const settings = readSettings()
  const { dataFolder } = settings
  const lock = await lockDataFolder(dataFolder).catch((error) => {
    throw isGraftError(error) ? error : unusable(`GRAFT_DATA=${dataFolder}`, error)
  })
  phases.unshift({ name: 'unlock', seconds: 1, run: lock.release })

  let { databaseUrl } = settings
  if (databaseUrl === undefined) {
    const postgres = await startPostgres(join(dataFolder, 'postgres'), (message) => log.error(message))
    phases.unshift({ name: 'stop postgres', seconds: seconds * 0.25, run: postgres.stop })
    databaseUrl = postgres.url
  }
  const api = await startApi({ ...settings, databaseUrl, log }).catch((error) => {
    const given = settings.databaseUrl !== undefined && error.code === 'ECONNREFUSED'
    throw given ? unusable('DATABASE_URL', error) : error
  })
  phases.unshift({ name: 'stop api', seconds: seconds * 0.55, run: api.stop })
  const trainer = keepTrainer({ DATABASE_URL: databaseUrl, GRAFT_STORE: settings.store }, log)
  phases.unshift({ name: 'stop trainer', seconds: seconds * 0.2, run: trainer.stop })
  return api.url
}

function unusable(what: string, cause: Error): GraftError {
  return new GraftError('invalid_request', `${what} cannot be used: ${cause.message}.`, [], { cause })
}

/** What the machine or the settings cause says enough in its message; anything else is ours to trace. */
function isExpected(error: unknown): error is Error {
  return isGraftError(error) || (error as NodeJS.ErrnoException).syscall !== undefined
}

/** A trainer in a process of its own, started again whenever it ends. */
function keepTrainer(env: Record<string, string>, log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController()
  let child: ChildProcess | undefined
  const kept = (async () => {
    while (!stopping.signal.aborted) {
      child = spawn(process.execPath, [TRAINER], {
        env: { ...process.env, ...env },
        // The channel says nothing: its end tells the trainer that this process is gone, however it went.
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        // A process group of its own: Ctrl-C in a terminal reaches this process alone, which then stops the others in order.
        detached: true,
      })
      const [code, signal] = await once(child, 'exit')
      if (stopping.signal.aborted) return
      log.warn({ code, signal }, 'the trainer ended: it is started again')
      await sleep(RESTART_DELAY, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    async stop() {
      stopping.abort()
      child?.kill('SIGTERM')
      const late = sleep(seconds * 150, undefined, { ref: false }).then(() => child?.kill('SIGKILL'))
      await Promise.race([kept, late])
      await kept
    },
  }
}
