// Where a training stands after an epoch, in the store: a trainer that takes a lost job goes on from there.
//
// Batches and rates follow from seed, epoch and step, so weights, momentum and the average so far are all that an
// epoch hands on.
import { isGraftError } from '@graft/core/errors'
import { type Report, reportSchema } from '@graft/core/report'
import { readSafetensors, writeSafetensors } from '@graft/nn/safetensors'
import type { Weights } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import { z } from 'zod'

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
  curve: Report['curve']
  weights: Weights
  momentum: Weights
  /** Of the probe and the epochs; empty where it is not asked for. */
  average: Weights
}

const folder = (jobId: string) => `jobs/${jobId}/checkpoints/`
const tensors = (jobId: string, epoch: number) => `${folder(jobId)}${epoch}.safetensors`

/** The state is there once its last object is; what it no longer needs goes after that. */
export async function saveTrainingState(
  store: ObjectStore,
  jobId: string,
  { epoch, bestEpoch, curve, weights, ...groups }: TrainingState,
): Promise<void> {
  const prefixed = (['momentum', 'average'] as const).flatMap((group) =>
    [...groups[group]].map(([name, tensor]) => [PREFIXES[group] + name, tensor] as const),
  )
  await store.put(tensors(jobId, epoch), writeSafetensors(new Map([...weights, ...prefixed])))
  const state = JSON.stringify({ epoch, best_epoch: bestEpoch, curve })
  await store.put(`${folder(jobId)}state.json`, Buffer.from(state))
  const needed = new Set([epoch, bestEpoch].map((kept) => tensors(jobId, kept)))
  for await (const { key } of store.list(folder(jobId))) {
    if (key.endsWith('.safetensors') && !needed.has(key)) await store.delete(key)
  }
}

/** Undefined where there is none, or not all of it. */
export async function readTrainingState(
  store: ObjectStore,
  jobId: string,
): Promise<TrainingState | undefined> {
  try {
    const state = stateSchema.parse(JSON.parse((await store.read(`${folder(jobId)}state.json`)).toString()))
    const { epoch, best_epoch: bestEpoch, curve } = state
    return { epoch, bestEpoch, curve, ...grouped(readSafetensors(await store.read(tensors(jobId, epoch)))) }
  } catch (error) {
    if (isGraftError(error, 'not_found')) return undefined
    throw error
  }
}

/** The weights after an epoch that the state still needs. */
export async function readEpoch(store: ObjectStore, jobId: string, epoch: number): Promise<Weights> {
  return grouped(readSafetensors(await store.read(tensors(jobId, epoch)))).weights
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

export async function deleteTrainingState(store: ObjectStore, jobId: string): Promise<void> {
  for await (const { key } of store.list(folder(jobId))) await store.delete(key)
}
