// In which phase a trainer is, told from outside: by the rows of its job, and by the files that it has written.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../packages/db/src/database.ts'

/**
 * In their order within a job. `claiming` begins with the trainer's start, `publishing` where the last file of the model
 * is there, `ending` with its row.
 */
export const PHASES = [
  'claiming',
  'loading',
  'probe',
  'publishing the probe',
  'preparing the epochs',
  'epochs',
  'evaluation',
  'checkpoint',
  'export',
  'publishing',
  'ending',
] as const
export type Phase = (typeof PHASES)[number]

/** How long after the last file of a model a kill falls that is aimed at its publication, at most (ms). */
const PUBLISHING = 20
/** How long a phase is waited for (s). */
const PATIENCE = 300

export interface Moment {
  phase: Phase
  job: string | undefined
  attempt: number
}

/** The trainer's phase now, or as soon as it is the one that is wanted; past the patience whatever it is. */
export async function lookFor(
  db: Database,
  storePath: string,
  startedAt: number,
  wanted: Phase | undefined,
): Promise<Moment> {
  const end = Date.now() + PATIENCE * 1000
  // Not always its first instant: some way into it, where it lasts. A phase of milliseconds is hit at once.
  const isLong =
    wanted !== undefined && !['publishing the probe', 'checkpoint', 'publishing', 'ending'].includes(wanted)
  for (;;) {
    const moment = await look(db, storePath, startedAt)
    if (wanted === undefined || Date.now() > end) return moment
    if (wanted === 'publishing' && moment.phase === 'export') {
      const { job = '', attempt } = moment
      const isWritten = (stage: string) => existsSync(cardOf(storePath, job, attempt, stage))
      while (!isWritten('fine_tuned') && !isWritten('final') && Date.now() < end) await sleep(1)
      await sleep(Math.random() * PUBLISHING)
      if (isWritten('fine_tuned')) return { ...moment, phase: 'publishing' }
    }
    if (moment.phase !== wanted) {
      await sleep(5)
      continue
    }
    if (!isLong) return moment
    await sleep(Math.random() * 100)
    return await look(db, storePath, startedAt)
  }
}

interface Held extends Record<string, unknown> {
  id: string
  state: string
  attempt: number
  progress: string | null
  told: number
  stages: string[]
}

async function look(db: Database, storePath: string, startedAt: number): Promise<Moment> {
  const [held] = await db.execute<Held>(
    `select j.id, j.state, j.attempt, j.progress ->> 'phase' as progress,
       (select coalesce(max((data ->> 'epoch')::int), 0) from job_events
         where job_id = j.id and type = 'metrics' and data ->> 'stage' = 'fine_tuned')::int as told,
       (select coalesce(json_agg(stage), '[]') from model_versions where job_id = j.id) as stages
     from pgboss.job m join jobs j on j.id = m.data ->> 'job_id'
     where m.name = 'fine-tune' and m.state = 'active' and m.started_on > to_timestamp(${startedAt / 1000})
     order by m.started_on desc limit 1`,
  )
  if (held === undefined) return { phase: 'claiming', job: undefined, attempt: 0 }
  return { phase: phaseOf(held, storePath), job: held.id, attempt: held.attempt }
}

/** The last file of a model. */
function cardOf(storePath: string, job: string, attempt: number, stage: string): string {
  return join(storePath, 'models', job, String(attempt), stage, 'card.json')
}

function phaseOf({ id, state, attempt, progress, told, stages }: Held, storePath: string): Phase {
  if (state === 'queued') return 'claiming'
  if (state !== 'running' && state !== 'publishing') return 'ending'
  const isWritten = (stage: string) => existsSync(cardOf(storePath, id, attempt, stage))
  if (isWritten('fine_tuned')) return stages.includes('fine_tuned') ? 'ending' : 'publishing'
  if (state === 'publishing') return isWritten('final') ? 'ending' : 'export'
  if (progress === 'evaluating')
    return told > savedEpoch(join(storePath, 'jobs', id, 'checkpoints', String(attempt)))
      ? 'checkpoint'
      : 'evaluation'
  if (progress === 'training') return 'epochs'
  if (isWritten('probe')) return stages.includes('probe') ? 'preparing the epochs' : 'publishing the probe'
  return progress === 'probe' ? 'probe' : 'loading'
}

function savedEpoch(folder: string): number {
  try {
    return JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')).epoch
  } catch {
    return 0
  }
}
