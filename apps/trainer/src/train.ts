// One job in, one model out. Reads top to bottom: data, starting weights, probe, fine-tuning, choice, publication.
import { limit } from '@graft/core/limits'
import type { JobMetrics } from '@graft/core/wire/jobs'
import type { Report as ModelReport } from '@graft/core/wire/report'
import { balancedWeights } from '@graft/nn/class-weights'
import { engineName } from '@graft/nn/engine'
import { measurePrecision } from '@graft/nn/precision'
import { createRandom } from '@graft/nn/random'
import type { ObjectStore } from '@graft/store/object-store'
import type { Pixels } from '@graft/vision/pixels'
import { shrink } from '@graft/vision/shrink'
import { writeArtifact } from './artifacts.ts'
import { type Checkpoint, measureCheckpoint, testMetrics } from './checkpoint.ts'
import { choose } from './choice.ts'
import { decodeAll, labelsOf, readDataset } from './dataset.ts'
import { type Candidate, fineTune } from './fine-tune.ts'
import { canJudgeInt8, type Int8, measureInt8 } from './int8.ts'
import { createJournal } from './journal.ts'
import { createJudge } from './judge.ts'
import type { Assignment, Reporter } from './messages.ts'
import { createPixelCache } from './pixel-cache.ts'
import { withProbedHead } from './probe.ts'
import { createProgress } from './progress.ts'
import { reportSplit } from './split-report.ts'
import { knowsAll, startingWeights } from './starting-weights.ts'
import { createTimeBudget } from './time-budget.ts'

/**
 * Trains, publishes and reports. The test split is never used to choose.
 *
 * @param stop ends the training after its step, and publishes the best so far
 * @throws GraftError `engine_unavailable`, `diverged`, and what the store throws
 */
export async function train(
  given: Assignment,
  store: ObjectStore,
  report: Reporter,
  stop?: AbortSignal,
): Promise<void> {
  let assignment = given
  const { recipe, seed, architecture } = assignment
  const started = performance.now()
  const secondsGone = () => (performance.now() - started) / 1000
  const engine = engineName()
  report({ type: 'started', engine })

  // Data.
  const dataset = await readDataset(store, assignment.manifestKey, recipe)
  const { labels, train: images, validation, test } = dataset
  const journal = createJournal(report)
  const judge = createJudge(assignment, store, dataset)
  journal.say(`${images.length} training images of ${labels.length} classes, ${engine}.`, {
    train: images.length,
    validation: validation.length,
    test: test.length,
  })
  if (judge.split === 'train')
    journal.warn('No images are held out: checkpoints are compared on what they were trained on.')
  const steps = Math.ceil(images.length / recipe.batch_size) * recipe.epochs
  const advance = createProgress(recipe.epochs, steps, report)
  const budget = createTimeBudget(
    recipe.time_budget_seconds,
    started - (assignment.secondsSpent ?? 0) * 1000,
    stop,
  )

  const classWeights =
    recipe.class_weights === 'balanced' ? balancedWeights(labelsOf(images), labels.length) : undefined

  // Starting weights.
  const random = createRandom(seed)
  let weights = await startingWeights(assignment, store, labels, random)

  // Every training image is decoded once, and shrunk to where the smallest square crop is still not enlarged.
  const shortSide = Math.ceil(recipe.image_size / Math.sqrt(recipe.crop_scale_min))
  const cache = createPixelCache(limit('cachedPixelBytes'))
  const cached: (Pixels | undefined)[] = []
  async function* loaded() {
    for await (const pixels of decodeAll(store, images)) {
      cached.push(cache.keep(shrink(pixels, shortSide)))
      advance({
        phase: recipe.probe ? 'probe' : 'loading',
        images_per_second: cached.length / secondsGone(),
      })
      yield pixels
    }
  }

  let training: ModelReport['training'] = null
  interface Served extends Candidate {
    int8: Int8 | undefined
  }
  /** With the metrics of the file that will answer. */
  const chooseFile = async (candidate: Candidate): Promise<Served> => {
    const { choosing, split, images: held } = judge
    if (!choosing || split !== 'validation' || !canJudgeInt8(held.length))
      return { ...candidate, int8: undefined }
    const int8 = await measureInt8(assignment, store, candidate.checkpoint, images)
    const { facts, served } = int8
    const lost = facts.accuracy.int8 === null ? '' : `, ${(100 * facts.accuracy.int8).toFixed(1)} % right`
    const exact = `${(100 * facts.accuracy.float32).toFixed(1)} %`
    journal.say(
      `In eight bits ${facts.speedup.toFixed(1)} times as fast${lost}, ${exact} in float32: ${served ? 'served' : 'not served'}.`,
      facts,
    )
    const metrics = served ? judge.metricsOf(served.checkpoint) : {}
    return { ...candidate, metrics: { ...candidate.metrics, ...metrics }, int8 }
  }
  const write = async ({ checkpoint, metrics, int8 }: Served, tested?: Checkpoint, folder?: string) => {
    const splits = {
      [judge.split]: reportSplit(int8?.served?.checkpoint ?? checkpoint, labels),
      ...(tested && { test: reportSplit({ ...tested, temperature: checkpoint.temperature }, labels) }),
    }
    const { temperature } = checkpoint
    const { curve } = journal
    const modelReport: ModelReport = {
      object: 'model.report',
      labels,
      curve,
      training,
      int8: int8?.facts ?? null,
      temperature,
      splits,
    }
    const artifact = { checkpoint, labels, metrics, engine, report: modelReport }
    const more = { ...(int8?.served && { int8: int8.served }), ...(folder && { folder }) }
    return await writeArtifact(store, assignment, { ...artifact, ...more })
  }
  const publish = async (candidate: Served, tested?: Checkpoint) => {
    const files = await write(candidate, tested)
    const { checkpoint, metrics } = candidate
    report({ type: 'publish', model: { stage: checkpoint.stage, labels, metrics, files } })
  }

  // Probe: a linear classifier on the frozen trunk, a real model after one pass over the images.
  let probe: Served | undefined
  if (recipe.probe) {
    const { preprocessing } = recipe
    const inherited = weights
    weights = await withProbedHead(architecture, weights, labels.length, preprocessing, classWeights, {
      train: { images, pixels: loaded() },
      validation: { images: judge.images, pixels: decodeAll(store, judge.images) },
    })
    const before = secondsGone()
    let checkpoint = await judge.measure('probe', weights)
    // After the training the last epoch and its average with the probe are measured, then what is best in eight bits, and
    // the test split is.
    const secondsPerImage = (secondsGone() - before) / judge.images.length
    budget.reserve(secondsPerImage * (3 * judge.images.length + test.length))
    // A head that was trained with its trunk may be better than one that is fitted to it.
    if (knowsAll(assignment, labels)) {
      const own = await judge.measure('probe', inherited)
      if (own.evaluation.loss < checkpoint.evaluation.loss) {
        checkpoint = own
        weights = inherited
        journal.say(`The head of ${assignment.parent?.reference} does better than a new one, and is kept.`)
      }
    }
    probe = await chooseFile({ checkpoint, metrics: judge.metricsOf(checkpoint) })
    journal.mark('probe', 0, `Probe after ${secondsGone().toFixed(1)} s`, probe.metrics)
    await publish(probe)
  } else {
    for await (const _ of loaded());
  }

  // Fine-tuning, in the precision that is faster here. It stays with the job: whoever takes it up goes on in the same.
  let { precision } = recipe
  if (precision === 'auto') {
    precision = measurePrecision({ architecture, weights, classes: labels.length, resolved: recipe })
    assignment = { ...assignment, recipe: { ...recipe, precision } }
    report({ type: 'resolved', recipe: assignment.recipe })
  }
  const { throughput, waiting, ...tuned } = await fineTune({
    ...{ assignment, store, judge, journal, advance, budget, images, cached, shortSide, weights, probe },
    ...{ precision, classWeights, classes: labels.length },
  })
  let { best } = tuned
  const { last, average } = tuned
  if (best === undefined) throw new Error('a recipe without a probe takes a step')

  // Among the probe and the epochs lies a network that generalises better than any of them: their average (Izmailov et
  // al., Averaging weights leads to wider optima, arXiv 1803.05407; Wortsman et al., Robust fine-tuning of zero-shot
  // models, arXiv 2109.01903). It is taken unless it is surely worse.
  if (average !== undefined && last !== undefined) {
    const checkpoint = await judge.measure('fine_tuned', average)
    const metrics = { ...last.metrics, ...judge.metricsOf(checkpoint) }
    journal.mark('average', recipe.epochs, 'Average of the probe and the epochs', metrics)
    const name = best === probe ? 'the probe' : 'the best epoch'
    const taken = choose([best.checkpoint, checkpoint], checkpoint) === checkpoint
    const [loss, other] = [checkpoint.evaluation.loss.toFixed(3), best.checkpoint.evaluation.loss.toFixed(3)]
    journal.say(`Taken: ${taken ? 'the average' : name}. Loss ${loss} of the average, ${other} of ${name}.`)
    if (taken) best = { checkpoint, metrics }
  }

  // The choice is made: one look at the test split, and the publication.
  report({ type: 'finishing' })
  advance({ phase: 'publishing', eta_seconds: null })
  // The probe answers already as it was published.
  const served = best === probe ? probe : await chooseFile(best)
  const { checkpoint, int8 } = served
  const metrics: JobMetrics = { ...served.metrics, ...(throughput > 0 && { images_per_second: throughput }) }
  let tested: Checkpoint | undefined
  if (test.length === 0) journal.warn('There is no test split: the model has no test accuracy.')
  else if (judge.choosing) {
    const { stage, weights } = checkpoint
    tested = await measureCheckpoint(assignment, store, stage, weights, test, int8?.served?.onnx)
    Object.assign(metrics, testMetrics(tested))
  }
  training = {
    seconds: secondsGone(),
    images_per_second: throughput,
    waiting,
    peak_memory_bytes: process.resourceUsage().maxRSS * 1024,
  }
  // The probe is published already, without what is known of it only now.
  if (checkpoint.stage === 'probe') {
    const files = await write({ checkpoint, metrics, int8 }, tested, 'final')
    return report({ type: 'done', stage: 'probe', metrics, files })
  }
  await publish({ checkpoint, metrics, int8 }, tested)
  report({ type: 'done', stage: 'fine_tuned', metrics })
}
