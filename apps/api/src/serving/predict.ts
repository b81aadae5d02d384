// A prediction: decode, preprocess, run, softmax, rank, decide.
import { GraftError, isGraftError } from '@graft/core/errors'
import type { Preprocessing } from '@graft/core/preprocessing'
import type { Prediction } from '@graft/core/wire'
import type { EndpointState } from '@graft/db/endpoints'
import { softmax } from '@graft/nn/inference'
import { decodeImage } from '@graft/vision/decode'
import { preprocess } from '@graft/vision/preprocess'
import type { Gate, Passed } from './gate.ts'
import type { ModelCache } from './model-cache.ts'

export interface Predictor {
  models: ModelCache
  /** Each decoded image is held whole: no more at once than there are cores to decode them. */
  decoding: Gate
}

/**
 * One answer for each image, in order. Its `queue` counts the load of a cold model and the wait for other requests.
 *
 * @throws GraftError `endpoint_empty`, `model_corrupt`, and what the store throws
 */
export async function predict(
  { models, decoding }: Predictor,
  { name, traffic: [share], threshold }: EndpointState,
  images: readonly (Uint8Array | GraftError)[],
  topK = Number.POSITIVE_INFINITY,
): Promise<(Prediction | GraftError)[]> {
  if (share === undefined) throw new GraftError('endpoint_empty', `The endpoint ${name} has no model.`)
  const arrived = performance.now()
  return await models.use(share.model, async (model) => {
    const loading = performance.now() - arrived
    const inputs = await Promise.all(images.map((image) => prepare(image, model.preprocessing, decoding)))
    const run = await model.run(inputs.flatMap((input) => (isGraftError(input) ? [] : [input.value])))
    const logits = run.value.values()
    return inputs.map((input): Prediction | GraftError => {
      if (isGraftError(input)) return input
      const predictions = rank(model.labels, softmax(logits.next().value ?? []))
      return {
        object: 'prediction',
        endpoint: name,
        model: model.reference,
        predictions: predictions.slice(0, topK),
        decision: (predictions[0]?.confidence ?? 0) >= threshold ? 'accept' : 'abstain',
        timings: {
          queue: loading + input.waited + run.waited,
          decode: input.took,
          run: run.took,
          total: performance.now() - arrived,
        },
      }
    })
  })
}

async function prepare(
  image: Uint8Array | GraftError,
  preprocessing: Preprocessing,
  decoding: Gate,
): Promise<Passed<Float32Array> | GraftError> {
  if (isGraftError(image)) return image
  try {
    return await decoding(async () => preprocess(await decodeImage(image), preprocessing))
  } catch (error) {
    if (isGraftError(error)) return error
    throw error
  }
}

/** The most confident first. */
function rank(labels: readonly string[], confidences: readonly number[]): Prediction['predictions'] {
  return labels
    .map((label, index) => ({ label, confidence: confidences[index] ?? 0 }))
    .sort((a, b) => b.confidence - a.confidence)
}
