// From images to what the network says of them: pick the version, load it, prepare, run. All that answers stands on it.
import { availableParallelism } from 'node:os'
import { GraftError, isGraftError } from '@graft/core/errors'
import type { EndpointState } from '@graft/db/endpoints'
import type { OutputName } from '@graft/nn/inference'
import type { Visit } from './admission.ts'
import type { Row } from './batcher.ts'
import type { LoadedModel } from './load-model.ts'
import type { Serving } from './serving.ts'

export interface Question {
  endpoint: EndpointState
  images: readonly (Uint8Array | GraftError)[]
  /** Beside the logits. */
  outputs?: readonly OutputName[]
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
  /** Milliseconds: waiting (for a cold model too), decoding and preprocessing, running the network, all together. */
  timings: { queue: number; decode: number; run: number; total: number }
}

/**
 * One answer for each image, in order: each has its own fault.
 *
 * @throws GraftError `endpoint_empty`, `model_corrupt`, what the store throws, and the signal's reason
 */
export async function askModel<T>(
  { models, preparer }: Serving,
  { endpoint, images, outputs = [], visit, signal }: Question,
  toAnswer: (said: Said, model: LoadedModel) => T | Promise<T>,
): Promise<(T | GraftError)[]> {
  const [share] = endpoint.traffic
  if (share === undefined) {
    throw new GraftError('endpoint_empty', `The endpoint ${endpoint.name} has no model.`)
  }
  const arrived = performance.now()
  return await models.use(share.model, async (model) => {
    const loading = performance.now() - arrived
    const answer = async (image: Uint8Array) => {
      const prepared = await preparer.prepare(image, model.preprocessing, signal)
      const ran = await model.run(prepared.value, outputs, signal)
      visit.finish(prepared.took / availableParallelism() + ran.took / ran.batch)
      const timings = {
        queue: loading + prepared.waited + ran.waited,
        decode: prepared.took,
        run: ran.took,
        total: performance.now() - arrived,
      }
      return await toAnswer({ row: ran.row, input: prepared.value, timings }, model)
    }
    return await Promise.all(
      images.map((image) =>
        isGraftError(image)
          ? image
          : answer(image).catch((error: unknown) => {
              if (isGraftError(error) && !signal?.aborted) return error
              throw error
            }),
      ),
    )
  })
}
