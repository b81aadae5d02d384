// Looks from outside for what is wrong with jobs of one model and one endpoint, all named `photos`, that have ended.
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { collectGarbage } from '../apps/api/src/datasets/collect-garbage.ts'
import { collectModelFiles } from '../apps/api/src/models/collect-files.ts'
import type { Page } from '../packages/core/src/wire/common.ts'
import type { Endpoint } from '../packages/core/src/wire/endpoints.ts'
import type { Job, JobEvent } from '../packages/core/src/wire/jobs.ts'
import type { ModelVersion } from '../packages/core/src/wire/models.ts'
import type { Database } from '../packages/db/src/database.ts'
import type { ObjectStore } from '../packages/store/src/object-store.ts'
import { openStore } from '../packages/store/src/open-store.ts'
import { KEY } from './start-api-server.ts'

export interface Parts {
  db: Database
  store: ObjectStore
  dataFolder: string
}

/** Name to where each file of a version lies. */
type Files = Record<string, { key: string; sha256: string }>

export type Ask = <T>(path: string, init?: RequestInit) => Promise<T>

/** Each job has one end and one event that tells of it; its versions, their events and revisions are there once. */
export async function faultsOfJobs(
  ask: Ask,
  { db, store }: Parts,
  ids: string[],
  epochCount: number,
): Promise<string[]> {
  const faults: string[] = []
  let published = 0
  for (const id of ids) {
    const fault = (text: string) => faults.push(`${id}: ${text}`)
    const job = await ask<Job>(`/v1/fine_tuning/jobs/${id}`)
    const events = await pages<JobEvent>(ask, `/v1/fine_tuning/jobs/${id}/events`)
    if (!events.every((event, at) => event.id === at + 1)) fault('its events have a gap')
    const ends = events.filter(({ level, message }) => level === 'error' || message === 'The job succeeded.')
    if (ends.length !== 1 || ends[0] !== events.at(-1)) fault(`${ends.length} events tell of its end`)
    if (job.status === 'failed' && !(job.error && /trainer_(lost|crashed)/.test(job.error.code)))
      fault(`it failed of ${JSON.stringify(job.error)}`)
    if (job.status !== 'failed' && job.status !== 'succeeded') fault(`it is ${job.status}`)

    const points = events
      .filter(({ type }) => type === 'metrics')
      .map(({ data }) => `${data.stage} ${data.epoch}`)
    const epochs = Array.from({ length: epochCount }, (_, at) => `fine_tuned ${at + 1}`)
    const all = job.recipe === 'auto' ? ['probe 0', ...epochs, `average ${epochCount}`] : epochs
    if (new Set(points).size !== points.length) fault(`its curve has points twice: ${points}`)
    if (job.status === 'succeeded' && points.join() !== all.join()) fault(`its curve is ${points}`)
    faults.push(...lostEpochs(events).map((text) => `${id}: ${text}`))

    const rows = await db.execute<{ number: number; stage: string }>(
      `select number, stage from model_versions where job_id = '${id}' order by number`,
    )
    published += rows.length
    const references = rows.map(({ number }) => `photos@${number}`)
    const told = events.flatMap(({ message, data }) =>
      /is registered/.test(message) ? [String(data.model)] : [],
    )
    if (told.join() !== references.join()) fault(`it told of ${told}, and has ${references}`)
    if (new Set(rows.map(({ stage }) => stage)).size !== rows.length) fault('it has a stage twice')
    if (job.fine_tuned_model !== (references.at(-1) ?? null)) fault(`it names ${job.fine_tuned_model}`)
    if (job.status === 'succeeded' && rows[0]?.stage !== (job.recipe === 'auto' ? 'probe' : 'fine_tuned'))
      fault('it has not published')
    for (const reference of references) {
      const { files } = await ask<ModelVersion>(`/v1/models/${reference}`)
      if (!('model.onnx' in files && 'card.json' in files)) fault(`${reference} lacks files`)
    }
  }
  for (const { number, files } of await db.execute<{ number: number; files: Files }>(
    'select number, files from model_versions',
  ))
    for (const [name, { key, sha256 }] of Object.entries(files)) {
      const bytes = await store.read(key).catch(() => Buffer.alloc(0))
      if (createHash('sha256').update(bytes).digest('hex') !== sha256)
        faults.push(`photos@${number}: ${name} is not there`)
    }
  const versions = await pages<ModelVersion>(ask, '/v1/models/photos/versions')
  const numbers = versions.map(({ version }) => version).sort((a, b) => a - b)
  if (!numbers.every((number, at) => number === at + 1) || numbers.length !== published)
    faults.push(`the model has the versions ${numbers}`)
  const endpoint = await ask<Endpoint>('/v1/endpoints/photos')
  if (endpoint.revision !== published)
    faults.push(`${published} versions were deployed by ${endpoint.revision} revisions`)
  if (endpoint.traffic[0]?.model !== `photos@${published}`)
    faults.push('the endpoint does not serve the newest version')
  return faults
}

/**
 * An attempt begins with an event that counts the images. It goes on after the last epoch that was told of, or the one
 * before, for an epoch's state is saved after it was told of.
 */
function lostEpochs(events: JobEvent[]): string[] {
  const faults: string[] = []
  let told = 0
  let from = Number.POSITIVE_INFINITY
  for (const { type, message, data } of events) {
    if (/training images of/.test(message)) from = told > 0 ? 0 : Number.POSITIVE_INFINITY
    from = Number(/^Going on after epoch (\d+)/.exec(message)?.[1] ?? from)
    if (type !== 'metrics' || data.stage === 'probe') continue
    if (from < told - 1) faults.push(`it went on after epoch ${from} of the ${told} that it had told of`)
    if (data.stage === 'fine_tuned') told = Number(data.epoch)
    from = Number.POSITIVE_INFINITY
  }
  return faults
}

/** Leases, locks and transactions; and as after a day, whatever the collection leaves that nothing names. */
export async function faultsLeft(parts: Parts, storePath: string): Promise<string[]> {
  const faults: string[] = []
  const { db, store } = parts
  const [rows] = await db.execute<Record<string, number>>(
    `select (select count(*) from jobs where lease_expires_at is not null or requested is not null)::int as leases,
       (select count(*) from pgboss.job where state < 'completed')::int as messages,
       (select count(*) from jobs j where last_event <> (select count(*) from job_events where job_id = j.id))::int
         as uncounted_events,
       (select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'
         and state_change < now() - interval '5 s')::int as transactions`,
  )
  for (const [what, count] of Object.entries(rows ?? {}))
    if (count !== 0) faults.push(`${count} ${what} are left`)

  const unfinished = filesBelow(storePath).filter((path) => path.endsWith('~'))
  const dayBefore = new Date(Date.now() - 48 * 3600_000)
  for (const path of unfinished) await utimes(path, dayBefore, dayBefore)
  await openStore(`file:${storePath}`)
  await collectGarbage(parts)
  await collectModelFiles(parts)
  const named = new Set<string>()
  for (const { files } of await db.execute<{ files: Files }>('select files from model_versions'))
    for (const { key } of Object.values(files)) named.add(key)
  for await (const { key } of store.list('models/'))
    if (!named.delete(key)) faults.push(`${key} is named by nothing`)
  for (const key of named) faults.push(`${key} is lost`)
  for await (const { key } of store.list('jobs/')) faults.push(`${key} is left`)
  for (const path of filesBelow(storePath)) if (path.endsWith('~')) faults.push(`${path} is left`)
  return faults
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function pages<T>(ask: Ask, path: string): Promise<T[]> {
  const all: T[] = []
  for (let after = ''; ; ) {
    const page = await ask<Page<T>>(`${path}?limit=100${after}`)
    all.push(...page.data)
    if (!page.has_more) return all
    after = `&after=${page.last_id}`
  }
}

export function askFor({ url }: { url: string }): Ask {
  return async (path, init = {}) => {
    const headers = { authorization: `Bearer ${KEY}`, ...init.headers }
    const answer = await fetch(url + path, { ...init, headers })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return await answer.json()
  }
}
