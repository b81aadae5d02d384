// Deletes the files of deleted model versions, of attempts that published nothing, and of evaluations that were lost.
import { timeOf } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { isTerminal, JOB_STATES } from '@graft/core/states'
import { evaluations, jobs, modelVersions } from '@graft/db/schema'
import { eq, isNull } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { IMPORT_PREFIX } from './import-model.ts'

/**
 * Keys are `models/<job>/<attempt>/<stage>/<name>`. A job that has ended publishes nothing more, so what none of its
 * versions names is garbage; while it runs, all of its files may still be named.
 */
export async function collectModelFiles({ db, store }: Pick<Context, 'db' | 'store'>): Promise<void> {
  let job: { id: string; named: Set<string> | undefined } | undefined
  const imported = await importedFiles(db)
  for await (const { key } of store.list('models/')) {
    if (key.startsWith(`models/${IMPORT_PREFIX}_`)) {
      const age = Date.now() - timeOf(key.split('/')[1] ?? '').getTime()
      if (age > limit('blobSeconds') * 1000 && !imported.has(key)) await store.delete(key)
      continue
    }
    const id = key.split('/')[1] ?? ''
    if (job?.id !== id) job = { id, named: await namedFiles(db, id) }
    if (job.named !== undefined && !job.named.has(key)) await store.delete(key)
  }
  await collectReports({ db, store })
}

/** Those of imports are `models/<import>/<name>`. */
async function importedFiles(db: Context['db']): Promise<Set<string>> {
  const versions = await db
    .select({ files: modelVersions.files })
    .from(modelVersions)
    .where(isNull(modelVersions.jobId))
  return new Set(versions.flatMap(({ files }) => Object.values(files).map(({ key }) => key)))
}

/** Keys are `evaluations/<id>/<attempt>/report.json`: of one that has ended only what its row names stays. */
async function collectReports({ db, store }: Pick<Context, 'db' | 'store'>): Promise<void> {
  for await (const { key } of store.list('evaluations/')) {
    const [row] = await db
      .select()
      .from(evaluations)
      .where(eq(evaluations.id, key.split('/')[1] ?? ''))
    if (row !== undefined && row.finishedAt !== null && row.report?.key !== key) await store.delete(key)
  }
}

/** The keys that versions of a job name; undefined while it may make more. */
async function namedFiles(db: Context['db'], jobId: string): Promise<Set<string> | undefined> {
  const [job] = await db.select({ state: jobs.state }).from(jobs).where(eq(jobs.id, jobId))
  if (job === undefined || !isTerminal(JOB_STATES, job.state)) return undefined
  const versions = await db
    .select({ files: modelVersions.files })
    .from(modelVersions)
    .where(eq(modelVersions.jobId, jobId))
  return new Set(versions.flatMap(({ files }) => Object.values(files).map(({ key }) => key)))
}
