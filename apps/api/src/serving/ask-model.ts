// From images to what the network says of them: choose the version, load it, prepare, run. All that answers stands on it.
import { availableParallelism } from 'node:os'
import type { ErrorCode } from '@graft/core/errors'
import { GraftError, isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { EndpointState } from '@graft/db/endpoints'
import type { OutputName } from '@graft/nn/inference'
import { isPlainJpeg } from '@graft/vision/plain-jpeg'
import type { Visit } from './admission.ts'
import type { Row } from './batcher.ts'
import { chooseVersion } from './choose-version.ts'
import type { Lane } from './gate.ts'
import type { LoadedModel } from './load-model.ts'
import type { Serving } from './serving.ts'

export interface Question {
  /** Files, or inputs [3, crop, crop] that somebody else has made of them; a fault stands for its image. */
  images: readonly (Uint8Array | Float32Array | GraftError)[]
  /** Beside the logits. */
  outputs?: readonly OutputName[]
  /** Requests with the same key are answered by the same version of a split. */
  routingKey?: string | undefined
  /** Interactive where it is left out. */
  lane?: Lane | undefined
  /** Where the request's images are counted; it has joined with all of them. */
  visit: Visit
  /** Aborts when nobody waits for the answer any more: what has not begun then is not done. */
  signal?: AbortSignal | undefined
}

/** What the network says of one image. */
export interface Said {
  row: Row
  /** [3, crop, crop]; only beside a feature map, which is drawn over it: the network takes its memory. */
  input: Float32Array | undefined
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

/** Which revision of the endpoint has answered, and, where it is not the one asked for, why not that. */
export interface Served {
  state: EndpointState
  fallback?: { instead_of: string; code: ErrorCode }
}

/** The model cannot be brought into memory: no question is at fault. */
const LOAD_FAULTS = ['model_corrupt', 'store_unavailable', 'not_found'] as const

/**
 * As `askVersion`, of the version whose turn it is. Where that cannot be loaded, or does not reproduce its golden
 * examples, the endpoint's revisions before it are asked, the newest first, and the answer says so.
 *
 * @throws GraftError `endpoint_empty`
 */
export async function askEndpoint<T>(
  serving: Serving,
  endpoint: EndpointState,
  question: Question,
  toAnswer: (said: Said, model: LoadedModel, served: Served) => T | Promise<T>,
): Promise<(T | GraftError)[]> {
  const { project, name, idleTimeoutSeconds: idleSeconds } = endpoint
  const ask = async (version: string, served: Served) => {
    const asked = { ...question, idleSeconds }
    const answers = await askVersion(serving, project, version, asked, (said, model) =>
      toAnswer(said, model, served),
    )
    // What comes too late reaches nobody, so it counts nowhere.
    question.signal?.throwIfAborted()
    return answers
  }
  const version = chooseVersion(endpoint.traffic, question.routingKey)
  if (version === undefined) throw new GraftError('endpoint_empty', `The endpoint ${name} has no model.`)
  try {
    const answers = await ask(version, { state: endpoint })
    serving.canaries.note(endpoint.canary, version, answers)
    return answers
  } catch (fault) {
    const isAbandoned = question.signal?.aborted ?? false
    if (!isAbandoned)
      serving.canaries.note(endpoint.canary, version, Array(question.images.length).fill(fault))
    const code = loadFaultOf(fault)
    if (code === undefined) throw fault
    for (const state of await serving.history(endpoint)) {
      const before = chooseVersion(state.traffic, question.routingKey)
      if (before === undefined || before === version) continue
      try {
        const answers = await ask(before, { state, fallback: { instead_of: version, code } })
        serving.metrics.fellBack(endpoint, answers.length)
        return answers
      } catch (error) {
        if (loadFaultOf(error) === undefined) throw error
      }
    }
    throw fault
  }
}

function loadFaultOf(error: unknown): ErrorCode | undefined {
  return LOAD_FAULTS.find((code) => isGraftError(error, code))
}

/**
 * One answer for each image, in order: each has its own fault.
 *
 * @throws GraftError `model_corrupt`, what the store throws, and the signal's reason
 */
export async function askVersion<T>(
  { metrics, models, preparer }: Serving,
  project: Project,
  version: string,
  { images, outputs = [], visit, signal, lane, idleSeconds }: Question & { idleSeconds: number | null },
  toAnswer: ToAnswer<T>,
): Promise<(T | GraftError)[]> {
  const arrived = performance.now()
  // A map is drawn over the input, which the network takes.
  const isDrawn = outputs.includes('feature_map')
  const arrive = visit.waitForModel(images.length)
  const answering = models.use(project, version, idleSeconds, async (model) => {
    arrive()
    const loading = performance.now() - arrived
    const answer = async (image: Uint8Array | Float32Array) => {
      const { row, input, prepared, ran } = (await runFile(image)) ?? (await prepareAndRun(image))
      const running = ran.prepared + ran.took / ran.batch
      visit.finish(prepared.took / availableParallelism() + running / ran.abreast, prepared.took + running)
      const timings = {
        queue: loading + prepared.waited + ran.waited,
        decode: prepared.took + ran.prepared,
        run: ran.took,
        total: performance.now() - arrived,
      }
      metrics.answered(timings, ran.batch)
      return await toAnswer({ row, input, timings }, model)
    }
    /** By the network's thread alone: a small photo's ways between threads cost more than its pixels. */
    async function runFile(image: Uint8Array | Float32Array) {
      if (image instanceof Float32Array || isDrawn || !model.takesFiles() || !isPlainJpeg(image)) return
      const ran = await model.runFile(image, outputs, signal, lane)
      return ran.row && { row: ran.row, input: undefined, prepared: { waited: 0, took: 0 }, ran }
    }
    async function prepareAndRun(image: Uint8Array | Float32Array) {
      const prepared =
        image instanceof Float32Array
          ? { value: requireInput(image, model), waited: 0, took: 0 }
          : await preparer.prepare(image, model.preprocessing, signal, lane)
      const input = isDrawn ? prepared.value.slice() : undefined
      const ran = await model.run(prepared.value, outputs, signal, lane)
      return { row: ran.row, input, prepared, ran }
    }
    const answerOrFault = (image: Uint8Array | Float32Array) =>
      answer(image).catch((error: unknown) => {
        if (isGraftError(error) && !signal?.aborted) return error
        throw error
      })
    return await Promise.all(images.map((image) => (isGraftError(image) ? image : answerOrFault(image))))
  })
  return await answering.finally(arrive)
}

function requireInput(
  input: Float32Array,
  { reference, preprocessing: { crop } }: LoadedModel,
): Float32Array {
  if (input.length === 3 * crop * crop) return input
  throw new GraftError('invalid_request', `An input of ${reference} has the shape [3, ${crop}, ${crop}].`)
}
