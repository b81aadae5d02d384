// The API for a test: its app on a database and a directory store of its own, asked without a port.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Problem } from '@graft/core/wire/common'
import { openDatabase } from '@graft/db/database'
import { openQueue } from '@graft/db/queue'
import { createTestDatabase } from '@graft/db/test-database'
import { openStore } from '@graft/store/open-store'
import { pino } from 'pino'
import { createApp } from './app.ts'
import { setAdminKey } from './auth.ts'
import type { Api, Context } from './context.ts'
import { openServing } from './serving/serving.ts'
import { openUsageMeter } from './usage/usage-meter.ts'

const ADMIN_KEY = 'the-admin-key-of-the-test'

export interface TestApi {
  context: Context
  app: Api
  /** Begins the shutdown, as SIGTERM does. */
  stopping: AbortController
  /** Asks with the admin key, or with the one in `init.headers`. */
  ask(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

export async function startTestApi(): Promise<TestApi> {
  const database = await createTestDatabase()
  const { db, close } = openDatabase(database.url)
  const dataFolder = await mkdtemp(join(tmpdir(), 'graft-api-'))
  await mkdir(join(dataFolder, 'tmp'))
  const store = await openStore(`file:${join(dataFolder, 'store')}`)
  const queue = await openQueue(database.url)
  const stopping = new AbortController()
  const log = pino({ level: 'silent' })
  const usage = openUsageMeter(db, log)
  const serving = openServing({ db, store, log })
  const context: Context = {
    db,
    store,
    queue,
    log,
    usage,
    serving,
    dataFolder,
    stopping: stopping.signal,
  }
  await setAdminKey(db, ADMIN_KEY)
  const app = createApp(context)
  return {
    context,
    app,
    stopping,
    ask: async (path, init = {}) => {
      const headers = new Headers({ authorization: `Bearer ${ADMIN_KEY}` })
      for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
      return await app.request(path, { ...init, headers })
    },
    async close() {
      await serving.close()
      await queue.stop()
      await usage.close()
      await close()
      await database.drop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

export function jsonOf(body: unknown, method = 'POST'): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** A body whose length nobody tells, as a chunked request has it. */
export function streamed(chunks: AsyncIterable<Uint8Array>, init: RequestInit): RequestInit {
  const source = chunks[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
  return { ...init, body, duplex: 'half' } as RequestInit
}

/** The answer's problem, checked to be one: media type, and the status in both places. */
export async function problemOf(answer: Response): Promise<Problem> {
  const problem = (await answer.json()) as Problem
  if (answer.headers.get('content-type') !== 'application/problem+json' || problem.status !== answer.status) {
    throw new Error(`no problem: ${answer.status} ${JSON.stringify(problem)}`)
  }
  return problem
}
