// A prediction: the network's logits, as confidences, ranked, decided, and explained where that is asked for.
import { type GraftError, isGraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import type { Prediction } from '@graft/core/wire/predictions'
import type { EndpointState } from '@graft/db/endpoints'
import { drawHeatMap } from '@graft/vision/heat-map'
import { askEndpoint, type Question, type Said, type Served } from './ask-model.ts'
import { classActivation } from './class-activation.ts'
import { decide } from './decide.ts'
import type { LoadedModel } from './load-model.ts'
import { rank } from './rank.ts'
import type { Serving } from './serving.ts'
import { compareCanary, compareShadow } from './shadow.ts'

export interface Wishes {
  /** Labels of each answer; all without it. */
  topK?: number | undefined
  explain?: 'cam' | undefined
}

/** @throws as `askEndpoint` */
export async function predict(
  serving: Serving,
  endpoint: EndpointState,
  question: Question,
  { topK, explain }: Wishes = {},
): Promise<(Prediction | GraftError)[]> {
  const outputs = explain ? (['feature_map'] as const) : []
  const toPrediction = async (
    said: Said,
    model: LoadedModel,
    { state, fallback }: Served,
  ): Promise<Prediction> => {
    const predictions = rank(model.labels, said.row.logits)
    const [first] = predictions
    return {
      id: newId('pred'),
      object: 'prediction',
      endpoint: endpoint.name,
      model: model.reference,
      ...(fallback && { fallback }),
      predictions,
      ...decide(state, first, model.thresholds),
      ...(explain && first && { explanation: await explainLabel(first.label, said, model) }),
      timings: said.timings,
    }
  }
  const answers = await askEndpoint(serving, endpoint, { ...question, outputs }, toPrediction)
  compareShadow(serving, endpoint, question.images, answers)
  compareCanary(serving, endpoint, question.images, answers)
  serving.captures.offer(endpoint, question.images, answers)
  countAnswers(serving, endpoint, answers)
  return answers.map((answer) =>
    isGraftError(answer) ? answer : { ...answer, predictions: answer.predictions.slice(0, topK) },
  )
}

function countAnswers(
  { answers: meter }: Serving,
  { id: endpointId }: EndpointState,
  answers: readonly (Prediction | GraftError)[],
): void {
  for (const answer of answers) {
    if (isGraftError(answer)) continue
    const { model, predictions } = answer
    for (const first of predictions.slice(0, 1)) meter.add({ endpointId, model, ...first })
  }
}

async function explainLabel(
  label: string,
  { row, input }: Said,
  { labels, preprocessing, head }: LoadedModel,
): Promise<Prediction['explanation']> {
  const features = head.length / labels.length
  const place = labels.indexOf(label)
  const weights = head.subarray(place * features, (place + 1) * features)
  const grid = classActivation(row.feature_map ?? new Float32Array(), weights)
  if (input === undefined) throw new Error('an explanation asks for the feature map')
  const overlay = await drawHeatMap(input, preprocessing, grid)
  return { method: 'cam', label, grid, overlay_png: overlay.toString('base64') }
}
