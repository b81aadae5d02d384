// The training loop: epoch after epoch of steps, each epoch measured and its state kept for whoever goes on from it.
import { setImmediate as turn } from 'node:timers/promises'
import type { JobMetrics } from '@graft/core/wire/jobs'
import { gpus } from '@graft/nn/devices'
import { learningRateAt } from '@graft/nn/optimiser'
import type { Precision } from '@graft/nn/precision'
import { blend, type Weights } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import type { Pixels } from '@graft/vision/pixels'
import { openBatches } from './batches.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { LabelledImage } from './dataset.ts'
import { openFrugalSession } from './frugal-session.ts'
import type { Journal } from './journal.ts'
import { type Judge, requireFinite } from './judge.ts'
import type { Assignment } from './messages.ts'
import type { Advance } from './progress.ts'
import type { TimeBudget } from './time-budget.ts'
import { saveTrainingState, takeTrainingState } from './training-state.ts'

/** A network that may become the job's model. */
export interface Candidate {
  checkpoint: Checkpoint
  metrics: JobMetrics
}

export interface FineTuning {
  assignment: Assignment
  store: ObjectStore
  classes: number
  precision: Precision
  /** How much an image of each class counts; 1 without them. */
  classWeights: readonly number[] | undefined
  images: readonly LabelledImage[]
  /** The images' pixels where they are kept, in the same order, with this shorter side at least. */
  cached: readonly (Pixels | undefined)[]
  shortSide: number
  weights: Weights
  /** What there is to be better than. */
  probe: Candidate | undefined
  judge: Judge
  journal: Journal
  advance: Advance
  budget: TimeBudget
}

export interface FineTuned {
  /** After the last epoch; undefined where the time was over before the first step. */
  last: Candidate | undefined
  best: Candidate | undefined
  /** Of the probe and of each epoch; undefined without a probe. */
  average: Weights | undefined
  /** Images a second, over the steps; the evaluations not counted. */
  throughput: number
  /** The share of that time in which the step waited for its batch. */
  waiting: number
}

/** @throws GraftError `diverged`, `engine_unavailable`, `out_of_memory`, and what the store throws */
export async function fineTune(settings: FineTuning): Promise<FineTuned> {
  const { assignment, store, images, judge, journal, advance, budget } = settings
  const { architecture, recipe, seed } = assignment
  const stepsPerEpoch = Math.ceil(images.length / recipe.batch_size)
  const steps = stepsPerEpoch * recipe.epochs

  // What a trainer that was lost has left: the training goes on after its last epoch, bit for bit on a CPU.
  const resumed = await takeTrainingState(store, assignment)
  let epoch = resumed?.epoch ?? 0
  let bestEpoch = resumed?.bestEpoch ?? 0
  let best = settings.probe
  let last: Candidate | undefined
  let average = settings.probe?.checkpoint.weights
  if (resumed !== undefined) {
    journal.say(`Going on after epoch ${epoch} of ${recipe.epochs}.`)
    const points = resumed.curve.filter(({ stage }) => stage === 'fine_tuned')
    journal.curve.push(...points)
    const candidate = async (of: number, weights: Weights): Promise<Candidate> => {
      const { stage: _, epoch: __, ...metrics } = points[of - 1] ?? { stage: '', epoch: of }
      return { checkpoint: await judge.measure('fine_tuned', weights), metrics }
    }
    last = await candidate(epoch, resumed.weights)
    if (average !== undefined) average = resumed.average
    if (bestEpoch === epoch) best = last
    else if (resumed.best !== undefined) best = await candidate(bestEpoch, resumed.best)
  }

  const devices = gpus()
  const start = {
    ...{ architecture, classes: settings.classes, resolved: recipe },
    ...{ precision: settings.precision, classWeights: settings.classWeights },
    ...(devices.length > 1 && { devices }),
    weights: resumed?.weights ?? settings.weights,
    ...(resumed && { momentum: resumed.momentum }),
  }
  const session = openFrugalSession(start, (microBatch) =>
    journal.warn(`The memory is full: each batch is computed in parts of ${microBatch} images from now on.`),
  )
  const batches = openBatches({
    store: assignment.store,
    images: images.map(({ sha256, label }, index) => ({ sha256, label, pixels: settings.cached[index] })),
    batchSize: recipe.batch_size,
    firstEpoch: epoch + 1,
    epochs: recipe.epochs,
    size: recipe.image_size,
    scaleMin: recipe.crop_scale_min,
    randAugment: recipe.rand_augment,
    mixup: recipe.mixup,
    shortSide: settings.shortSide,
    seed,
  })
  const firstStep = epoch * stepsPerEpoch
  const clock = { stepping: 0, waiting: 0, images: 0 }
  const throughput = () => (clock.images === 0 ? 0 : (clock.images / clock.stepping) * 1000)

  /** The steps of one epoch, or of as much of it as there is time for. */
  const runEpoch = async () => {
    const sums = { loss: 0, correct: 0, images: 0 }
    const started = performance.now()
    const before = { ...clock }
    for (let step = (epoch - 1) * stepsPerEpoch; step < epoch * stepsPerEpoch; step += 1) {
      const asked = performance.now()
      const batch = await batches.next()
      clock.waiting += performance.now() - asked
      // Where time is the bound, the schedule follows the time, so that it still ends at its lowest rate.
      const at = Math.max(step, Math.floor(budget.spent() * steps))
      const result = session.step(batch.images, batch.labels, learningRateAt(at, steps, recipe), batch.mix)
      requireFinite(assignment, result.loss, `at step ${step + 1} of ${steps}`)
      sums.loss += result.loss * batch.labels.length
      sums.correct += result.correct
      sums.images += batch.labels.length
      clock.stepping = before.stepping + performance.now() - started
      clock.images = before.images + sums.images
      const done = step + 1 - firstStep
      advance({
        phase: 'training',
        epoch,
        step: step + 1,
        loss: sums.loss / sums.images,
        images_per_second: ((clock.images - before.images) / (clock.stepping - before.stepping)) * 1000,
        eta_seconds: Math.min(((clock.stepping / 1000) * (steps - step - 1)) / done, budget.left()),
      })
      await turn() // batches that lie ready would keep the parent's word from being heard
      if (budget.spent() >= 1) break
    }
    return {
      train_loss: sums.loss / sums.images,
      train_accuracy: sums.correct / sums.images,
      images_per_second: throughput(),
    }
  }
  const patient = () =>
    recipe.early_stopping_patience === 0 || epoch - bestEpoch < recipe.early_stopping_patience

  try {
    // A job without a probe takes one step at least: it has nothing else to give.
    while (epoch < recipe.epochs && patient() && (budget.spent() < 1 || best === undefined)) {
      epoch += 1
      const trained = await runEpoch()
      advance({ phase: 'evaluating' })
      const weights = session.weights()
      const checkpoint = await judge.measure('fine_tuned', weights)
      last = { checkpoint, metrics: { ...trained, ...judge.metricsOf(checkpoint) } }
      journal.mark('fine_tuned', epoch, `Epoch ${epoch} of ${recipe.epochs}`, last.metrics)
      if (!judge.choosing || !best || checkpoint.evaluation.loss < best.checkpoint.evaluation.loss) {
        best = last
        bestEpoch = epoch
      }
      if (average !== undefined) average = blend(average, checkpoint.weights, 1 / (epoch + 1))
      const tensors = { weights, momentum: session.momentum(), average: average ?? new Map() }
      await saveTrainingState(store, assignment, { epoch, bestEpoch, curve: journal.curve, ...tensors })
    }
  } finally {
    session.close()
    await batches.close()
  }
  if (epoch < recipe.epochs) {
    const over = budget.isStopped() ? 'It was asked to stop' : 'The time is over'
    const why = patient() ? over : `No epoch since epoch ${bestEpoch} was better`
    const end =
      epoch === 0
        ? 'before the first epoch, and the probe is the result'
        : `after epoch ${epoch} of ${recipe.epochs}`
    journal.say(`${why}: the training ends ${end}.`)
  }
  return {
    last,
    best,
    average,
    throughput: throughput(),
    waiting: clock.stepping === 0 ? 0 : clock.waiting / clock.stepping,
  }
}
