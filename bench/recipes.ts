// What the recipes reach on a folder of labelled photos, over seeds, beside PyTorch's figures.
//
//   node bench/recipes.ts FOLDER [--recipes seed,scratch,auto] [--seeds 1,2,3] [--hyperparameters JSON]
//
// FOLDER has train/label/photo and test/label/photo. Each run is a job in the trainer's own child process, so its time
// is the job's: decoding, probe, training, evaluations, publication. Prints a line of JSON for each run as it ends,
// then one with means and standard deviations over the seeds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { readDataset } from '../apps/trainer/src/dataset.ts'
import { evaluate } from '../apps/trainer/src/evaluation.ts'
import type { Assignment, Candidate, Report } from '../apps/trainer/src/messages.ts'
import {
  hyperparametersSchema,
  RECIPES,
  type RecipeName,
  resolveRecipe,
} from '../packages/core/src/recipes.ts'
import { openInference } from '../packages/nn/src/inference.ts'
import { openFolderDataset } from './folder-dataset.ts'
import { describeMachine, peakMegabytes, round } from './machine.ts'

interface Figure {
  mean: number
  /** Of the single runs, where it is known. */
  sd?: number
}

/** Test accuracies of the same recipes in PyTorch 1.13, by the folder's name: hotdog has 962 training and 255 test images. */
const PYTORCH: Record<string, Partial<Record<RecipeName, Figure>>> = {
  hotdog: { seed: { mean: 0.882, sd: 0.01 }, scratch: { mean: 0.682 } },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    recipes: { type: 'string', default: RECIPES.join() },
    seeds: { type: 'string', default: '1,2,3' },
    hyperparameters: { type: 'string', default: '{}' },
  },
})
const [folder] = positionals
if (folder === undefined) throw new Error('usage: node bench/recipes.ts FOLDER [--recipes ...] [--seeds ...]')
const recipes = values.recipes.split(',').map((name) => {
  const recipe = RECIPES.find((known) => known === name)
  if (recipe === undefined) throw new Error(`${name} is no recipe: ${RECIPES.join(', ')}`)
  return recipe
})
const seeds = values.seeds.split(',').map(Number)
const hyperparameters = hyperparametersSchema.parse(JSON.parse(values.hyperparameters))

const dataset = await openFolderDataset(folder)
const { name, counts } = described()
type Run = Awaited<ReturnType<typeof run>>
const runs: Run[] = []
try {
  // Seeds outside, so that a run that is cut short has some of each recipe.
  for (const seed of seeds) {
    for (const recipe of recipes) {
      const found = await run(recipe, seed)
      runs.push(found)
      print(found)
    }
  }
  const machine = await describeMachine()
  const summaries = recipes.map((recipe) => [recipe, summary(recipe)])
  print({ dataset: name, images: counts, machine, seeds, ...Object.fromEntries(summaries) })
} finally {
  await dataset.remove()
}

function described() {
  const { dataset: name, images } = dataset.manifest
  const splits = Map.groupBy(images, ({ split }) => split)
  return { name, counts: Object.fromEntries([...splits].map(([split, members]) => [split, members.length])) }
}

/** One job, from its assignment to its last word. Throws where it fails. */
async function run(name: RecipeName, seed: number) {
  const recipe = resolveRecipe(name, hyperparameters)
  const assignment: Assignment = {
    jobId: `ftjob_${name}_${seed}`,
    attempt: 1,
    store: dataset.location,
    manifestKey: dataset.manifestKey,
    dataset: `${dataset.manifest.dataset}@1`,
    architecture: 'resnet18',
    modelName: dataset.manifest.dataset,
    recipe,
    seed,
  }
  const started = performance.now()
  const elapsed = () => round((performance.now() - started) / 1000, 1)
  const child = fork(new URL('../apps/trainer/src/child.ts', import.meta.url), { serialization: 'advanced' })
  const ended = once(child, 'exit')
  const epochs: { epoch: unknown; seconds: number; test_accuracy?: number; validation_accuracy?: number }[] =
    []
  let engine = ''
  let probe: { seconds: number; model: Candidate } | undefined
  let done: { seconds: number; peak: number; report: Extract<Report, { type: 'done' }> } | undefined
  let failure = 'the trainer has ended without a word'
  child.on('message', async (report: Report) => {
    if (report.type === 'started') engine = report.engine
    if (report.type === 'publish' && report.model.stage === 'probe') {
      probe = { seconds: elapsed(), model: report.model }
    }
    if (report.type === 'metrics' && report.data.stage === 'fine_tuned') {
      const { test_accuracy, validation_accuracy } = report.metrics
      epochs.push({
        epoch: report.data.epoch,
        seconds: elapsed(),
        ...(test_accuracy !== undefined && { test_accuracy: round(test_accuracy) }),
        ...(validation_accuracy !== undefined && { validation_accuracy: round(validation_accuracy) }),
      })
    }
    if (report.type === 'failed') failure = `${report.code}: ${report.message}`
    if (report.type === 'done') {
      done = { seconds: elapsed(), peak: await peakMegabytes(child.pid), report }
    }
    if (report.type === 'done' || report.type === 'failed') child.disconnect()
  })
  child.send(assignment)
  await ended
  if (done === undefined) throw new Error(`${name}, seed ${seed}: ${failure}`)
  const { metrics, stage } = done.report
  return {
    recipe: name,
    seed,
    engine,
    stage,
    test_accuracy: round(metrics.test_accuracy ?? Number.NaN),
    test_loss: round(metrics.test_loss ?? Number.NaN),
    seconds: done.seconds,
    // The trainer looks at the test split once, at the end: what its probe would have had is measured here.
    ...(probe && { probe: { seconds: probe.seconds, test_accuracy: await accuracyOf(probe.model, recipe) } }),
    epochs,
    images_per_second: round(metrics.images_per_second ?? Number.NaN, 1),
    peak_rss_megabytes: done.peak,
  }
}

async function accuracyOf({ files }: Candidate, recipe: Assignment['recipe']): Promise<number> {
  const { test } = await readDataset(dataset.store, dataset.manifestKey, recipe)
  const inference = await openInference(
    await dataset.store.read((files['model-int8.onnx'] ?? files['model.onnx'])?.key ?? ''),
  )
  try {
    return round((await evaluate(inference, dataset.store, test, recipe.preprocessing)).accuracy)
  } finally {
    await inference.close()
  }
}

function summary(recipe: RecipeName) {
  const own = runs.filter((found) => found.recipe === recipe)
  const accuracies = own.map(({ test_accuracy }) => test_accuracy)
  const probes = own.flatMap(({ probe }) => probe ?? [])
  const accuracy = spread(accuracies)
  const pytorch = PYTORCH[name]?.[recipe]
  return {
    test_accuracy: accuracy,
    seconds: spread(own.map(({ seconds }) => seconds)),
    ...(probes.length > 0 && {
      probe: {
        test_accuracy: spread(probes.map(({ test_accuracy }) => test_accuracy)),
        seconds: spread(probes.map(({ seconds }) => seconds)),
      },
    }),
    pytorch: pytorch ?? null,
    ...(pytorch?.sd && { deviations_from_pytorch: round((accuracy.mean - pytorch.mean) / pytorch.sd, 2) }),
  }
}

/** The mean, and the standard deviation of single runs (n - 1); of one run there is none. */
function spread(numbers: number[]): { mean: number; sd: number | null } {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    mean: round(mean),
    sd: numbers.length < 2 ? null : round(Math.sqrt(squares / (numbers.length - 1))),
  }
}

function print(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
