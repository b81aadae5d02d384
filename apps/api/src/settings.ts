// What the environment says about where the platform runs and where its state lives.
import { join, resolve } from 'node:path'
import { GraftError } from '@graft/core/errors'

export interface Settings {
  host: string
  /** 0: any free one. */
  port: number
  /** GRAFT_DATA, absolute: all state lives there that no other setting places elsewhere. */
  dataFolder: string
  /** Undefined: the embedded Postgres. */
  databaseUrl: string | undefined
  /** What `openStore` takes. */
  store: string
  /** Undefined: the one that is kept in the data folder, made at the first start. */
  adminKey: string | undefined
}

/** @throws GraftError `invalid_request` */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const dataFolder = resolve(env.GRAFT_DATA || '.graft/data')
  return {
    host: env.GRAFT_HOST || '127.0.0.1',
    port: readPort(env.GRAFT_PORT || '8080'),
    dataFolder,
    databaseUrl: env.DATABASE_URL || undefined,
    store: env.GRAFT_STORE || `file:${join(dataFolder, 'store')}`,
    adminKey: env.GRAFT_ADMIN_KEY && requireKey(env.GRAFT_ADMIN_KEY),
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port < 65536) return port
  throw new GraftError('invalid_request', `GRAFT_PORT=${text} is no port number (0 to 65535).`)
}

/** A header carries it, and it opens everything. */
function requireKey(key: string): string {
  if (/^[!-~]{16,}$/.test(key)) return key
  throw new GraftError('invalid_request', 'GRAFT_ADMIN_KEY needs 16 or more printable ASCII characters.')
}
