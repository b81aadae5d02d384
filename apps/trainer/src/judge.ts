// How the checkpoints of a job are measured: on which split, and calibrated where they are compared.
import { GraftError } from '@graft/core/errors'
import type { JobMetrics } from '@graft/core/wire/jobs'
import type { Weights } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import {
  type Checkpoint,
  calibrated,
  measureCheckpoint,
  testMetrics,
  validationMetrics,
} from './checkpoint.ts'
import type { Dataset, LabelledImage } from './dataset.ts'
import type { Assignment, Stage } from './messages.ts'

export interface Judge {
  split: 'validation' | 'test' | 'train'
  images: readonly LabelledImage[]
  /** Whether the best checkpoint is kept, so that they are compared; else the last one is. */
  choosing: boolean
  /** @throws GraftError `diverged` */
  measure(stage: Stage, weights: Weights): Promise<Checkpoint>
  metricsOf(checkpoint: Checkpoint): JobMetrics
}

/** A mean loss (nats) from which no training comes back: the right label was given odds of e^-1000. */
const EXPLODED = 1000

/**
 * A recipe that keeps its best checkpoint compares them on the validation split; one that keeps its last reports the
 * test split after each epoch, as the textbook does. Where there is no such split, the training images are measured,
 * which tells checkpoints apart but says nothing of other images.
 */
export function createJudge(assignment: Assignment, store: ObjectStore, dataset: Dataset): Judge {
  const { recipe } = assignment
  const { train, validation, test } = dataset
  const choosing = recipe.keep === 'best'
  const order = choosing ? (['validation'] as const) : (['test', 'validation'] as const)
  const split = order.find((name) => ({ validation, test })[name].length > 0) ?? 'train'
  const images = { train, validation, test }[split]
  return {
    split,
    images,
    choosing,
    async measure(stage, weights) {
      const checkpoint = await measureCheckpoint(assignment, store, stage, weights, images)
      requireFinite(assignment, checkpoint.evaluation.loss, 'on the images that were held out')
      return choosing && split === 'validation' ? calibrated(checkpoint) : checkpoint
    },
    metricsOf(checkpoint) {
      if (split === 'test') return testMetrics(checkpoint)
      return split === 'validation' ? validationMetrics(checkpoint) : {}
    },
  }
}

/** @throws GraftError `diverged` */
export function requireFinite({ recipe }: Assignment, loss: number, where: string): void {
  if (loss < EXPLODED) return
  throw new GraftError(
    'diverged',
    `The loss was ${loss} ${where}. Set a learning_rate below ${recipe.learning_rate}.`,
  )
}
