// One job in, one model out. Reads top to bottom: data, starting weights, probe, training loop, choice, publication.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Report as ModelReport } from '@graft/core/report'
import type { JobMetrics } from '@graft/core/wire'
import { engineName } from '@graft/nn/engine'
import { learningRateAt } from '@graft/nn/optimiser'
import { createRandom } from '@graft/nn/random'
import { openTrainingSession } from '@graft/nn/training-session'
import { averageOf, randomWeights, readBaseWeights, type Weights, withNewHead } from '@graft/nn/weights'
import type { ObjectStore } from '@graft/store/object-store'
import type { Pixels } from '@graft/vision/pixels'
import { shrink } from '@graft/vision/shrink'
import { writeArtifact } from './artifacts.ts'
import { openBatches } from './batches.ts'
import {
  type Checkpoint,
  calibrated,
  measureCheckpoint,
  testMetrics,
  validationMetrics,
} from './checkpoint.ts'
import { choose } from './choice.ts'
import { decodeAll, readDataset } from './dataset.ts'
import type { Assignment, Reporter, Stage } from './messages.ts'
import { createPixelCache } from './pixel-cache.ts'
import { withProbedHead } from './probe.ts'
import { createProgress } from './progress.ts'
import { reportSplit } from './split-report.ts'
import { deleteTrainingState, readEpoch, readTrainingState, saveTrainingState } from './training-state.ts'

/** A network that may become the job's model. */
interface Candidate {
  checkpoint: Checkpoint
  metrics: JobMetrics
}

/** A mean loss (nats) from which no training comes back: the right label was given odds of e^-1000. */
const EXPLODED = 1000

/**
 * Trains, publishes and reports. The test split is never used to choose.
 *
 * @throws GraftError `engine_unavailable`, `diverged`, and what the store throws
 */
export async function train(assignment: Assignment, store: ObjectStore, report: Reporter): Promise<void> {
  const { jobId, recipe, seed, architecture } = assignment
  const { preprocessing } = recipe
  const started = performance.now()
  const engine = engineName()
  report({ type: 'started', engine })

  const say = (message: string, data: Record<string, unknown> = {}) =>
    report({ type: 'event', level: 'info', message, data })
  const warn = (message: string) => report({ type: 'event', level: 'warn', message })

  // Data. A recipe that keeps its best checkpoint compares them on the validation split; one that keeps its last
  // reports the test split after each epoch, as the textbook does. Where there is no such split, the training images
  // are measured, which tells checkpoints apart but says nothing of other images.
  const { labels, train: images, validation, test } = await readDataset(store, assignment.manifestKey, recipe)
  const choosing = recipe.keep === 'best'
  const heldOut = choosing ? ({ validation } as const) : ({ test, validation } as const)
  const [split, measured] = Object.entries(heldOut).find(([, found]) => found.length > 0) ?? ['train', images]
  const metricsOf = (checkpoint: Checkpoint): JobMetrics => {
    if (split === 'test') return testMetrics(checkpoint)
    return split === 'validation' ? validationMetrics(checkpoint) : {}
  }
  say(`${images.length} training images of ${labels.length} classes, ${engine}.`, {
    train: images.length,
    validation: validation.length,
    test: test.length,
  })
  if (split === 'train')
    warn('No images are held out: checkpoints are compared on what they were trained on.')

  const stepsPerEpoch = Math.ceil(images.length / recipe.batch_size)
  const steps = stepsPerEpoch * recipe.epochs
  const diverged = (loss: number, where: string) =>
    new GraftError(
      'diverged',
      `The loss was ${loss} ${where}. Set a learning_rate below ${recipe.learning_rate}.`,
    )
  const advance = createProgress(recipe.epochs, steps, report)

  // Starting weights.
  const random = createRandom(seed)
  let weights = recipe.pretrained
    ? withNewHead(readBaseWeights(), labels.length, random)
    : randomWeights(architecture, labels.length, random)

  // Every training image is decoded once, and shrunk to where the smallest square crop is still not enlarged.
  const shortSide = Math.ceil(recipe.image_size / Math.sqrt(recipe.crop_scale_min))
  const cache = createPixelCache(limit('cachedPixelBytes'))
  const cached: (Pixels | undefined)[] = []
  async function* loaded() {
    for await (const pixels of decodeAll(store, images)) {
      cached.push(cache.keep(shrink(pixels, shortSide)))
      advance({
        phase: recipe.probe ? 'probe' : 'loading',
        images_per_second: perSecond(cached.length, started),
      })
      yield pixels
    }
  }

  /** Measures weights; where checkpoints are compared, it calibrates them first. */
  const measure = async (stage: Stage, candidate: Weights) => {
    const checkpoint = await measureCheckpoint(assignment, store, stage, candidate, measured)
    if (!(checkpoint.evaluation.loss < EXPLODED)) {
      throw diverged(checkpoint.evaluation.loss, 'on the images that were held out')
    }
    return choosing && split === 'validation' ? calibrated(checkpoint) : checkpoint
  }
  const curve: ModelReport['curve'] = []
  const mark = (
    stage: ModelReport['curve'][number]['stage'],
    epoch: number,
    title: string,
    metrics: JobMetrics,
  ) => {
    const { images_per_second: _, ...point } = metrics
    curve.push({ stage, epoch, ...point })
    const loss = metrics.train_loss === undefined ? '' : `train loss ${metrics.train_loss.toFixed(3)}, `
    const message = `${title}: ${loss}${describe(metrics)}.`
    report({ type: 'metrics', message, metrics, data: { stage, epoch, ...metrics } })
  }
  const publish = async (checkpoint: Checkpoint, metrics: JobMetrics, tested?: Checkpoint) => {
    const splits = {
      [split]: reportSplit(checkpoint, labels),
      ...(tested && { test: reportSplit({ ...tested, temperature: checkpoint.temperature }, labels) }),
    }
    const modelReport: ModelReport = {
      object: 'model.report',
      labels,
      curve,
      temperature: checkpoint.temperature,
      splits,
    }
    const files = await writeArtifact(store, assignment, {
      checkpoint,
      labels,
      metrics,
      engine,
      report: modelReport,
    })
    report({ type: 'publish', model: { stage: checkpoint.stage, labels, metrics, files } })
  }

  // Probe: a linear classifier on the frozen trunk, a real model after one pass over the images.
  let probe: Checkpoint | undefined
  let best: Candidate | undefined
  if (recipe.probe) {
    weights = await withProbedHead(architecture, weights, labels.length, preprocessing, {
      train: { images, pixels: loaded() },
      validation: { images: measured, pixels: decodeAll(store, measured) },
    })
    probe = await measure('probe', weights)
    best = { checkpoint: probe, metrics: metricsOf(probe) }
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    mark('probe', 0, `Probe after ${seconds} s`, best.metrics)
    await publish(probe, best.metrics)
  } else {
    for await (const _ of loaded());
  }

  // What a trainer that was lost has left: the training goes on after its last epoch, bit for bit on a CPU.
  const resumed = await readTrainingState(store, jobId)
  let last: Candidate | undefined
  let bestEpoch = 0
  if (resumed !== undefined) {
    say(`Going on after epoch ${resumed.epoch} of ${recipe.epochs}.`)
    const points = resumed.curve.filter(({ stage }) => stage === 'fine_tuned')
    curve.push(...points)
    const candidate = async (epoch: number, trained: Weights): Promise<Candidate> => {
      const { stage: _, epoch: __, ...metrics } = points[epoch - 1] ?? { stage: '', epoch }
      return { checkpoint: await measure('fine_tuned', trained), metrics }
    }
    last = await candidate(resumed.epoch, resumed.weights)
    bestEpoch = resumed.bestEpoch
    if (bestEpoch === resumed.epoch) best = last
    else if (bestEpoch > 0) best = await candidate(bestEpoch, await readEpoch(store, jobId, bestEpoch))
  }

  // The training loop.
  const session = openTrainingSession({
    architecture,
    weights: resumed?.weights ?? weights,
    classes: labels.length,
    resolved: recipe,
    ...(resumed && { momentum: resumed.momentum }),
  })
  const firstEpoch = (resumed?.epoch ?? 0) + 1
  const batches = openBatches({
    store: assignment.store,
    images: images.map(({ sha256, label }, index) => ({ sha256, label, pixels: cached[index] })),
    batchSize: recipe.batch_size,
    firstEpoch,
    epochs: recipe.epochs,
    size: recipe.image_size,
    scaleMin: recipe.crop_scale_min,
    shortSide,
    seed,
  })
  let throughput = 0
  try {
    const loopStarted = performance.now()
    let stepping = 0
    for (let epoch = firstEpoch; epoch <= recipe.epochs; epoch += 1) {
      const epochStarted = performance.now()
      let [loss, correct, seen] = [0, 0, 0]
      for (let step = (epoch - 1) * stepsPerEpoch; step < epoch * stepsPerEpoch; step += 1) {
        const batch = await batches.next()
        const result = session.step(batch.images, batch.labels, learningRateAt(step, steps, recipe))
        if (!(result.loss < EXPLODED)) throw diverged(result.loss, `at step ${step + 1} of ${steps}`)
        loss += result.loss * batch.labels.length
        correct += result.correct
        seen += batch.labels.length
        advance({
          phase: 'training',
          epoch,
          step: step + 1,
          loss: loss / seen,
          images_per_second: perSecond(seen, epochStarted),
          eta_seconds:
            (((performance.now() - loopStarted) / 1000) * (steps - step - 1)) /
            (step + 1 - (firstEpoch - 1) * stepsPerEpoch),
        })
      }
      stepping += performance.now() - epochStarted
      throughput = ((epoch - firstEpoch + 1) * images.length * 1000) / stepping

      advance({ phase: 'evaluating' })
      const trained = session.weights()
      const checkpoint = await measure('fine_tuned', trained)
      const metrics: JobMetrics = {
        train_loss: loss / seen,
        train_accuracy: correct / seen,
        images_per_second: throughput,
        ...metricsOf(checkpoint),
      }
      mark('fine_tuned', epoch, `Epoch ${epoch} of ${recipe.epochs}`, metrics)
      last = { checkpoint, metrics }
      if (!choosing || !best || checkpoint.evaluation.loss < best.checkpoint.evaluation.loss) {
        best = last
        bestEpoch = epoch
      }
      await saveTrainingState(store, jobId, {
        epoch,
        bestEpoch,
        curve,
        weights: trained,
        momentum: session.momentum(),
      })
    }
  } finally {
    session.close()
    await batches.close()
  }
  if (best === undefined || last === undefined) throw new Error('a recipe has at least one epoch')

  // Between the probe and the fine-tuned network lies one that generalises better than either: their average
  // (Wortsman et al., Robust fine-tuning of zero-shot models, arXiv 2109.01903). It is taken unless it is surely worse.
  if (probe !== undefined) {
    const checkpoint = await measure('fine_tuned', averageOf(probe.weights, last.checkpoint.weights))
    const metrics = { ...last.metrics, ...metricsOf(checkpoint) }
    mark('average', recipe.epochs, 'Average of probe and last epoch', metrics)
    const name = best.checkpoint === probe ? 'the probe' : 'the best epoch'
    const taken = choose([best.checkpoint, checkpoint], checkpoint) === checkpoint
    const [loss, other] = [checkpoint.evaluation.loss.toFixed(3), best.checkpoint.evaluation.loss.toFixed(3)]
    say(`Taken: ${taken ? 'the average' : name}. Loss ${loss} of the average, ${other} of ${name}.`)
    if (taken) best = { checkpoint, metrics }
  }

  // The choice is made: one look at the test split, and the publication.
  report({ type: 'finishing' })
  advance({ phase: 'publishing', eta_seconds: null })
  const { checkpoint } = best
  const metrics: JobMetrics = { ...best.metrics, ...(throughput > 0 && { images_per_second: throughput }) }
  let tested: Checkpoint | undefined
  if (test.length === 0) warn('There is no test split: the model has no test accuracy.')
  else if (choosing) {
    tested = await measureCheckpoint(assignment, store, checkpoint.stage, checkpoint.weights, test)
    Object.assign(metrics, testMetrics(tested))
  }
  if (checkpoint.stage === 'fine_tuned') await publish(checkpoint, metrics, tested)
  await deleteTrainingState(store, jobId)
  report({ type: 'done', stage: checkpoint.stage, metrics })
}

function describe({ train_accuracy, validation_accuracy, test_accuracy }: JobMetrics): string {
  const shares = { test: test_accuracy, validation: validation_accuracy, train: train_accuracy }
  const [split, share] = Object.entries(shares).find(([, value]) => value !== undefined) ?? []
  return share === undefined ? 'no images are held out' : `${split} accuracy ${(share * 100).toFixed(1)} %`
}

/** @param since milliseconds, as performance.now() counts */
function perSecond(count: number, since: number): number {
  return count / ((performance.now() - since) / 1000)
}
