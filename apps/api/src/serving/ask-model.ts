// From images to what the network says of them: choose the version, load it, prepare, run. All that answers stands on it.
import { availableParallelism } from 'node:os'
import { GraftError, isGraftError } from '@graft/core/errors'
import type { EndpointState } from '@graft/db/endpoints'
import type { OutputName } from '@graft/nn/inference'
import type { Visit } from './admission.ts'
import type { Row } from './batcher.ts'
import { chooseVersion } from './choose-version.ts'
import type { LoadedModel } from './load-model.ts'
import type { Serving } from './serving.ts'

export interface Question {
  /** Files, or inputs [3, crop, crop] that somebody else has made of them; a fault stands for its image. */
  images: readonly (Uint8Array | Float32Array | GraftError)[]
  /** Beside the logits. */
  outputs?: readonly OutputName[]
  /** Requests with the same key are answered by the same version of a split. */
  routingKey?: string | undefined
  /** Where the request's images are counted; it has joined with all of them. */
  visit: Visit
  /** Aborts when nobody waits for the answer any more: what has not begun then is not done. */
  signal?: AbortSignal | undefined
}

/** What the network says of one image. */
export interface Said {
  row: Row
  /** [3, crop, crop] */
  input: Float32Array
  timings: Timings
}

/** Milliseconds: waiting (for a cold model too), decoding and preprocessing, running the network, all together. */
export interface Timings {
  queue: number
  decode: number
  run: number
  total: number
}

type ToAnswer<T> = (said: Said, model: LoadedModel) => T | Promise<T>

/** As `askVersion`, of the version whose turn it is. @throws GraftError `endpoint_empty` */
export async function askEndpoint<T>(
  serving: Serving,
  { name, traffic, idleTimeoutSeconds: idleSeconds }: EndpointState,
  question: Question,
  toAnswer: ToAnswer<T>,
): Promise<(T | GraftError)[]> {
  const version = chooseVersion(traffic, question.routingKey)
  if (version === undefined) throw new GraftError('endpoint_empty', `The endpoint ${name} has no model.`)
  return await askVersion(serving, version, { ...question, idleSeconds }, toAnswer)
}

/**
 * One answer for each image, in order: each has its own fault.
 *
 * @throws GraftError `model_corrupt`, what the store throws, and the signal's reason
 */
export async function askVersion<T>(
  { metrics, models, preparer }: Serving,
  version: string,
  { images, outputs = [], visit, signal, idleSeconds }: Question & { idleSeconds: number | null },
  toAnswer: ToAnswer<T>,
): Promise<(T | GraftError)[]> {
  const arrived = performance.now()
  return await models.use(version, idleSeconds, async (model) => {
    const loading = performance.now() - arrived
    const answer = async (image: Uint8Array | Float32Array) => {
      const prepared =
        image instanceof Float32Array
          ? { value: requireInput(image, model), waited: 0, took: 0 }
          : await preparer.prepare(image, model.preprocessing, signal)
      const ran = await model.run(prepared.value, outputs, signal)
      visit.finish(prepared.took / availableParallelism() + ran.took / ran.batch)
      const timings = {
        queue: loading + prepared.waited + ran.waited,
        decode: prepared.took,
        run: ran.took,
        total: performance.now() - arrived,
      }
      metrics.answered(timings, ran.batch)
      return await toAnswer({ row: ran.row, input: prepared.value, timings }, model)
    }
    const answerOrFault = (image: Uint8Array | Float32Array) =>
      answer(image).catch((error: unknown) => {
        if (isGraftError(error) && !signal?.aborted) return error
        throw error
      })
    return await Promise.all(images.map((image) => (isGraftError(image) ? image : answerOrFault(image))))
  })
}

function requireInput(
  input: Float32Array,
  { reference, preprocessing: { crop } }: LoadedModel,
): Float32Array {
  if (input.length === 3 * crop * crop) return input
  throw new GraftError('invalid_request', `An input of ${reference} has the shape [3, ${crop}, ${crop}].`)
}
