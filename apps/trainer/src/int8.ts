// The checkpoint in eight bits, and whether it is the one to serve: where it is faster here, and surely as often right.
import { setTimeout as sleep } from 'node:timers/promises'
import { limit } from '@graft/core/limits'
import type { Report } from '@graft/core/wire/report'
import { openInference } from '@graft/nn/inference'
import { toInt8 } from '@graft/nn/to-int8'
import { toOnnx } from '@graft/nn/to-onnx'
import type { ObjectStore } from '@graft/store/object-store'
import { preprocess } from '@graft/vision/preprocess'
import { type Checkpoint, measureCheckpoint } from './checkpoint.ts'
import { decodeAll, type LabelledImage } from './dataset.ts'
import type { Assignment } from './messages.ts'

/** Training images whose activations' ranges are measured: more of them changed no accuracy. */
const OBSERVED = 32
/** Runs of each network that are compared, by the fastest: the least disturbed one. */
const ROUNDS = 8
/** Milliseconds before a run, in which the threads of the one before go to sleep. */
const REST = 2
/** It must be faster by more than a measurement's noise. */
const WORTH_IT = 1.1
/** Share of the validation images that may be answered wrongly for it. */
const MOST_LOST = 0.003

/** Whether that many validation images can tell if it is as often right. */
export function canJudgeInt8(images: number): boolean {
  return images >= limit('int8Images')
}

/** What was measured, and the file where it is the one to serve, with the checkpoint as that file answers. */
export interface Int8 {
  facts: NonNullable<Report['int8']>
  served?: { onnx: Uint8Array; checkpoint: Checkpoint }
}

/** @param checkpoint measured on enough validation images; the training images show what its activations reach */
export async function measureInt8(
  assignment: Assignment,
  store: ObjectStore,
  checkpoint: Checkpoint,
  training: readonly LabelledImage[],
): Promise<Int8> {
  const { architecture, recipe } = assignment
  const { preprocessing } = recipe
  const { stage, weights, images, temperature, evaluation } = checkpoint
  const count = Math.min(OBSERVED, training.length)
  const spread = Array.from(
    { length: count },
    (_, place) => training[Math.floor((place * training.length) / count)],
  ).filter((image) => image !== undefined)
  async function* inputs() {
    for await (const pixels of decodeAll(store, spread)) yield preprocess(pixels, preprocessing)
  }
  const onnx = await toInt8(architecture, weights, inputs(), preprocessing.crop)
  const speedup = await speedOf(onnx, toOnnx(architecture, weights), preprocessing.crop)
  const float32 = evaluation.accuracy
  if (speedup < WORTH_IT) return { facts: { served: false, speedup, accuracy: { float32, int8: null } } }
  const measured = await measureCheckpoint(assignment, store, stage, weights, images, onnx)
  const int8 = measured.evaluation.accuracy
  const facts = { served: int8 >= float32 - MOST_LOST, speedup, accuracy: { float32, int8 } }
  return { facts, ...(facts.served && { served: { onnx, checkpoint: { ...measured, temperature } } }) }
}

/** How many times as fast as the other a network answers one image, by all threads, as a caller who waits alone has it. */
async function speedOf(onnx: Uint8Array, other: Uint8Array, size: number): Promise<number> {
  const networks = await Promise.all(
    [onnx, other].map(async (bytes) => ({ inference: await openInference(bytes), best: Infinity })),
  )
  const image = new Float32Array(3 * size * size)
  // In turns, so that whatever else the machine does slows both.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const network of networks) {
      await sleep(REST)
      const started = performance.now()
      await network.inference.run(image, size, ['logits'])
      network.best = Math.min(network.best, performance.now() - started)
    }
  }
  await Promise.all(networks.map(({ inference }) => inference.close()))
  const [own, others] = networks.map(({ best }) => best)
  return (others ?? 0) / (own ?? 1)
}
