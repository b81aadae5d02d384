// The trainer role: `./graft trainer`, until SIGTERM.
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { startTrainer } from './start-trainer.ts'

const { DATABASE_URL: databaseUrl, GRAFT_DATA, GRAFT_STORE } = process.env
if (!databaseUrl) {
  process.stderr.write('graft trainer: set DATABASE_URL to the Postgres that the API uses.\n')
  process.exit(2)
}
const store = GRAFT_STORE || `file:${join(resolve(GRAFT_DATA || '.graft/data'), 'store')}`
const log = pino({ name: 'trainer' }, process.stderr)
const trainer = await startTrainer({ databaseUrl, store, log })
log.info('trainer started')

let stopping = false
async function stop(why: string): Promise<void> {
  if (stopping) process.exit(1) // a second signal does not wait
  stopping = true
  log.info({ why }, 'trainer stops')
  await trainer.stop()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// Started by `graft up`, it does not outlive it.
process.on('disconnect', () => stop('the platform is gone'))
