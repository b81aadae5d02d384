// A model version measured on images of any data set version: its network in float32, as its own report tells of it.
import { hash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import type { Preprocessing } from '@graft/core/preprocessing'
import { manifestSchema, type Split } from '@graft/core/wire/datasets'
import type { EvaluationMetrics } from '@graft/core/wire/evaluations'
import type { ModelFile } from '@graft/core/wire/models'
import { type EvaluationReport, reportSchema } from '@graft/core/wire/report'
import { openInference } from '@graft/nn/inference'
import type { ObjectStore } from '@graft/store/object-store'
import type { LabelledImage } from './dataset.ts'
import { evaluate } from './evaluation.ts'
import { reportSplit } from './split-report.ts'

export interface EvaluationQuestion {
  id: string
  attempt: number
  model: string
  dataset: string
  manifestKey: string
  split: Split
  labels: string[]
  preprocessing: Preprocessing
  files: Record<string, ModelFile>
}

export interface EvaluationResult {
  metrics: EvaluationMetrics
  report: ModelFile
}

/**
 * The attempt is part of the report's key: a trainer that lost its lease cannot write over that of its successor.
 *
 * @param onImage called before each image goes into the network
 * @throws GraftError `labels_unknown`, `model_corrupt`, and what the store throws
 */
export async function evaluateVersion(
  question: EvaluationQuestion,
  store: ObjectStore,
  onImage: () => void,
): Promise<EvaluationResult> {
  const { id, attempt, model, dataset, split, labels, preprocessing } = question
  const images = await readImages(question, store)
  const inference = await openInference(await readFile(question, store, 'model.onnx'))
  try {
    const evaluation = await evaluate(inference, store, images, preprocessing, onImage)
    const temperature = await readTemperature(question, store)
    const measured = reportSplit({ images, evaluation, temperature }, labels)
    const report: EvaluationReport = {
      ...{ object: 'model.evaluation.report', model, dataset, split, labels },
      ...measured,
    }
    const key = `evaluations/${id}/${attempt}/report.json`
    const stored = await store.put(key, Buffer.from(JSON.stringify(report)))
    return {
      metrics: { accuracy: evaluation.accuracy, loss: evaluation.loss },
      report: { key, ...stored },
    }
  } finally {
    await inference.close()
  }
}

/** With the places that their labels have in the model. */
async function readImages(
  { manifestKey, split, labels, model, dataset }: EvaluationQuestion,
  store: ObjectStore,
): Promise<LabelledImage[]> {
  const manifest = manifestSchema.parse(JSON.parse((await store.read(manifestKey)).toString()))
  return manifest.images
    .filter((image) => image.split === split)
    .map(({ sha256, path, label: name }) => {
      const label = labels.indexOf(name)
      if (label >= 0) return { sha256, path, label }
      throw new GraftError('labels_unknown', `${model} does not know the label ${name} of ${dataset}.`)
    })
}

async function readFile({ model, files }: EvaluationQuestion, store: ObjectStore, name: string) {
  const file = files[name]
  if (file === undefined) throw new GraftError('model_corrupt', `${model} has no ${name}.`)
  const bytes = await store.read(file.key)
  if (hash('sha256', bytes) === file.sha256) return bytes
  throw new GraftError('model_corrupt', `The ${name} of ${model} does not hash to ${file.sha256}.`)
}

/** What its logits are divided by already; 1 where no report tells. */
async function readTemperature(question: EvaluationQuestion, store: ObjectStore): Promise<number> {
  if (question.files['report.json'] === undefined) return 1
  const text = await readFile(question, store, 'report.json')
  return reportSchema.parse(JSON.parse(text.toString())).temperature
}
