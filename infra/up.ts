// `./graft up`: the whole platform on one machine until SIGTERM. Postgres and the trainer run in processes of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockDataFolder } from '@graft/api/data-folder'
import { readSettings } from '@graft/api/settings'
import { onShutdown, type Phase, runPhases } from '@graft/api/shutdown'
import { startApi } from '@graft/api/start-api'
import { isGraftError } from '@graft/core/errors'
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
try {
  const settings = readSettings()
  const lock = await lockDataFolder(settings.dataFolder)
  phases.unshift({ name: 'unlock', seconds: 1, run: lock.release })

  let { databaseUrl } = settings
  if (databaseUrl === undefined) {
    const postgres = await startPostgres(join(settings.dataFolder, 'postgres'), (message) =>
      log.error(message),
    )
    phases.unshift({ name: 'stop postgres', seconds, run: postgres.stop })
    databaseUrl = postgres.url
  }
  const api = await startApi({ ...settings, databaseUrl, log })
  phases.unshift({ name: 'stop api', seconds, run: api.stop })
  const trainer = keepTrainer({ DATABASE_URL: databaseUrl, GRAFT_STORE: settings.store }, log)
  phases.unshift({ name: 'stop trainer', seconds: seconds * 0.3, run: trainer.stop })

  onShutdown(log, () => runPhases(log, phases))
  process.stdout.write(`ready ${api.url}\n`)
} catch (error) {
  await runPhases(log, phases)
  const known = isGraftError(error) || (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  process.stderr.write(`graft up: ${known ? (error as Error).message : (error as Error).stack}\n`)
  process.exit(known ? 2 : 1)
}

/** A trainer in a process of its own, started again whenever it ends. */
function keepTrainer(env: Record<string, string>, log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController()
  let child: ChildProcess | undefined
  const kept = (async () => {
    while (!stopping.signal.aborted) {
      child = spawn(process.execPath, [TRAINER], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'inherit'],
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
      const late = sleep(limit('shutdownSeconds') * 300, undefined, { ref: false }).then(() =>
        child?.kill('SIGKILL'),
      )
      await Promise.race([kept, late])
      await kept
    },
  }
}
