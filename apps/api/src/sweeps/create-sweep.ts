// Makes a sweep: one job for each combination of the values, all in one transaction.
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { requireName } from '@graft/core/names'
import { hyperparametersSchema } from '@graft/core/recipes'
import type { createSweepSchema, Sweep, SweepChoice, SweepValues } from '@graft/core/wire/sweeps'
import type { Database } from '@graft/db/database'
import type { Queue } from '@graft/db/queue'
import { sweeps } from '@graft/db/schema'
import type { z } from 'zod'
import type { Caller } from '../context.ts'
import { addJob } from '../jobs/create-job.ts'
import { requireRoom } from '../keys/require-room.ts'
import { invalidRequest } from '../problem.ts'
import { findSweep } from './find-sweeps.ts'

/**
 * Each job keeps its best epoch by the validation images, whatever the recipe says: by them the jobs are compared.
 *
 * @throws GraftError `invalid_request` for too many combinations or a value that is none, `too_many_jobs`, and what a
 *   job is refused with
 */
export async function createSweep(
  db: Database,
  queue: Queue,
  request: z.output<typeof createSweepSchema>,
  key: Pick<Caller, 'id' | 'project'>,
): Promise<Sweep> {
  const { values, alias, deploy, ...job } = request
  // Counted before they are made: a small request can ask for more combinations than memory holds.
  const count = Object.values(values).reduce((product, options) => product * new Set(options).size, 1)
  const most = limit('sweepJobs')
  if (count > most) {
    throw new GraftError('invalid_request', `The values make ${count} jobs, and ${most} may be made.`)
  }
  const choices = combine(values)
  const asked = choices.map((choice) => {
    const parsed = hyperparametersSchema.safeParse({ ...job.hyperparameters, ...choice })
    if (!parsed.success) throw invalidRequest(parsed.error)
    return parsed.data
  })
  const modelName = requireName(job.name ?? job.training_dataset.split('@', 1)[0] ?? '', 'model')
  if (alias !== undefined) requireName(alias, 'model alias')
  if (deploy !== undefined) requireName(deploy, 'endpoint')
  const id = newId('sweep')
  return await db.transaction(async (tx) => {
    await requireRoom(tx, 'jobs', key.id, choices.length)
    const row = { id, project: key.project, modelName, values, alias: alias ?? null, deploy: deploy ?? null }
    await tx.insert(sweeps).values(row)
    for (const hyperparameters of asked) {
      const created = { ...job, name: modelName, hyperparameters }
      await addJob(tx, queue, created, { key, sweepId: id, fixed: { keep: 'best' } })
    }
    return await findSweep(tx, key.project, id)
  })
}

/** @example combine({ epochs: [1, 2], momentum: [0.9] }) // [{ epochs: 1, momentum: 0.9 }, { epochs: 2, momentum: 0.9 }] */
export function combine(values: SweepValues): SweepChoice[] {
  return Object.entries(values).reduce<SweepChoice[]>(
    (choices, [name, options]) =>
      choices.flatMap((choice) => [...new Set(options)].map((value) => ({ ...choice, [name]: value }))),
    [{}],
  )
}
