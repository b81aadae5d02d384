// Where a training stands after an epoch, in the store: a trainer that takes a lost job goes on from there.
//
// Batches and rates follow from seed, epoch and step, so weights, momentum and the average so far are all that an
// epoch hands on.
import { isGraftError } from '@graft/core/errors'
import { type Report, reportSchema } from '@graft/core/wire/report'
import { readSafetensors, writeSafetensors } from '@graft/nn/safetensors'
import type { Weights } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import { z } from 'zod'
import type { Assignment } from './messages.ts'

/** What the names of a group of tensors begin with; those of the weights are their own. */
const PREFIXES = { momentum: 'momentum/', average: 'average/' } as const

const stateSchema = z.object({
  epoch: z.int(),
  /** 0: the probe, or nothing yet. */
  best_epoch: z.int(),
  curve: reportSchema.shape.curve,
})

export interface TrainingState {
  epoch: number
  /** 0: the probe, or nothing yet. */
  bestEpoch: number
  /** The weights after the best epoch, where it is another than the last. */
  best: Weights | undefined
  curve: Report['curve']
  weights: Weights
  momentum: Weights
  /** Of the probe and the epochs; empty where it is not asked for. */
  average: Weights
}

/** The attempt is part of each key: a trainer that lost its lease cannot disturb what its successor has saved. */
const folderOf = (jobId: string) => `jobs/${jobId}/checkpoints/`
const stateKey = (folder: string) => `${folder}state.json`
const tensorsKey = (folder: string, epoch: number) => `${folder}${epoch}.safetensors`

/** Whose state it is. */
export type Attempt = Pick<Assignment, 'jobId' | 'attempt'>

const ownFolder = ({ jobId, attempt }: Attempt) => `${folderOf(jobId)}${attempt}/`

/** The state is there once its last object is; what it no longer needs goes after that. */
export async function saveTrainingState(
  store: ObjectStore,
  own: Attempt,
  { epoch, bestEpoch, curve, weights, ...groups }: Omit<TrainingState, 'best'>,
): Promise<void> {
  const folder = ownFolder(own)
  const prefixed = (['momentum', 'average'] as const).flatMap((group) =>
    [...groups[group]].map(([name, tensor]) => [PREFIXES[group] + name, tensor] as const),
  )
  await store.put(tensorsKey(folder, epoch), writeSafetensors(new Map([...weights, ...prefixed])))
  const state = JSON.stringify({ epoch, best_epoch: bestEpoch, curve })
  await store.put(stateKey(folder), Buffer.from(state))
  const needed = [epoch, bestEpoch].map((kept) => tensorsKey(folder, kept))
  for await (const { key } of store.list(folder)) {
    if (key.endsWith('.safetensors') && !needed.includes(key)) await store.delete(key)
  }
}

/**
 * What the newest of the earlier attempts has left, as this one's own from now on. Undefined where there is none, or
 * not all of it.
 */
export async function takeTrainingState(
  store: ObjectStore,
  own: Attempt,
): Promise<TrainingState | undefined> {
  const earlier = new Set<number>()
  for await (const { key } of store.list(folderOf(own.jobId))) {
    const attempt = Number(key.slice(folderOf(own.jobId).length).split('/')[0])
    if (attempt < own.attempt) earlier.add(attempt)
  }
  let taken: TrainingState | undefined
  for (const attempt of [...earlier].sort((a, b) => b - a)) {
    const folder = ownFolder({ ...own, attempt })
    taken ??= await copyState(store, folder, ownFolder(own))
    for await (const { key } of store.list(folder)) await store.delete(key)
  }
  return taken
}

async function copyState(store: ObjectStore, from: string, to: string): Promise<TrainingState | undefined> {
  try {
    const text = await store.read(stateKey(from))
    const { epoch, best_epoch: bestEpoch, curve } = stateSchema.parse(JSON.parse(text.toString()))
    const copy = async (of: number) => {
      const bytes = await store.read(tensorsKey(from, of))
      await store.put(tensorsKey(to, of), bytes)
      return grouped(readSafetensors(bytes))
    }
    const last = await copy(epoch)
    const best = [0, epoch].includes(bestEpoch) ? undefined : (await copy(bestEpoch)).weights
    await store.put(stateKey(to), text)
    return { epoch, bestEpoch, curve, ...last, best }
  } catch (error) {
    if (isGraftError(error, 'not_found')) return undefined
    throw error
  }
}

function grouped(all: Weights): Pick<TrainingState, 'weights' | 'momentum' | 'average'> {
  const named = (prefix: string) =>
    [...all]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor] as const)
  const { momentum, average } = PREFIXES
  const own = [...all].filter(([name]) => !name.startsWith(momentum) && !name.startsWith(average))
  return { weights: new Map(own), momentum: new Map(named(momentum)), average: new Map(named(average)) }
}

/** Once the job's end is recorded: nobody goes on from it any more. */
export async function deleteTrainingState(store: ObjectStore, jobId: string): Promise<void> {
  for await (const { key } of store.list(folderOf(jobId))) await store.delete(key)
}
