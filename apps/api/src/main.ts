// The API role alone: `./graft api`, until SIGTERM.
import { isGraftError } from '@graft/core/errors'
import { pino } from 'pino'
import { lockDataFolder } from './data-folder.ts'
import { readSettings } from './settings.ts'
import { onShutdown } from './shutdown.ts'
import { startApi } from './start-api.ts'

const log = pino({ name: 'api' }, process.stderr)
try {
  const { databaseUrl, ...settings } = readSettings()
  if (databaseUrl === undefined) refuse('set DATABASE_URL to the Postgres that the trainers use too')
  const lock = await lockDataFolder(settings.dataFolder)
  const api = await startApi({ ...settings, databaseUrl, log })
  onShutdown(log, async () => {
    await api.stop()
    lock.release()
  })
  process.stdout.write(`ready ${api.url}\n`)
} catch (error) {
  if (!isGraftError(error)) throw error
  refuse(error.message)
}

function refuse(why: string): never {
  process.stderr.write(`graft api: ${why}\n`)
  process.exit(2)
}
